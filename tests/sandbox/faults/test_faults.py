"""The book of faults: what applies to whom, in which order, how often, and until when."""

from typing import Any

import pytest

from connector_harness.sandbox.faults.faults import FAULTS, MOST_FAULTS, FaultBook

ACCOUNT = "70000001"


@pytest.fixture
def book() -> FaultBook:
    """A book without faults."""
    return FaultBook()


def _applied(
    book: FaultBook,
    operation: str = "send",
    consumer: str | None = "ada",
    **options: Any,  # noqa: ANN401 - passed on
) -> str | None:
    """Let one call happen, and return the name of the fault that was applied."""
    fault = book.find(ACCOUNT, operation, consumer, **options)
    if fault is None:
        return None
    fault.applied += 1
    return fault.name


def test_nothing_applies_unless_injected(book: FaultBook) -> None:
    """A new book has no faults and says so at once."""
    assert not book.is_armed(ACCOUNT)
    assert _applied(book) is None


@pytest.mark.parametrize("times", [1, 3])
def test_fault_applies_so_many_times(book: FaultBook, times: int) -> None:
    """After its last time the book is as it was."""
    book.inject(ACCOUNT, "timeout", times=times)

    applied = [_applied(book) for _ in range(times + 2)]

    assert applied == [*["timeout"] * times, None, None]
    assert not book.is_armed(ACCOUNT)


def test_fault_applies_until_recovered(book: FaultBook) -> None:
    """Without a number it goes on until it is ended."""
    fault = book.inject(ACCOUNT, "timeout", times=None)
    before = [_applied(book) for _ in range(50)]

    book.recover(ACCOUNT)

    assert (set(before), _applied(book), fault.applied) == ({"timeout"}, None, 50)


def test_first_injected_applies_first(book: FaultBook) -> None:
    """Faults follow one another; a call has one."""
    book.inject(ACCOUNT, "status_503", times=2)
    book.inject(ACCOUNT, "throttled")

    assert [_applied(book) for _ in range(4)] == ["status_503", "status_503", "throttled", None]


def test_fault_that_was_only_found_is_not_applied(book: FaultBook) -> None:
    """Looking does not count."""
    fault = book.inject(ACCOUNT, "timeout")

    assert [book.find(ACCOUNT, "send", None) for _ in range(2)] == [fault, fault]
    assert fault.applied == 0


def test_fault_is_one_consumers(book: FaultBook) -> None:
    """Other consumers, and calls that nobody is known to make, are spared."""
    book.inject(ACCOUNT, "timeout", consumer="ada")

    assert [_applied(book, consumer=each) for each in ("ben", None, "ada")] == [
        None,
        None,
        "timeout",
    ]


def test_fault_of_nobody_applies_everybody(book: FaultBook) -> None:
    """Without a consumer it is the account's."""
    book.inject(ACCOUNT, "timeout", times=None)

    assert [_applied(book, consumer=each) for each in ("ben", None)] == ["timeout", "timeout"]


def test_fault_is_one_accounts(book: FaultBook) -> None:
    """Other accounts are spared."""
    book.inject("7", "timeout")

    assert (book.is_armed(ACCOUNT), _applied(book)) == (False, None)


def test_fault_is_one_operations(book: FaultBook) -> None:
    """Other operations are spared."""
    book.inject(ACCOUNT, "timeout", operation="send")

    assert [_applied(book, each) for each in ("domains", "send")] == [None, "timeout"]


@pytest.mark.parametrize("name", FAULTS)
def test_fault_without_operation_applies_all_that_fit(book: FaultBook, name: str) -> None:
    """Each fault has operations that it can apply to; no others."""
    book.inject(ACCOUNT, name, times=None)
    fitting = FAULTS[name].operations

    assert [_applied(book, each) for each in fitting] == [name] * len(fitting)
    assert ("webhook" in fitting) == (fitting == ("webhook",))


@pytest.mark.parametrize(
    "about", [{"client_id": "app-2"}, {"type": "other"}, {}], ids=["app", "type", "unknown"]
)
def test_fault_of_webhooks_is_narrowed(book: FaultBook, about: dict[str, str]) -> None:
    """Webhooks to another app, or of another type, are spared."""
    book.inject(ACCOUNT, "twice", parameters={"client_id": "app-1", "type": "text"})

    assert _applied(book, "webhook", about={"client_id": "app-1", "type": "text", **about}) == (
        None if about else "twice"
    )


def test_fault_waits_for_its_moment(book: FaultBook) -> None:
    """Some apply when a webhook is added, others when it is sent."""
    book.inject(ACCOUNT, "wrong_signature")
    book.inject(ACCOUNT, "late")

    assert _applied(book, "webhook", among=("late", "twice")) == "late"


def test_one_consumers_faults_recover(book: FaultBook) -> None:
    """Those of others, and of everybody, stay."""
    book.inject(ACCOUNT, "timeout", consumer="ada")
    book.inject(ACCOUNT, "half_body", consumer="ben")

    book.recover(ACCOUNT, consumer="ada")

    assert [_applied(book, consumer=each) for each in ("ada", "ben")] == [None, "half_body"]


def test_one_fault_recovers(book: FaultBook) -> None:
    """By its id a fault is ended alone."""
    first = book.inject(ACCOUNT, "timeout")
    book.inject(ACCOUNT, "half_body")

    assert book.recover(ACCOUNT, fault_id=first.id) == [first]
    assert _applied(book) == "half_body"


def test_fault_that_is_over_is_still_told(book: FaultBook) -> None:
    """How often it was applied is known afterwards."""
    fault = book.inject(ACCOUNT, "latency", parameters={"delay_s": 0.5}, consumer="ada")
    _applied(book)

    assert book.read(ACCOUNT, fault_id=fault.id) == [
        {
            "id": fault.id,
            "fault": "latency",
            "operations": list(FAULTS["latency"].operations),
            "consumer": "ada",
            "times": 1,
            "applied": 1,
            "over": True,
            "delay_s": 0.5,
        }
    ]


def test_waiting_faults_are_limited(book: FaultBook) -> None:
    """There is room for so many, and again for more once one is over."""
    for _ in range(MOST_FAULTS):
        book.inject(ACCOUNT, "timeout")
    full = book.has_room(ACCOUNT)
    _applied(book)

    assert (full, book.has_room(ACCOUNT)) == (False, True)


def test_faults_that_are_over_are_limited(book: FaultBook) -> None:
    """The oldest are forgotten."""
    for _ in range(MOST_FAULTS + 1):
        book.inject(ACCOUNT, "timeout")
        _applied(book)

    kept: Any = book.read(ACCOUNT)
    assert (len(kept), kept[0]["id"]) == (MOST_FAULTS, "fault-2")
