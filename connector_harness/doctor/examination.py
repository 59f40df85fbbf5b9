"""All checks of an endpoint, in their order."""

from collections.abc import Callable, Generator, Iterator
from typing import Final

from connector_harness.doctor.account import check_agent, check_names
from connector_harness.doctor.connection import (
    check_clock,
    check_proxy,
    check_rate_limits,
    check_tls,
)
from connector_harness.doctor.conversation import (
    CONVERSATION,
    READ_BACK,
    TrialConversation,
    check_read_back,
)
from connector_harness.doctor.hearing import (
    PUBLIC_ADDRESS,
    WEBHOOKS,
    Heard,
    check_public_address,
    check_webhooks,
    hearing,
)
from connector_harness.doctor.result import CheckResult, good, not_tried
from connector_harness.doctor.services import check_app_token, check_consumer_token, check_discovery
from connector_harness.doctor.session import Session

CALL_S: Final = 10.0
"""The longest any call of a check may take, in seconds."""


def examine(session: Session, *, refusal: Callable[[], str]) -> Generator[CheckResult, None, None]:
    """Yield what each check finds, as soon as it does.

    A check that needs what another has not found is not tried, and says so. Whether a conversation
    may be opened is asked by *refusal*, which returns why not, or nothing.
    """
    endpoint = session.endpoint
    where = endpoint.address or endpoint.discovery
    yield good("settings", f"{endpoint.name}: account {endpoint.account} at {where}")
    with session.connector.with_deadline(within_s=CALL_S):
        yield from check_discovery(session)
        tls = check_tls(session)
        yield tls
        # Before the clock and the proxy, which judge by every answer there is.
        app_token = check_app_token(session)
        consumer_token = check_consumer_token(session)
        yield from (check_clock(session), check_proxy(session, tls), app_token, consumer_token)
        yield from _speak_and_hear(session, refusal)
        for check in (check_names, check_agent, check_rate_limits):
            yield check(session)


def _speak_and_hear(session: Session, refusal: Callable[[], str]) -> Iterator[CheckResult]:
    """Yield what a conversation shows, and what is heard of it."""
    with hearing(session, PUBLIC_ADDRESS) as heard:
        address = check_public_address(session, heard) if isinstance(heard, Heard) else heard
        told = _why_not(session) or refusal()
        if told:
            yield not_tried(CONVERSATION, f"not opened: {told}")
            yield address
            for check in (WEBHOOKS, READ_BACK):
                yield not_tried(check, "not tried: no conversation was opened")
            return
        trial = TrialConversation(session)
        try:
            with trial:
                arriving = not_tried(WEBHOOKS, "not tried: no receiver listens")
                if isinstance(heard, Heard):
                    arriving = check_webhooks(trial, heard, address)
                held = check_read_back(session, trial)
        except (KeyboardInterrupt, Exception):
            yield trial.result()
            raise
        yield from (trial.result(), address, arriving, held)


def _why_not(session: Session) -> str:
    # Whoever wants it opened.
    if session.endpoint.production:
        return "the settings say production = true"
    if session.app_token is None:
        return "there is no app token"
    return "" if "asyncMessagingEnt" in session.origins else "nobody knows where to"
