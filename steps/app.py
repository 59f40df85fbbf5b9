"""Sentences about an app that is told of everything, and is sometimes down."""

import itertools
import re
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from pytest_bdd import given, parsers, then

from connector_harness.client.conversation import Conversation
from connector_harness.control.apps import OwnApp
from connector_harness.control.routes import SandboxView, VirtualClock
from connector_harness.json_types import JsonObject
from connector_harness.receiver.signature import HEADER
from steps.vocabulary import Number, Vocabulary
from steps.webhook import heard, instead

InstallApp: TypeAlias = Callable[..., OwnApp]
"""Installs an app that lasts as long as the scenario."""

ANSWERS: Final = Vocabulary(
    "answer of an app",
    {
        "taken": 200,
        "created": 201,
        "will be taken": 202,
        "nothing": 204,
        "moved": 302,
        "not found": 404,
        "broken": 500,
    },
)
"""What a receiver may answer; only the first two count (API facts §9.2)."""

SIGNATURES: Final = Vocabulary(
    "signature",
    {
        "SHA-1 in Base64": ("sha1", "base64"),
        "SHA-1 in hex": ("sha1", "hex"),
        "SHA-256 in Base64": ("sha256", "base64"),
        "SHA-256 in hex": ("sha256", "hex"),
    },
)
_LENGTHS: Final = {
    ("sha1", "base64"): 28,
    ("sha1", "hex"): 40,
    ("sha256", "base64"): 44,
    ("sha256", "hex"): 64,
}
LATE_S: Final = 0.5
"""How much later than due an attempt may come, in seconds: less than any two intervals differ."""

PATIENCE_S = 10.0
"""How long an attempt that is due is waited for, in seconds of the machine."""

_MESSAGES: Final = "ms.MessagingEventNotification.ContentEvent"


@given(
    parsers.parse("an app that is told up to {count:d} times again"),
    converters={"count": Number(1)},
    target_fixture="app",
)
def an_app_that_is_told_again(own_app: InstallApp, count: int) -> OwnApp:
    """Install an app whose deliveries are repeated by count."""
    return own_app(max_retries=count)


@given("an app that is told only once", target_fixture="app")
def an_app_that_is_told_only_once(own_app: InstallApp) -> OwnApp:
    """Install an app that says nothing of repeating."""
    return own_app()


@given(
    parsers.parse("an app that is told again for {seconds:d} seconds"),
    converters={"seconds": Number(1)},
    target_fixture="app",
)
def an_app_that_is_told_again_for(own_app: InstallApp, seconds: int) -> OwnApp:
    """Install an app whose deliveries are repeated for a time."""
    return own_app(retention_time=seconds)


@given(
    parsers.parse('an app that asks for "{signature}"'),
    converters={"signature": SIGNATURES},
    target_fixture="app",
)
def an_app_that_asks_for(own_app: InstallApp, signature: tuple[str, str]) -> OwnApp:
    """Install an app that wants its deliveries signed so."""
    algorithm, encoding = signature
    return own_app(algorithm=algorithm, encoding=encoding)


@given(parsers.parse('the app answers "{answer}" once'), converters={"answer": ANSWERS})
def the_app_answers_once(app: OwnApp, answer: int) -> None:
    """Let the app answer the next delivery so."""
    app.refuse(status=answer, times=1)


@given(
    parsers.parse('the app answers "{answer}" {times:d} times'),
    converters={"answer": ANSWERS, "times": Number(1)},
)
def the_app_answers_times(app: OwnApp, answer: int, times: int) -> None:
    """Let the app answer the next deliveries so."""
    app.refuse(status=answer, times=times)


@given(parsers.parse('the app answers "{answer}" from now on'), converters={"answer": ANSWERS})
def the_app_answers_from_now_on(app: OwnApp, answer: int) -> None:
    """Let the app answer every delivery so."""
    app.refuse(status=answer)


@then(
    parsers.parse("within {minutes:d} minutes the app is told of it {times:d} time"),
    converters={"minutes": Number(1), "times": Number(1)},
)
@then(
    parsers.parse("within {minutes:d} minutes the app is told of it {times:d} times"),
    converters={"minutes": Number(1), "times": Number(1)},
)
def the_app_is_told_times(
    app: OwnApp, clock: VirtualClock, conversation: Conversation, minutes: int, times: int
) -> None:
    """Expect so many attempts, and none more by the end of the time."""
    # What is repeated by count is so every 30 seconds.
    rest_s = minutes * 60 - (times - 1) * 30
    assert rest_s > 0, (
        f"expected {times} attempt(s); in {minutes} minute(s) there cannot be so many"
    )
    for number in range(1, times + 1):
        attempts(app, conversation, number)
        clock.advance(conversation.consumer, 30 if number < times else rest_s)
    no_more_than(app, conversation, times)


class Moments:
    """The converter from words to moments in seconds; the guard asks it before the run."""

    def __call__(self, words: str) -> list[float]:
        """Return the moments in *words*, as ``0, 30 and 60``."""
        return [float(each) for each in re.split(", | and ", words)]

    def problem(self, words: str) -> tuple[str, str] | None:
        """Return what is wrong with *words* and what to do next, or None where nothing is."""
        advice = "write the seconds from the first one on: 0, 30 and 60"
        if re.fullmatch(r"\d+(\.\d+)?((, | and )\d+(\.\d+)?)*", words) is None:
            return f"{words!r} names no moments", advice
        moments = self(words)
        if moments[0] == 0 and all(a < b for a, b in itertools.pairwise(moments)):
            return None
        return f"{words!r} does not begin with 0 and go on from there", advice


@then(
    parsers.parse("the app is told of it after {moments} seconds"),
    converters={"moments": Moments()},
)
def the_app_is_told_after(
    app: OwnApp, clock: VirtualClock, conversation: Conversation, moments: list[float]
) -> None:
    """Expect attempts at these moments, counted from the first."""
    told_at(app, clock, conversation, moments)


@then(
    parsers.parse(
        "the app is told of it {times:d} times, at intervals that double up to {longest:d} seconds"
    ),
    converters={"times": Number(1), "longest": Number(2)},
)
def the_app_is_told_at_doubling_intervals(
    app: OwnApp,
    clock: VirtualClock,
    conversation: Conversation,
    times: int,
    longest: int,
) -> None:
    """Expect intervals of 2, 4, 8 seconds and so on, up to the longest (API facts §9.4)."""
    gaps = (min(2.0 ** (number + 1), longest) for number in range(times - 1))
    told_at(app, clock, conversation, list(itertools.accumulate(gaps, initial=0.0)))


@then("it is given up")
def it_is_given_up(app: OwnApp, clock: VirtualClock, conversation: Conversation) -> None:
    """Expect the last attempt to have been the last, though the app would take it now."""
    count = len(attempts(app, conversation, 1))
    app.accept_again()
    clock.advance(conversation.consumer, 3600)
    no_more_than(app, conversation, count)
    [*_, last] = told(app, conversation)
    assert last["outcome"] == "dropped", f"expected it given up; the last attempt was {last}"
    came = app.inbox.of(conversation.id)
    assert not came, f"expected it given up\n{heard(app.inbox, conversation)}"


@then(parsers.parse('once it is up again the app hears "{first}" and then "{second}"'))
def the_app_has_heard_both(
    app: OwnApp,
    clock: VirtualClock,
    conversation: Conversation,
    first: str,
    second: str,
) -> None:
    """Expect both in order, once the app has been reached again."""
    attempts(app, conversation, 1)
    clock.advance(conversation.consumer, 2)
    attempts(app, conversation, 2)
    clock.advance(conversation.consumer, 4)
    changes = app.inbox.wait_until(
        conversation.id,
        lambda changes: len(changes) >= 2,
        what="two messages",
    )
    came = [change.text for change in changes]
    assert came == [first, second], instead([first, second], came, app.inbox, conversation)


@then(parsers.parse('the app hears "{text}"'))
def the_app_hears(app: OwnApp, conversation: Conversation, wait_s: float, text: str) -> None:
    """Expect the app to be told of *text*."""
    app.inbox.wait_for(
        conversation.id,
        lambda change: change.text == text,
        what=repr(text),
        within_s=wait_s,
    )


@then(
    parsers.parse('everything the app heard was signed with "{signature}"'),
    converters={"signature": SIGNATURES},
)
def everything_was_signed_with(
    app: OwnApp, inside: SandboxView, conversation: Conversation, signature: tuple[str, str]
) -> None:
    """Expect good signatures, made and written as the app has asked for (API facts §9.3)."""
    inside.wait_until_told(conversation.consumer)
    notifications = app.inbox.notifications_of(conversation.id)
    assert notifications, "the app heard nothing"
    faults = app.inbox.faults_of(conversation.id)
    assert faults == [], f"expected no fault in what the app heard; {len(faults)} came\n{faults}"
    for notification in notifications:
        algorithm, _, value = (notification.header(HEADER) or "").partition("=")
        wanted = (signature[0], _LENGTHS[signature])
        assert (algorithm, len(value)) == wanted, (
            f"expected a signature with {wanted[0]} of {wanted[1]} characters; "
            f"one with {algorithm!r} of {len(value)} came"
        )


def told_at(
    app: OwnApp, clock: VirtualClock, conversation: Conversation, moments: list[float]
) -> None:
    """Let time pass from attempt to attempt, and expect them at *moments* from the first on."""
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    for number, gap in enumerate(gaps, start=1):
        attempts(app, conversation, number)
        clock.advance(conversation.consumer, gap)
    times = [float(str(each["at"])) for each in attempts(app, conversation, len(gaps) + 1)]
    actual = [later - earlier for earlier, later in itertools.pairwise(times)]
    # The machine's own time goes on as well.
    late = [got - gap for got, gap in zip(actual, gaps, strict=True)]
    expected = f"expected attempts after {', '.join(f'{each:g}' for each in moments)} seconds"
    came = ", ".join(f"{each - times[0]:.1f}" for each in times)
    assert all(-0.01 <= each < LATE_S for each in late), f"{expected}; they came after {came}"


def attempts(app: OwnApp, conversation: Conversation, count: int) -> list[JsonObject]:
    """Return the attempts to tell *app* of messages, once there are *count*."""
    deadline = time.monotonic() + PATIENCE_S
    # Nobody tells when an attempt has failed, so this asks until it has.
    while len(found := told(app, conversation)) < count:
        assert time.monotonic() < deadline, f"expected {count} attempt(s); there were {found}"
    return found


def told(app: OwnApp, conversation: Conversation) -> list[JsonObject]:
    """Return the attempts so far to tell *app* of messages of *conversation*."""
    about = {"conversation": conversation.id, "type": _MESSAGES}
    return [each for each in app.deliveries(conversation.consumer) if about.items() <= each.items()]


def no_more_than(app: OwnApp, conversation: Conversation, count: int) -> None:
    """Expect *count* attempts and no more, once all that is due has been tried."""
    found = told(app, conversation)
    assert len(found) == count, f"expected {count} attempt(s); there were {len(found)}\n{found}"
