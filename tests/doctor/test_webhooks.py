"""Whether webhooks arrive, and how late."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from connector_harness.doctor.conversation import TrialConversation
from connector_harness.doctor.hearing import Heard, check_webhooks, hearing
from connector_harness.doctor.result import CheckResult, good, wrong
from connector_harness.sandbox.server import RunningSandbox
from tests.doctor.account import HiddenAccount, new_account
from tests.doctor.deployment import Deployment
from tests.doctor.looking import endpoint_at, look_over, session_of
from tests.receiver.deliveries import event_item, notification, state_item, text

CONVERSATION = "cqm.ExConversationChangeNotification"
MESSAGE = "ms.MessagingEventNotification.ContentEvent"
PATIENCE_S = 2.0
REACHED = good("public address", "reaches the receiver")


@pytest.fixture
def account(sandbox: RunningSandbox) -> HiddenAccount:
    """An account that no other test has."""
    return new_account(sandbox.url)


def webhooks(
    account: HiddenAccount, *, named: str | None = None, address: CheckResult = REACHED
) -> CheckResult:
    """Return what the check of webhooks finds; a receiver may expect another account."""
    endpoint = account.endpoint()
    with session_of(endpoint) as session, session_of(endpoint) as listening:
        listening.endpoint = replace(endpoint, account=named or account.id)
        with hearing(listening, "webhooks") as heard, TrialConversation(session) as trial:
            assert isinstance(heard, Heard)
            return check_webhooks(trial, heard, address, within_s=PATIENCE_S)


def test_webhooks_arrive(account: HiddenAccount) -> None:
    """Opening and message are told with their delay; all is well."""
    account.subscribe()

    found = look_over(account.endpoint())

    told = r"the conversation after \d\.\d\d s, the message after \d\.\d\d s"
    assert re.fullmatch(told, found["webhooks"].told)
    assert [each for each in found.values() if each.outcome == "wrong"] == []
    assert (account.conversations(), account.open_conversations()) == (1, [])


def test_no_webhook_arrives(account: HiddenAccount) -> None:
    """The likely reasons are named, with the address that the manifest must have."""
    found = webhooks(account)

    assert found.told == f"none within {PATIENCE_S:g} s of the message"
    assert f"manifest names {account.public_address}/notifications, or" in found.next
    assert "the app is enabled; and wait 120 s" in found.next


def test_no_webhook_can_arrive(account: HiddenAccount) -> None:
    """Where the public address leads nowhere, the manifest is not blamed."""
    found = webhooks(account, address=wrong("public address", "nobody answers", "open it"))

    assert found.next == "first mend the public address, then look again"


def test_webhooks_of_another_app(account: HiddenAccount) -> None:
    """A signature that does not fit says that the secret is another's."""
    account.subscribe(clientId="other", clientSecret="another-secret-of-an-app")

    found = webhooks(account)

    assert "signed with another secret than CONNECTOR_CLIENT_SECRET" in found.told
    assert "set the secret of the app" in found.next


@pytest.mark.parametrize(("told", "missing"), [(MESSAGE, CONVERSATION), (CONVERSATION, MESSAGE)])
def test_one_type_does_not_arrive(account: HiddenAccount, told: str, missing: str) -> None:
    """The type that the manifest leaves out is named."""
    account.subscribe(told)

    found = webhooks(account)

    assert (found.outcome, found.told) == ("wrong", f"{missing} did not arrive")
    assert found.next == f"name an endpoint for {missing} in the app's manifest"


def test_greeting_is_not_the_message(deployment: Deployment) -> None:
    """What the account says by itself does not stand in for what was said here."""
    heard = Heard()
    with session_of(endpoint_at(deployment.url)) as session, TrialConversation(session) as trial:
        greeting = event_item(text("Welcome!"), 0, conversation="c-1")
        for item in (state_item(conversation="c-1"), greeting):
            heard.inbox.deliver(notification(item))
        found = check_webhooks(trial, heard, REACHED, within_s=0)

    assert found.told == f"{MESSAGE} did not arrive"


def test_webhooks_of_another_account(account: HiddenAccount) -> None:
    """What is wrong with a webhook that is signed well is told."""
    account.subscribe()

    found = webhooks(account, named="8")

    assert found.outcome == "wrong"
    assert "account" in found.told


def test_webhooks_need_a_conversation(account: HiddenAccount, tmp_path: Path) -> None:
    """Where none is opened, none is waited for."""
    found = look_over(account.endpoint(), tmp_path, refusal="not wanted")["webhooks"]

    assert (found.outcome, found.told) == ("not tried", "not tried: no conversation was opened")


def test_sandbox_is_told_where_to_send(sandbox: RunningSandbox, account: HiddenAccount) -> None:
    """One that somebody has started by hand needs no manifest and no public address."""
    endpoint = replace(account.endpoint(), address=sandbox.url, receiver=None)

    found = look_over(endpoint)

    assert found["public address"].told == "not needed: the sandbox there is told where to send"
    assert found["webhooks"].outcome == "good"
    assert found["agent"].told == "the sandbox there plays the agent"


def test_endpoint_that_is_down_has_no_webhooks() -> None:
    """What cannot be tried says why."""
    found = look_over(endpoint_at("http://127.0.0.1:9"))

    assert found["webhooks"].told == "not tried: no conversation was opened"
    assert found["rate limits"].outcome == "good"
