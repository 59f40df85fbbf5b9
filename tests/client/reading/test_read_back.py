"""What a conversation holds is read back whole, or it is told why it could not be read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.reading.read_back import (
    MOST_PAGES,
    HistorySearch,
    MessagingRest,
    ReadBack,
    ReadBackError,
    read_back,
)
from connector_harness.client.settings import Endpoint, Secret
from tests.client.held import conversation, history, message, page, record, recorded
from tests.client.server import LocalServer

Connect = Callable[..., Connector]
TOKEN = "history-token-of-a-user"
ADA = "shopper-1"
FILE = {"relativePath": "/v1/f.PNG", "fileType": "PNG"}


@pytest.fixture
def rest(connector: Connector) -> MessagingRest:
    """The reads of the Messaging REST API."""
    return MessagingRest(connector)


@pytest.fixture
def past(connect: Connect) -> HistorySearch:
    """The history search."""
    return HistorySearch(connect(history_token=Secret(TOKEN)))


@pytest.mark.parametrize(
    ("named", "way", "lag_s"),
    [("messaging-rest", MessagingRest, 0), ("history", HistorySearch, 60)],
)
def test_settings_name_the_way(
    connector: Connector,
    endpoint: Endpoint,
    named: Literal["messaging-rest", "history"],
    way: type,
    lag_s: float,
) -> None:
    """The endpoint's ``read_back`` chooses, and each way tells how late it may be."""
    found = read_back(connector, replace(endpoint, read_back=named))
    assert isinstance(found, way)
    assert found is not None
    assert found.lag_s == lag_s


def test_no_way_is_named(connector: Connector, endpoint: Endpoint) -> None:
    """Where the settings name none there is none."""
    assert read_back(connector, endpoint) is None


def texts(way: ReadBack, **dialog: str) -> list[tuple[int, str | None]]:
    """Return number and text of all that was said in a dialog of the conversation."""
    return [(each.sequence, each.text) for each in way.messages("c-1", consumer=ADA, **dialog)]


def asked_from(server: LocalServer) -> list[int]:
    """Return from where on each page was asked for."""
    queries = (parse_qs(urlsplit(each.target).query) for each in server.requests("messages"))
    return [int(query["newerThanSequence"][0]) for query in queries]


def failure(call: Callable[[], object]) -> str:
    """Return what is said of a read that fails."""
    with pytest.raises(ReadBackError) as caught:
        call()
    return str(caught.value)


def test_both_sides_are_read(rest: MessagingRest, server: LocalServer) -> None:
    """Messages come in their order, whoever said them."""
    agent = {"role": "ASSIGNED_AGENT"}
    server.will_answer("messages", 200, page(message(2, "Yes.", originator=agent), message(0)))
    said = rest.messages("c-1", consumer=ADA)
    assert [(each.sequence, each.role, each.text) for each in said] == [
        (0, "CONSUMER", "Hi"),
        (2, "ASSIGNED_AGENT", "Yes."),
    ]


def test_pages_overlap(rest: MessagingRest, server: LocalServer) -> None:
    """250 messages are read in three pages, each from the last known, so that none is refused."""
    said = [message(2 * number, str(number)) for number in range(250)]
    for first in (0, 99):
        server.will_answer("messages", 200, page(*said[first : first + 100], more="/next"))
    server.will_answer("messages", 200, page(*said[198:]))
    assert texts(rest) == [(2 * number, str(number)) for number in range(250)]
    assert asked_from(server) == [0, 198, 396]


def test_full_last_page_is_followed_by_its_last_message(
    rest: MessagingRest, server: LocalServer
) -> None:
    """A full page without a link may be the last: what is known comes again, and all is read."""
    said = [message(number) for number in range(100)]
    server.will_answer("messages", 200, page(*said))
    server.will_answer("messages", 200, page(said[-1]))
    assert len(texts(rest)) == 100
    assert asked_from(server) == [0, 99]


def test_gaps_typing_receipts_and_notes(rest: MessagingRest, server: LocalServer) -> None:
    """What is no message for the shopper is left out, and what it leaves is a gap."""
    receipt = message(1, type="ACCEPT_STATUS", content={"status": "READ"})
    note = message(3, messageAudience="AGENTS_AND_MANAGERS")
    items = (message(0), receipt, {"type": "CHAT_STATE"}, note, message("4", "Bye"))
    server.will_answer("messages", 200, page(*items))
    assert texts(rest) == [(0, "Hi"), (4, "Bye")]


def test_dialog_of_a_survey(rest: MessagingRest, server: LocalServer) -> None:
    """Another dialog than the main one is read by its id."""
    server.will_answer("messages", 200, page(message(0, "How was it?", dialogId="s-1")))
    assert texts(rest, dialog_id="s-1") == [(0, "How was it?")]
    assert "/dialogs/s-1/" in server.requests("messages")[0].target


def test_nothing_was_said(rest: MessagingRest, server: LocalServer) -> None:
    """An empty dialog holds nothing."""
    server.will_answer("messages", 200, page())
    assert texts(rest) == []


def test_refusal_of_the_first_sequence_in_silence(rest: MessagingRest, server: LocalServer) -> None:
    """Where 0 counts as above the newest of nothing, the conversation shows that all is right."""
    server.will_answer("messages", 400, b"")
    server.will_answer("c-1", 200, conversation())
    assert texts(rest) == []


def test_refusal_of_an_unknown_dialog(rest: MessagingRest, server: LocalServer) -> None:
    """A 400 that silence does not explain is a failure."""
    server.will_answer("messages", 400, {"why": "no dialog"})
    server.will_answer("c-1", 200, conversation())
    told = failure(lambda: rest.messages("c-1", consumer=ADA, dialog_id="s-1"))
    assert "refused with status 400" in told
    assert """it answered '{"why": "no dialog"}'""" in told


def test_refusal_of_a_later_page(rest: MessagingRest, server: LocalServer) -> None:
    """Once something was read, a 400 has no innocent reason."""
    server.will_answer("messages", 200, page(message(0), message(1), more="/next"))
    server.will_answer("messages", 400, {})
    assert "refused with status 400" in failure(lambda: texts(rest))


def test_page_that_never_ends(rest: MessagingRest, server: LocalServer) -> None:
    """An endpoint that says more is to come, and sends the same again, is not asked for ever."""
    for _ in range(3):
        server.will_answer("messages", 200, page(message(0), message(5), more="/next"))
    assert "brings nothing new" in failure(lambda: texts(rest))
    assert asked_from(server) == [0, 5]


def test_pages_without_end(rest: MessagingRest, server: LocalServer) -> None:
    """An endpoint that always has one more is given up."""
    for number in range(MOST_PAGES + 1):
        server.will_answer("messages", 200, page(message(number + 1), more="/next"))
    assert f"there are more than {MOST_PAGES} pages" in failure(lambda: texts(rest))
    assert len(server.requests("messages")) == MOST_PAGES


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_who_is_not_let_in_is_told(rest: MessagingRest, server: LocalServer, status: int) -> None:
    """A refusal says what to do."""
    for _ in range(2):
        server.will_answer("messages", status, b"<html>")
    told = failure(lambda: texts(rest))
    assert told == (
        f"what a conversation holds could not be read: refused with status {status}\n"
        f"  at: GET …/messages → {status}; it answered '<html>'\n"
        "  next: see that the conversation is this consumer's, and that LivePerson has let the "
        "account in to the Messaging REST API, or leave `read_back` out of the endpoint's table"
    )


@pytest.mark.parametrize(
    ("service", "way"),
    [
        ("messagingRestApiDomain", MessagingRest),
        ("msgHist", HistorySearch),
    ],
)
def test_service_that_is_not_there(
    connect: Connect, service: str, way: Callable[[Connector], ReadBack]
) -> None:
    """Where discovery does not name the service, that is told in the same way."""
    told = failure(lambda: texts(way(connect(address=None))))
    assert f"the Domain API names no service '{service}' for this account" in told
    assert "or leave `read_back` out" in told


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"<html>", "the answer is not JSON"),
        (b"[" * 2_000, "the answer is nested deeper than"),
        ([], "the answer is no object"),
        ({"messages": []}, "data is no list of objects"),
        ({"data": [1]}, "data is no list of objects"),
        (page({"type": "PLAIN_TEXT"}), "a message lacks its type, or who said it"),
        (page(message(None)), "a message has no sequence"),
        (page(message(0, dialogId="c-2")), "a message is of another dialog than was read"),
    ],
    ids=["page", "deep", "list", "other", "numbers", "item", "sequence", "dialog"],
)
def test_nonsense_for_messages(
    rest: MessagingRest, server: LocalServer, answer: object, why: str
) -> None:
    """An answer that is none is told, with where it came from and what to look at."""
    server.will_answer("messages", 200, answer)
    told = failure(lambda: texts(rest))
    assert told.startswith(f"what a conversation holds could not be read: {why}")
    assert "  at: GET …/messages → 200; it answered " in told
    assert "  next: see the attached exchange" in told


@pytest.mark.parametrize("answer", [b"", {"dialogs": "none"}])
def test_nonsense_for_a_conversation(
    rest: MessagingRest, server: LocalServer, answer: object
) -> None:
    """It does not show that an empty dialog is there."""
    server.will_answer("messages", 400, b"")
    server.will_answer("c-1", 200, answer)
    assert "  next: see the attached exchange" in failure(lambda: texts(rest))


def test_history_of_a_conversation(past: HistorySearch, server: LocalServer) -> None:
    """The history is read by the conversation's id, and put in order."""
    said = (recorded("2", "Yes.", sentBy="Agent"), recorded(0), recorded(0, "?", dialogId="s-1"))
    server.will_answer("search", 200, history(record(id_="c-0"), record(*said)))
    held = past.messages("c-1", consumer=ADA)
    assert [(each.sequence, each.role, each.text) for each in held] == [
        (0, "CONSUMER", "Hi"),
        (2, "AGENT", "Yes."),
    ]


@pytest.mark.parametrize("found", [history(), history({"info": {"conversationId": "c-1"}})])
def test_history_that_has_nothing_yet(
    past: HistorySearch, server: LocalServer, found: object
) -> None:
    """What is not there yet is no message: the history is late."""
    server.will_answer("search", 200, found)
    assert past.messages("c-1", consumer=ADA) == []


@pytest.mark.parametrize("status", [401, 403])
def test_history_token_that_does_not_hold(
    past: HistorySearch, server: LocalServer, status: int
) -> None:
    """A refusal names the setting, and never its value."""
    server.will_answer("search", status, {"token": TOKEN})
    told = failure(lambda: texts(past))
    assert "  next: set CONNECTOR_HISTORY_TOKEN to the token of a user" in told
    assert "POST …/conversation/search → " in told
    assert TOKEN not in told


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"_metadata": {}}, "conversationHistoryRecords is no list of objects"),
        (history({"info": {}}), "a record names no conversation"),
        (history(record(1)), "messageRecords is no list of objects"),
        (history(record(recorded("x"))), "a message has no sequence"),
        (history({"info": {"conversationId": "c-1"}, "messageRecords": "undefined"}), "no list"),
    ],
    ids=["no-records", "no-id", "no-record", "no-sequence", "no-messages"],
)
def test_nonsense_in_the_history(
    past: HistorySearch, server: LocalServer, answer: object, why: str
) -> None:
    """An answer that is none is told."""
    server.will_answer("search", 200, answer)
    assert why in failure(lambda: past.messages("c-1", consumer=ADA))


def test_number_that_two_messages_have(
    rest: MessagingRest, past: HistorySearch, server: LocalServer
) -> None:
    """A number stands for one message, so neither is passed over."""
    server.will_answer("messages", 200, page(message(0), message(0, "Bye")))
    server.will_answer("search", 200, history(record(recorded(0), recorded(0))))

    for way in (rest, past):
        assert "two messages have the number 0" in failure(lambda way=way: texts(way))  # type: ignore[misc]  # bound now


def test_pages_that_contradict_each_other(rest: MessagingRest, server: LocalServer) -> None:
    """What overlaps must read the same."""
    server.will_answer("messages", 200, page(message(0), message(1), more="/next"))
    server.will_answer("messages", 200, page(message(1, "Bye")))

    assert "a message reads otherwise than on the page before" in failure(lambda: texts(rest))
