"""A call that is turned away as one too many is made again, whatever it is for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from connector_harness.client import commands, events
from connector_harness.client.connector import Connector
from connector_harness.client.files import FileAddress
from connector_harness.client.tokens import SignIn, SignInError
from tests.client.conftest import Clock
from tests.client.server import FILE_NAME, FILE_PATH, LocalServer

Connect = Callable[..., Connector]
Use = Callable[[Connector], object]

COMMAND = commands.publish_event(
    events.text_event("Hello"), id="1", dialog_id="c-1", conversation_id="c-1"
)
NOBODY = SignIn(None, None)
FILE = FileAddress(FILE_PATH, {})
IN_SEVEN_SECONDS = datetime.fromtimestamp(1_700_000_007, UTC)
SPREAD = 1.25


def open_one(connector: Connector) -> int:
    """Open a conversation and return the status of the answer."""
    return connector.create_conversation([], consumer="shopper-1").status


CALLS: dict[str, tuple[str, Use]] = {
    "create": ("conversation", open_one),
    "create as given": (
        "conversation",
        lambda it: it.create_conversation_as({}, sign_in=NOBODY),
    ),
    "send": ("send", lambda it: it.send(COMMAND, consumer="shopper-1")),
    "send as given": ("send", lambda it: it.send_as({}, sign_in=NOBODY)),
    "app token": ("token", lambda it: it.sign_in("shopper-1")),
    "app token as given": ("token", lambda it: it.request_app_token()),
    "consumer token": ("consumer", lambda it: it.sign_in("shopper-1")),
    "consumer token as given": ("consumer", lambda it: it.request_consumer_token("shopper-1")),
    "every service": ("baseURI.json", lambda it: it.domains()),
    "one service": ("baseURI.json", lambda it: it.domain("idp")),
    "upload": (FILE_NAME, lambda it: it.put_file(FILE, b"x")),
    "download": (FILE_NAME, lambda it: it.get_file(FILE)),
    "state": ("c-1", lambda it: it.read_conversation("c-1", consumer="shopper-1")),
    "messages": ("messages", lambda it: it.read_messages("c-1", consumer="shopper-1")),
    "history": ("search", lambda it: it.search_history("c-1")),
}


@pytest.mark.parametrize(("word", "use"), CALLS.values(), ids=CALLS)
def test_every_call_is_made_again(
    connector: Connector, server: LocalServer, clock: Clock, word: str, use: Use
) -> None:
    """What was turned away arrives the second time, as it was, after what was asked for."""
    server.will_answer(word, 429, {}, Retry_After="6")
    use(connector)
    first, second = server.requests(word)
    assert (first.target, first.headers, first.body) == (
        second.target,
        second.headers,
        second.body,
    )
    assert sum(clock.pauses) == 6


@pytest.mark.parametrize(
    ("retry_after", "pause_s"),
    [("3", 3), (format_datetime(IN_SEVEN_SECONDS, usegmt=True), 7)],
)
def test_pause_is_as_long_as_asked_for(
    connector: Connector, server: LocalServer, clock: Clock, retry_after: str, pause_s: float
) -> None:
    """Each time anew, in seconds or up to a date."""
    server.will_answer("conversation", 429, {}, Retry_After=retry_after)
    server.will_answer("conversation", 429, {}, Retry_After="2")
    assert open_one(connector) == 200
    assert clock.pauses == [pause_s, 2]


@pytest.mark.parametrize(
    "headers",
    [
        *({}, {"Retry_After": "0"}, {"Retry_After": "soon"}, {"Retry_After": "-5"}),
        {"Retry_After": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ],
    ids=["none", "zero", "words", "negative", "past"],
)
def test_pauses_grow_where_none_is_asked_for(
    connector: Connector, server: LocalServer, clock: Clock, headers: dict[str, str]
) -> None:
    """After a second at the least, then two and four, and a little more by chance."""
    for _ in range(3):
        server.will_answer("conversation", 429, {}, **headers)
    assert open_one(connector) == 200
    assert all(
        least <= pause_s <= least * SPREAD
        for least, pause_s in zip((1, 2, 4), clock.pauses, strict=True)
    )


def test_pauses_differ(connect: Connect, server: LocalServer, clock: Clock) -> None:
    """Two connectors that are turned away together do not come back together."""
    for _ in range(2):
        server.will_answer("conversation", 429, {})
        open_one(connect())
    assert len({*clock.pauses}) == 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("headers", [{}, {"Retry_After": "1"}], ids=["none", "a second"])
def test_sign_ins_are_given_more_time(
    connector: Connector, server: LocalServer, clock: Clock, headers: dict[str, str], count: int
) -> None:
    """A throttled sign-in waits at least five seconds each time."""
    for _ in range(count):
        server.will_answer("token", 429, {}, **headers)
    connector.sign_in("shopper-1")
    assert sum(clock.pauses) == 5 * count


def test_budget_ends_the_pauses(connect: Connect, server: LocalServer, clock: Clock) -> None:
    """Pauses are taken as long as their sum stays within the budget; then 429 is the reply."""
    for _ in range(4):
        server.will_answer("conversation", 429, {}, Retry_After="2")
    assert open_one(connect(retry_after_budget_s=5.0)) == 429
    assert clock.pauses == [2, 2]


def test_every_call_has_its_own_budget(connect: Connect, server: LocalServer, clock: Clock) -> None:
    """What one call has waited is not taken from the next."""
    for word in ("token", "consumer", "conversation"):
        server.will_answer(word, 429, {}, Retry_After="5")
    assert open_one(connect(retry_after_budget_s=5.0)) == 200
    assert sum(clock.pauses) == 15


def test_sign_in_fails_when_its_time_is_up(connect: Connect, server: LocalServer) -> None:
    """A token service that lets nothing through has refused."""
    server.will_answer("token", 429, {})
    with pytest.raises(SignInError):
        connect(retry_after_budget_s=4.0).sign_in("shopper-1")


class Recorded:
    """A throttle that writes down who is held when, with what the clock says.

    Args:
        clock: Moves by waiting.
        behind_s: How long a call is held behind others before it may hold them.
    """

    def __init__(self, clock: Clock, behind_s: float = 0) -> None:
        self._clock = clock
        self._began = clock.now
        self._behind_s = behind_s
        self.seen: list[tuple[str, float]] = []

    def wait(self, most_s: float) -> None:
        """Hold nobody."""
        self._note(f"may wait {most_s:g}")

    @contextmanager
    def hold(self, most_s: float) -> Iterator[None]:
        """Let the call be alone once others have been."""
        self._clock.now += self._behind_s
        self._note(f"holds after {most_s:g}")
        yield
        self._note("lets go")

    def _note(self, what: str) -> None:
        self.seen.append((what, self._clock.now - self._began))


def use_file(connector: Connector) -> object:
    """Make the one call that needs no other before it."""
    return connector.get_file(FILE)


def test_other_calls_are_held_during_a_pause(
    connect: Connect, server: LocalServer, clock: Clock
) -> None:
    """From when it is told to wait up to the next answer, for each pause anew."""
    throttle = Recorded(clock)
    for seconds in ("5", "7"):
        server.will_answer(FILE_NAME, 429, b"", Retry_After=seconds)
    use_file(connect(throttle=throttle, retry_after_budget_s=20.0))
    assert throttle.seen == [
        ("may wait 20", 0),
        *(("holds after 20", 0), ("lets go", 5)),
        *(("holds after 20", 5), ("lets go", 12)),
    ]


def test_deadline_holds_for_calls_that_are_held(connect: Connect, clock: Clock) -> None:
    """Whoever has little time does not wait longer for others."""
    throttle = Recorded(clock)
    connector = connect(throttle=throttle)
    with connector.with_deadline(within_s=2):
        use_file(connector)
    assert throttle.seen == [("may wait 2", 0)]


def test_nobody_is_held_for_a_pause_that_is_not_taken(
    connect: Connect, server: LocalServer, clock: Clock
) -> None:
    """An hour is nobody's to wait."""
    throttle = Recorded(clock)
    server.will_answer(FILE_NAME, 429, b"", Retry_After="3600")
    use_file(connect(throttle=throttle))
    assert throttle.seen == [("may wait 30", 0)]


def test_nobody_is_held_for_what_is_on_the_way(
    connect: Connect, server: LocalServer, clock: Clock
) -> None:
    """A gateway that plays a busy endpoint says nothing of the account."""
    throttle = Recorded(clock)
    server.will_answer(FILE_NAME, 429, b"", Retry_After="5")
    connector = connect(throttle=throttle)
    with connector.through(server.url):
        use_file(connector)
    assert (throttle.seen, clock.pauses) == ([], [5])


@pytest.mark.parametrize(("behind_s", "pauses"), [(0, [5]), (2, [3]), (9, [0])])
def test_being_held_is_a_pause(
    connect: Connect, server: LocalServer, clock: Clock, behind_s: float, pauses: list[float]
) -> None:
    """Who was held behind others need not wait that time again."""
    server.will_answer(FILE_NAME, 429, b"", Retry_After="5")
    use_file(connect(throttle=Recorded(clock, behind_s)))
    assert clock.pauses == pauses


def test_being_held_uses_no_budget_up(connect: Connect, server: LocalServer, clock: Clock) -> None:
    """Held again and again for longer than the budget, a call is made again all the same."""
    for _ in range(3):
        server.will_answer(FILE_NAME, 429, b"", Retry_After="1")
    throttle = Recorded(clock, behind_s=60)
    assert connect(throttle=throttle, retry_after_budget_s=3.0).get_file(FILE).status == 200


def test_call_is_held_no_longer_than_its_budget_in_sum(
    connect: Connect, server: LocalServer, clock: Clock
) -> None:
    """What a call has been held already is taken from how long it may be."""
    throttle = Recorded(clock, behind_s=20)
    for _ in range(2):
        server.will_answer(FILE_NAME, 429, b"", Retry_After="1")
    use_file(connect(throttle=throttle))
    asked = [what for what, _ in throttle.seen if what != "lets go"]
    assert asked == ["may wait 30", "holds after 30", "holds after 10"]


def test_the_second_time_being_held_is_not_enough(
    connect: Connect, server: LocalServer, clock: Clock
) -> None:
    """Who came back right behind another and was turned away pauses a second more."""
    for _ in range(2):
        server.will_answer(FILE_NAME, 429, b"", Retry_After="1")
    use_file(connect(throttle=Recorded(clock, behind_s=9)))
    assert clock.pauses == [0, 1]


def test_sign_in_holds_others_no_longer_than_they_need(
    connect: Connect, server: LocalServer, clock: Clock
) -> None:
    """Of its five seconds, the last one alone is that of all calls."""
    throttle = Recorded(clock)
    server.will_answer("token", 429, {})
    connect(throttle=throttle).request_app_token()
    assert [at for what, at in throttle.seen if "wait" not in what] == [4, 5]
