"""What kind of thing went wrong: whom a failure is for."""

import inspect
import traceback
from typing import Final

import pytest

from connector_harness.client.domains import DomainError
from connector_harness.client.files import AddressError
from connector_harness.client.http.exchange import NotJsonError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reading.read_back import ReadBackError
from connector_harness.client.tokens import SignInError
from connector_harness.contract.contract import ContractError
from connector_harness.control.agent import AgentTimeoutError
from connector_harness.control.routes import SandboxControlError, SandboxRefusedError
from connector_harness.plugin.endpoint.endpoint import EndpointLostError
from connector_harness.plugin.failing.reason import of_thread
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.server import ReceiverError
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import ScenarioUnderWay
from connector_harness.sandbox.server import SandboxError

_BY_TYPE: Final[tuple[tuple[tuple[type[BaseException], ...], FailureClass], ...]] = (
    ((SandboxRefusedError,), FailureClass.SPEC),
    ((SandboxError, SandboxControlError, ReceiverError), FailureClass.SANDBOX),
    ((ContractError,), FailureClass.CONTRACT),
    (
        (EndpointLostError, TransportError, NotJsonError, DomainError, AddressError, ReadBackError),
        FailureClass.TRANSPORT,
    ),
    ((SignInError,), FailureClass.AUTHENTICATION),
    ((AssertionError, pytest.fail.Exception), FailureClass.PRODUCT),
)
"""The class of each type of error, where nothing else decides; the first that fits counts."""

TIMEOUT: Final = "Timeout "
"""What pytest-timeout begins with where it ends a test."""

_ABOUT_ANSWERS: Final = (AssertionError, NotJsonError, ReadBackError, SignInError)
_UNAUTHORISED: Final = (401, 403)


def classify(error: BaseException, record: ScenarioUnderWay, *, ours: bool = False) -> FailureClass:
    """Return the class of *error*, which ended a step or a fixture of the scenario of *record*.

    Of a group of errors the first decides. Where the endpoint is *ours*, the sandbox of this run
    in which the scenario injects no fault, it has no excuse for not answering.
    """
    if isinstance(error, BaseExceptionGroup):
        return classify(error.exceptions[0], record, ours=ours)
    error = of_thread(error) or error
    if ours and _is_down(error, record):
        return FailureClass.SANDBOX
    if _is_late(error):
        return FailureClass.TIMEOUT
    if isinstance(error, pytest.fail.Exception) and _is_about_fixtures(error):
        return FailureClass.SPEC
    if _is_shut_out(error, record):
        return FailureClass.AUTHENTICATION
    return next((kind for types, kind in _BY_TYPE if isinstance(error, types)), FailureClass.SPEC)


def _is_down(error: BaseException, record: ScenarioUnderWay) -> bool:
    if isinstance(error, TransportError):
        return True
    is_about_answer = isinstance(error, _ABOUT_ANSWERS)
    exchange = record.last_exchange
    return is_about_answer and exchange is not None and exchange.is_server_error


_FIXTURES: Final = pytest.fixture.__code__.co_filename
_OUTCOMES: Final = inspect.getfile(type(pytest.fail))


def _is_about_fixtures(error: BaseException) -> bool:
    """Return whether pytest itself has failed a scenario for what a fixture asks for, or is."""
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    by = [file for file in frames if file != _OUTCOMES]
    return bool(by) and by[-1] == _FIXTURES


def _is_late(error: BaseException) -> bool:
    if isinstance(error, NotArrivedError):
        return not error.is_hopeless
    if isinstance(error, AgentTimeoutError | TimeoutError):
        return True
    if isinstance(error, pytest.fail.Exception) and str(error).startswith(TIMEOUT):
        return True
    return isinstance(error, TransportError) and error.kind == "timed_out"


def _is_shut_out(error: BaseException, record: ScenarioUnderWay) -> bool:
    """Return whether an expectation was not met because of a 401 or 403 that nobody expected.

    What could not be read back because of one was not expected either. Where values were
    compared, the status must have been what was not expected.
    """
    if isinstance(error, ReadBackError):
        return error.exchange.status in _UNAUTHORISED
    if not isinstance(error, AssertionError) or isinstance(error, ContractError | NotArrivedError):
        return False
    exchange, comparison = record.last_exchange, record.comparison
    if exchange is None or exchange.status not in _UNAUTHORISED:
        return False
    return comparison is None or comparison.came == repr(exchange.status)
