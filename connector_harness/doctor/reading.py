"""Whether what a conversation holds can be read back."""

import threading
import time
from typing import Final

from connector_harness.client.http.transport import TransportError
from connector_harness.client.reading.read_back import ReadBack, ReadBackError, read_back
from connector_harness.client.tokens import SignInError
from connector_harness.doctor.conversation import TEXT, TrialConversation
from connector_harness.doctor.result import CheckResult, failed, good, not_tried, wrong
from connector_harness.doctor.session import Session

CHECK: Final = "read-back"

WITHIN_S: Final = 5.0
"""How long is waited for a message that should be readable at once, in seconds."""

_EVERY_S: Final = 0.5


def check_read_back(
    session: Session, trial: TrialConversation, *, within_s: float = WITHIN_S
) -> CheckResult:
    """Return whether the message of the open trial is read back, where the settings name a way."""
    held = read_back(session.connector, session.endpoint)
    if held is None:
        return not_tried(CHECK, "not needed: the settings name no way to read back (read_back)")
    if trial.conversation is None:
        return not_tried(CHECK, "not tried: no conversation was opened")
    try:
        took_s = _wait(held, trial, within_s)
    except (ReadBackError, SignInError, TransportError) as error:
        return failed(CHECK, error)
    way = session.endpoint.read_back
    if took_s is not None:
        return good(CHECK, f"{way}: the message after {took_s:.2f} s")
    if held.lag_s:
        return good(CHECK, f"{way} answers; a message may be {held.lag_s:.0f} s late there")
    return wrong(
        CHECK,
        f"{way} answers without the message, {within_s:g} s after it was accepted",
        "see whether read_back names a way that the account has",
    )


def _wait(held: ReadBack, trial: TrialConversation, within_s: float) -> float | None:
    # How late the message could be read. What is late as a rule is asked for once.
    assert trial.conversation is not None  # noqa: S101  # asked by the caller
    deadline = trial.said_at + (0 if held.lag_s else within_s)
    while True:
        here = trial.conversation
        messages = held.messages(here.id, consumer=here.consumer)
        if any(each.text == TEXT for each in messages):
            return time.monotonic() - trial.said_at
        if time.monotonic() >= deadline:
            return None
        threading.Event().wait(_EVERY_S)
