"""Whether what a conversation holds can be read back."""

import re
from dataclasses import replace

import pytest

from connector_harness.client.settings import Endpoint, Secret
from connector_harness.doctor.conversation import TEXT, TrialConversation, check_read_back
from connector_harness.doctor.result import CheckResult
from connector_harness.sandbox.server import RunningSandbox
from tests.client.held import message
from tests.doctor.account import new_account
from tests.doctor.deployment import Deployment
from tests.doctor.looking import endpoint_at, look_over, session_of

TOKEN = Secret("token-of-a-user")


def read(endpoint: Endpoint, within_s: float = 0) -> CheckResult:
    """Return what the check of an endpoint finds; by default when it asks once."""
    with session_of(endpoint) as session, TrialConversation(session) as trial:
        return check_read_back(session, trial, within_s=within_s)


def reading(deployment: Deployment, way: str = "messaging-rest") -> Endpoint:
    """Return the deployment as an endpoint from which is read back."""
    hosts = {"messagingRestApiDomain": deployment.url, "msgHist": deployment.url}
    return endpoint_at(deployment.url, hosts=hosts, read_back=way, history_token=TOKEN)


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("messaging-rest", r"messaging-rest: the message after \d\.\d\d s"),
        ("history", r"history: the message after .*|history answers; a message may be 60 s late.*"),
    ],
)
def test_message_is_read_back(sandbox: RunningSandbox, way: str, told: str) -> None:
    """It is told by which way and how late; what is late as a rule need not be there."""
    account = new_account(sandbox.url).endpoint()
    endpoint = replace(account, read_back=way, history_token=TOKEN)  # type: ignore[arg-type]  # one of two

    found = read(endpoint)

    assert found.outcome == "good"
    assert re.fullmatch(told, found.told)


def test_message_is_not_there(deployment: Deployment) -> None:
    """A way that answers and has nothing is the wrong way."""
    deployment.will_answer("messages", 200, {"data": []})

    found = read(reading(deployment))

    assert found.outcome == "wrong"
    assert found.told.startswith("messaging-rest answers without the message, 0 s after")
    assert "read_back" in found.next


def test_message_that_comes_a_little_later(deployment: Deployment) -> None:
    """It is asked for again, and its lateness told."""
    item = message(0, TEXT)
    for answer in ([], [item]):
        deployment.will_answer("messages", 200, {"data": answer})

    found = read(reading(deployment), within_s=10)

    assert found.outcome == "good"
    assert re.fullmatch(r"messaging-rest: the message after \d\.\d\d s", found.told)


@pytest.mark.parametrize("way", ["messaging-rest", "history"])
def test_reading_is_refused(deployment: Deployment, way: str) -> None:
    """An account that has not been let in is told whom to ask."""
    found = read(reading(deployment, way))

    assert (found.outcome, "refused with status 404" in found.told) == ("wrong", True)
    assert "leave `read_back` out of the endpoint's table" in found.next


def test_reading_needs_a_conversation(deployment: Deployment) -> None:
    """Where none was opened nothing is read; where no way is named, nothing is wrong."""
    deployment.will_answer("conversation", 400, {})

    assert read(reading(deployment)).told == "not tried: no conversation was opened"
    assert look_over(endpoint_at(deployment.url))["read-back"].told.startswith("not needed: ")
