"""All that the sandbox is told to keep has a bound in bytes, and is refused beyond it."""

from dataclasses import replace
from typing import Any

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox, create_sandbox
from connector_harness.sandbox.state import journal, state, tokens
from connector_harness.sandbox.state.journal import Journal
from connector_harness.sandbox.state.room import CALL_SIZE, Room
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app
from connector_harness.sandbox.webhooks.queue import Queue
from tests.sandbox.callers import InProcess
from tests.sandbox.pending import pending

LONG = "x" * 4000


def calling(sandbox: Sandbox, account: Account) -> InProcess:
    """Return what calls *sandbox*, signed in as a consumer."""
    return InProcess(
        create_app(sandbox),
        app_token=sandbox.tokens.issue_app_token(account.id, account.client_id),
        consumer_token=sandbox.tokens.issue_consumer_token(account.id, "ada"),
    )


@pytest.fixture
def sandbox(account: Account, shared_tokens: Tokens) -> Sandbox:
    """A sandbox with room for two long calls."""
    made = create_sandbox(Store(account), tokens=shared_tokens)
    return replace(made, room=Room(2 * (CALL_SIZE + len(LONG)) + 2000))


def test_text_is_refused_where_there_is_no_room(
    sandbox: Sandbox, account: Account, batch: list[Any]
) -> None:
    """As the API refuses what it cannot do now, and what was kept can still be read."""
    api = calling(sandbox, account)
    batch[2]["body"]["event"]["message"] = LONG
    opened = api.create(batch)
    conversation = opened.json()[1]["body"]["conversationId"]
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": LONG}
    body = {"dialogId": conversation, "conversationId": conversation, "event": event}
    command = {"kind": "req", "id": "1", "type": "ms.PublishEvent", "body": body}

    answers = [api.send(command) for _ in range(3)]

    assert 503 in [answer.status_code for answer in answers]
    assert answers[-1].json()["body"]["title"] == "Unable to access resource"
    shown = api("GET", f"/_sandbox/conversations?account={account.id}").json()
    assert shown[0]["id"] == conversation


@pytest.mark.parametrize(
    ("route", "document"),
    [
        ("clock", {"consumer": LONG, "seconds": 1}),
        ("surveys", {"skill": "7", "question": LONG}),
        ("faults", {"fault": "status_500", "consumer": LONG}),
        ("webhooks", {"clientId": "c", "clientSecret": LONG, "capabilities": {"webhooks": {}}}),
    ],
)
def test_control_call_is_refused_where_there_is_no_room(
    sandbox: Sandbox, account: Account, route: str, document: dict[str, Any]
) -> None:
    """Whatever is to be kept; recovering and looking goes on."""
    api = calling(sandbox, account)
    whole = {"account": account.id, **document}

    statuses = [api("POST", f"/_sandbox/{route}", json=whole).status_code for _ in range(4)]

    assert (statuses[0] < 300, statuses[-1]) == (True, 503)
    assert api("DELETE", f"/_sandbox/faults?account={account.id}").status_code == 200


def test_what_is_refused_takes_no_room(sandbox: Sandbox, account: Account) -> None:
    """Nothing is kept of it."""
    api = calling(sandbox, account)
    for _ in range(9):
        assert api.create([LONG]).status_code == 400
    assert sandbox.room.size == 0


def test_accounts_have_a_bound(
    sandbox: Sandbox, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more than that is refused."""
    monkeypatch.setattr(state, "MOST_ACCOUNTS", 3)
    api = calling(sandbox, account)

    statuses = [api("POST", "/_sandbox/accounts", json={}).status_code for _ in range(3)]

    assert statuses == [201, 201, 503]


def test_journal_lets_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few large entries fill it as many small ones do."""
    monkeypatch.setattr(journal, "MOST_BYTES", 3 * len(LONG))
    kept = Journal()
    for number in range(9):
        entry: JsonObject = {"account": "7", "consumer": LONG, "path": f"/{number}"}
        kept.record(entry, query="", request=b"", response=b"")

    shown: Any = kept.read()
    assert ([entry["path"] for entry in shown["entries"]], shown["dropped"]) == (["/7", "/8"], 7)


def test_tokens_are_forgotten(monkeypatch: pytest.MonkeyPatch, shared_tokens: Tokens) -> None:
    """They are known by their signatures all the same."""
    monkeypatch.setattr(tokens, "REMEMBERED_BYTES", 5 * len(LONG))
    issued = [shared_tokens.issue_consumer_token("7", f"{LONG}{n}") for n in range(9)]

    known = vars(shared_tokens)["_known"]
    assert sum(len(token) for token, _ in known) <= 5 * len(LONG)
    assert shared_tokens.read_consumer_token(issued[0], "7").external_id == f"{LONG}0"


def test_queue_counts_what_is_pending() -> None:
    """And no longer what was let go, or has arrived."""
    queue = Queue(2)
    for _ in range(3):
        queue.add(pending(LONG))
    assert queue.size == 2 * len(LONG)
    (first,) = queue.take()
    queue.settle(first, delivered=True, at=0)
    assert queue.size == len(LONG)
    queue.drop()
    assert (queue.size, len(queue)) == (0, 0)
