"""The journal: bounded, and without tokens and secrets."""

import json
from typing import Any

import pytest

from connector_harness.sandbox.state.journal import Journal

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI3In0.c2lnbmF0dXJl"


def _record(journal: Journal, **changes: Any) -> None:  # noqa: ANN401
    call: dict[str, Any] = {
        "at": 1.5,
        "account": "7",
        "consumer": "ada",
        "operation": "create_conversation",
        "method": "POST",
        "path": "/p",
        "query": "",
        "status": 200,
        "request": b"[1]",
        "response": b'{"ok":true}',
    }
    call |= changes
    bodies = {name: call.pop(name) for name in ("query", "request", "response")}
    journal.record(call, is_form=call.pop("form", False), **bodies)


def _only_entry(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    journal = Journal()
    _record(journal, **changes)
    entries: Any = journal.read()["entries"]
    return dict(entries[0])


def test_entry_tells_the_whole_call() -> None:
    """Bodies are shown as the documents they are."""
    assert _only_entry(query="v=3") == {
        "number": 1,
        "at": 1.5,
        "account": "7",
        "consumer": "ada",
        "operation": "create_conversation",
        "method": "POST",
        "path": "/p?v=3",
        "status": 200,
        "request": [1],
        "response": {"ok": True},
    }


def test_oldest_entries_are_dropped_and_counted() -> None:
    """A full journal lets the oldest go and says how many went."""
    journal = Journal(most=2)
    for _ in range(5):
        _record(journal)

    shown: Any = journal.read()

    assert [entry["number"] for entry in shown["entries"]] == [4, 5]
    assert shown["dropped"] == 3


@pytest.mark.parametrize(
    ("chosen", "numbers"),
    [
        ({"account": "7"}, [1, 2]),
        ({"consumer": "ben"}, [2, 3]),
        ({"account": "8", "consumer": "ada"}, []),
    ],
    ids=str,
)
def test_entries_can_be_chosen(chosen: dict[str, Any], numbers: list[int]) -> None:
    """Account and consumer narrow what is shown."""
    journal = Journal()
    for account, consumer in (("7", "ada"), ("7", "ben"), ("8", "ben")):
        _record(journal, account=account, consumer=consumer)

    shown: Any = journal.read(**chosen)

    assert [entry["number"] for entry in shown["entries"]] == numbers


@pytest.mark.parametrize(
    "changes",
    [
        {"response": json.dumps({"access_token": "s3cret-word"}).encode()},
        {"response": json.dumps({"token": "s3cret-word"}).encode()},
        {"request": json.dumps([{"a": {"Client_Secret": ["s3cret-word"]}}]).encode()},
        {"request": b"client%5Fsecret=s3cret-word&grant_type=x", "form": True},
        {"request": b"client_secret=s3cret-word&x=" + b"y" * 9000, "form": True},
        {"query": "v=1.0&client_secret=s3cret-word"},
        {"request": b'{"client_secret" : "s3cret-word", broken'},
        {"request": b'{"client_secret":"s3cret-word","x":"' + b"y" * 9000 + b'"}'},
        {"request": f"broken {TOKEN}".encode()},
        {"request": json.dumps({"note": [f"see {TOKEN}"], TOKEN: 1}).encode()},
        {"path": f"/api/{TOKEN}"},
        {"request": b'[{"mail":"s3cret-word","contacts":[{"phone":"s3cret","email":"s3cret"}]}]'},
        {"request": b'{"mobileNum":"\\"s3cret-word", broken'},
    ],
)
def test_secret_is_masked(changes: dict[str, Any]) -> None:
    """No token and no secret is shown, wherever and however it was sent."""
    shown = json.dumps(_only_entry(**changes))

    assert "***" in shown or '"cut": true' in shown
    assert "s3cret" not in shown
    assert "eyJ" not in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "/p/the-secret"},
        {"request": b'{"note":["the-secret"]}'},
        {"response": b"broken the-secret"},
        {"query": "x=the-secret"},
        {"request": b"x=the-secret", "form": True},
    ],
    ids=["path", "request", "response", "query", "form"],
)
def test_secret_of_an_account_is_masked(changes: dict[str, Any]) -> None:
    """A secret of the sandbox's own accounts is masked without its name, too."""
    journal = Journal()
    _record(journal, **changes)

    shown = json.dumps(journal.read(secrets=["the-secret"]))

    assert "***" in shown
    assert "the-secret" not in shown


def test_long_body_is_cut_and_marked() -> None:
    """Of a long body the beginning is kept, with its real size."""
    entry = _only_entry(request=b"x" * 8193, response=b'"' + b"y" * 8190 + b'"')

    assert entry["request"] == {"cut": True, "size": 8193, "text": "x" * 8192}
    assert entry["response"] == "y" * 8190


@pytest.mark.parametrize(
    ("body", "shown"),
    [(b"", None), (b"{", "{"), (b"[NaN]", "[NaN]"), (b"\xff", "\N{REPLACEMENT CHARACTER}")],
    ids=["empty", "broken", "not a number", "not text"],
)
def test_what_is_no_document_is_shown_as_text(body: bytes, shown: str | None) -> None:
    """A body that is no JSON is shown as it came."""
    assert _only_entry(request=body)["request"] == shown


def test_long_form_is_cut_and_marked() -> None:
    """Of a long form the beginning is kept as well, still without its secret."""
    entry = _only_entry(request=b"client_secret=a&x=" + b"y" * 9000, form=True)

    assert entry["request"] == {
        "cut": True,
        "size": 9018,
        "text": "client_secret=***&x=" + "y" * 8174,
    }


def test_form_is_shown_as_a_document() -> None:
    """The members of a form are shown by name."""
    entry = _only_entry(request=b"grant_type=client_credentials&client_id=", form=True)

    assert entry["request"] == {"grant_type": "client_credentials", "client_id": ""}
