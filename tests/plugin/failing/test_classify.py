"""Whom a failure is for."""

import pytest

from connector_harness.client.domains import DomainError
from connector_harness.client.files import AddressError
from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.client.http.failures import Kind
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reading.read_back import ReadBackError
from connector_harness.client.tokens import SignInError
from connector_harness.contract.contract import ContractError
from connector_harness.control.routes import SandboxControlError, SandboxRefusedError
from connector_harness.plugin.failing.classify import classify
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.server import ReceiverError
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.comparison import Comparison
from connector_harness.results.failure_class import MEANINGS, FailureClass
from connector_harness.results.record import RecordedScenario, ScenarioUnderWay
from connector_harness.sandbox.server import SandboxError


def exchange(status: int | None) -> Exchange:
    """Return an exchange that ended with *status*."""
    return Exchange("send", "POST", "http://127.0.0.1:9/send", (), b"", status, (), b"", 0.0, 0.0)


def record(status: int | None = 200, *, came: str | None = None) -> ScenarioUnderWay:
    """Return a scenario whose last answer had *status*, and where *came* was compared last."""
    compared = None if came is None else Comparison("something", came)
    kept = RecordedScenario("h", "f.feature::S", "S")
    return ScenarioUnderWay(kept, last_exchange=exchange(status), comparison=compared)


def no_answer(kind: Kind) -> TransportError:
    """Return what is raised where no answer came."""
    return TransportError(kind, exchange(None))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AssertionError("no"), "product"),
        (pytest.fail.Exception("no"), "product"),
        (NotArrivedError("no use", is_hopeless=True), "product"),
        (ContractError("off"), "contract"),
        (no_answer("refused"), "transport"),
        (no_answer("too_large"), "transport"),
        (NotJsonError("a page"), "transport"),
        (DomainError("none", exchange(200)), "transport"),
        (AddressError(exchange(200)), "transport"),
        (ReadBackError("off", exchange=exchange(200)), "transport"),
        (ReadBackError("refused", exchange=exchange(403)), "authentication"),
        (SignInError("refused", exchange(401), Redactor()), "authentication"),
        (no_answer("timed_out"), "timeout"),
        (NotArrivedError("in vain"), "timeout"),
        (TimeoutError(), "timeout"),
        (pytest.fail.Exception("Timeout (>1.0s) from pytest-timeout."), "timeout"),
        (SandboxError("gone"), "sandbox"),
        (SandboxControlError("gone"), "sandbox"),
        (SandboxRefusedError("the conversation is closed"), "spec"),
        (ReceiverError("no port"), "sandbox"),
        (KeyError("x"), "spec"),
        (TypeError("x"), "spec"),
    ],
)
def test_error_tells_its_class(error: BaseException, kind: str) -> None:
    """Each error of ours has a class; what nobody foresaw is a fault of the spec."""
    assert classify(error, record()) == kind


@pytest.mark.parametrize("status", [401, 403])
def test_unexpected_refusal_is_about_authentication(status: int) -> None:
    """An expectation that was not met because nobody was let in is no fault of the product."""
    assert classify(AssertionError(), record(status)) == "authentication"
    assert classify(AssertionError(), record(status, came=str(status))) == "authentication"


def test_expected_refusal_is_about_the_product() -> None:
    """Where the 401 was expected and its error code was not, the answer is what is wrong."""
    assert classify(AssertionError(), record(401, came="40104")) == "product"


def test_contract_comes_before_authentication() -> None:
    """An answer off its schema is that, whatever its status."""
    assert classify(ContractError("off"), record(401)) == "contract"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (no_answer("closed"), None),
        (no_answer("timed_out"), None),
        (AssertionError(), 500),
        (NotJsonError("a page"), 503),
        (SignInError("broken", exchange(500), Redactor()), 500),
    ],
)
def test_sandbox_of_this_run_has_no_excuse(error: BaseException, status: int | None) -> None:
    """Where our own sandbox is down without having been told to, it is the sandbox that failed."""
    assert classify(error, record(status), ours=True) == "sandbox"
    assert classify(error, record(status)) != "sandbox"


def test_wrong_answer_of_the_sandbox_is_about_the_product() -> None:
    """An answer of our own sandbox that is only unexpected is judged as any other."""
    assert classify(AssertionError(), record(400), ours=True) == "product"


def test_first_of_a_group_decides() -> None:
    """Where several fixtures failed, the first error tells the class."""
    group = ExceptionGroup("errors", [SandboxError("gone"), KeyError("x")])

    assert classify(group, record()) == "sandbox"


def test_every_class_has_a_meaning() -> None:
    """Nobody has to guess what a class stands for."""
    assert list(MEANINGS) == list(FailureClass)
