"""Whether webhooks arrive, and how late."""

import time
from typing import Final

from connector_harness.doctor.conversation import TEXT, TrialConversation
from connector_harness.doctor.hearing import Heard
from connector_harness.doctor.result import CheckResult, judged, not_tried, wrong
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.notification import CONVERSATION, MESSAGING, Change

CHECK: Final = "webhooks"

WITHIN_S: Final = 15.0
"""How long both are waited for, in seconds."""


def check_webhooks(
    trial: TrialConversation,
    heard: Heard,
    address: CheckResult,
    *,
    within_s: float = WITHIN_S,
) -> CheckResult:
    """Return whether the open conversation and its message were told of, and after what time."""
    if trial.conversation is None:
        return not_tried(CHECK, "not tried: no conversation was opened")
    id_, deadline = trial.conversation.id, time.monotonic() + within_s
    opening = _wait(heard, id_, "conversation", deadline)
    message = _wait(heard, id_, "message", deadline) if trial.number is not None else None
    faults = list(dict.fromkeys(heard.inbox.faults_of(id_)))
    if not (opening or message):
        return _silence(heard, address, id_, within_s)
    problems = [
        (fault.partition("\n")[0], "see the webhook; other apps may send here") for fault in faults
    ]
    problems += _missing(opening, f"{CONVERSATION} did not arrive", CONVERSATION)
    if trial.number is not None:
        event = f"{MESSAGING}.ContentEvent"
        problems += _missing(message, f"{event} did not arrive", event)
    told = [f"the conversation after {_late(opening, trial.opened_at)}"]
    told += [f"the message after {_late(message, trial.said_at)}"] if message else []
    return judged(CHECK, problems, ", ".join(told))


def _silence(heard: Heard, address: CheckResult, id_: str, within_s: float) -> CheckResult:
    if heard.inbox.refused(id_):
        return wrong(
            CHECK,
            "they arrive, and are signed with another secret than CONNECTOR_CLIENT_SECRET",
            "set the secret of the app whose manifest names the receiver",
        )
    told = f"none within {within_s:g} s of the message"
    if address.outcome == "wrong":
        return wrong(CHECK, told, "first mend the public address, then look again")
    return wrong(
        CHECK,
        told,
        f"see that the app's manifest names {heard.url}, or what is below it, as endpoint of "
        "each type; that the app is enabled; and wait 120 s after a change of it",
    )


def _wait(heard: Heard, id_: str, what: str, deadline: float) -> Change | None:
    def is_it(change: Change) -> bool:
        if what == "conversation":
            return change.kind == "conversation"
        return change.is_content and change.event.get("message") == TEXT

    try:
        left = max(0.0, deadline - time.monotonic())
        return heard.inbox.wait_for(id_, is_it, what=what, within_s=left)
    except NotArrivedError:
        return None


def _missing(change: Change | None, what: str, subscription: str) -> list[tuple[str, str]]:
    remedy = f"name an endpoint for {subscription} in the app's manifest"
    return [] if change is not None else [(what, remedy)]


def _late(change: Change | None, since: float) -> str:
    # One that is told of before the answer arrives is not late at all.
    return "0.00 s" if change is None else f"{max(0.0, change.received_at - since):.2f} s"
