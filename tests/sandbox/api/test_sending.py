"""The send call through the application."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.state.state import Account
from tests.sandbox.callers import InProcess

BAD_REQUEST = {"code": "BAD_REQUEST", "body": {"msg": "Bad Request"}}


@pytest.fixture
def conversation(api: InProcess, batch: list[Any]) -> str:
    """The id of Ada's open conversation, in which nothing was said."""
    return str(api.create(batch[:2]).json()[1]["body"]["conversationId"])


def _command(kind: str, body: Any, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"kind": "req", "id": "s-1", "type": kind, "body": body, **members}


def _text(conversation: str, text: str = "Hi", **members: Any) -> dict[str, Any]:  # noqa: ANN401
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    body = {"dialogId": conversation, "event": event}
    return _command("ms.PublishEvent", body, **members)


def test_text_is_answered_with_its_number(api: InProcess, conversation: str) -> None:
    """The answer is one object with the number, and the conversation has the text."""
    answer = api.send(_text(conversation))

    assert answer.status_code == 200
    assert answer.json() == {"code": "OK", "body": {"sequence": 0}, "reqId": "s-1"}
    shown = api("GET", "/_sandbox/conversations?account=70000001").json()
    (message,) = shown[0]["dialogs"][0]["messages"]
    assert (message["text"], message["role"]) == ("Hi", "CONSUMER")


@pytest.mark.parametrize(("sent", "returned"), [(3, "3"), ("1,", "1,"), ("x" * 64, "x" * 64)])
def test_id_comes_back_as_text(
    api: InProcess, conversation: str, sent: object, returned: str
) -> None:
    """Ids are echoed verbatim, numbers as strings."""
    assert api.send(_text(conversation, id=sent)).json()["reqId"] == returned


def test_conversation_is_closed(api: InProcess, conversation: str) -> None:
    """Closing is answered in the documented words, and then nothing more can be said."""
    field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
    body = {"conversationId": conversation, "conversationField": field}

    closed = api.send(_command("cm.UpdateConversationField", body))
    after = api.send(_text(conversation))

    assert closed.json() == {
        "code": "OK",
        "body": {"msg": "OK Conversation resolved successfully"},
        "reqId": "s-1",
    }
    assert (after.status_code, after.json()["body"]) == (
        400,
        {"msg": "Bad Request, Conversation is close"},
    )


def test_next_conversation_can_be_opened(
    api: InProcess, conversation: str, batch: list[Any]
) -> None:
    """After closing the consumer may open another conversation."""
    assert api.create(batch).status_code == 400
    field = {"field": "Stage", "conversationState": "CLOSE"}
    body = {"conversationId": conversation, "conversationField": field}
    api.send(_command("cm.UpdateConversationField", body))

    assert api.create(batch).status_code == 200


def test_profile_is_replaced(api: InProcess, conversation: str, account: Account) -> None:
    """A profile may be set while the conversation runs."""
    del conversation

    answer = api.send(_command("userprofile.SetUserProfile", {"firstName": "Mia"}))

    assert answer.json()["body"] == {"msg": "OK User Profile set successfully"}
    assert list(account.profiles.values()) == [{"firstName": "Mia"}]


def test_faulty_profile_is_refused(api: InProcess) -> None:
    """It is judged as on the create call."""
    answer = api.send(_command("userprofile.SetUserProfile", {"firstName": 1}))

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": "s-1"})


def test_known_profile_is_always_replaced(
    assuming: Callable[[Assumptions], InProcess], batch: list[Any]
) -> None:
    """Where no more profiles can be kept, those that are can still be changed."""
    api = assuming(Assumptions(conversation_limit=1))
    api.create(batch)

    assert api.send(_command("userprofile.SetUserProfile", {})).status_code == 200


def test_profiles_are_bounded(
    assuming: Callable[[Assumptions], InProcess], caplog: pytest.LogCaptureFixture
) -> None:
    """The sandbox keeps no more profiles than conversations, and says so."""
    api = assuming(Assumptions(conversation_limit=0))

    assert api.send(_command("userprofile.SetUserProfile", {})).status_code == 503
    assert "has 0 profiles, the most the sandbox keeps" in caplog.text


def test_file_gets_its_addresses(api: InProcess) -> None:
    """Both commands about files are handed to the files' rules."""
    upload = {"fileSize": "20480", "fileType": "PNG"}

    answer = api.send(_command("ms.GenerateURLForUploadFile", upload))
    path = answer.json()["body"]["relativePath"]
    missing = api.send(_command("ms.GenerateURLForDownloadFile", {"relativePath": path}))

    assert answer.json()["body"]["queryParams"]["temp_url_sig"]
    assert (missing.status_code, missing.json()) == (400, {**BAD_REQUEST, "reqId": "s-1"})


def test_full_file_store_is_no_bad_request(assuming: Callable[[Assumptions], InProcess]) -> None:
    """The command was right; the sandbox just cannot keep another file."""
    api = assuming(Assumptions(file_limit=0))

    answer = api.send(_command("ms.GenerateURLForUploadFile", {"fileSize": 1, "fileType": "PNG"}))

    assert (answer.status_code, answer.json()["code"]) == (503, 503)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "ms.SubscribeMessagingEvents"},
        {"type": "cm.ConsumerRequestConversation"},
        {"kind": "resp"},
        {"body": []},
        {"metadata": {}},
        {"metadata": [{"type": "ExternalId"}]},
        {"padding": "x" * 5000},
    ],
    ids=lambda changes: next(iter(changes)) + str(changes)[:40],
)
def test_faulty_command_is_a_bad_request(
    api: InProcess, conversation: str, changes: dict[str, Any]
) -> None:
    """A command of another type or form is refused with its id."""
    answer = api.send({**_text(conversation), **changes})

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": "s-1"})


def test_array_is_a_bad_request(api: InProcess, conversation: str) -> None:
    """A send call takes one command, not a batch of one."""
    answer = api.send([_text(conversation)])

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": "s-1"})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", b"[" * 9999], ids=repr)
def test_hostile_body_is_a_bad_request(api: InProcess, body: bytes) -> None:
    """Whatever is sent instead of a command, the answer is the same refusal."""
    answer = api.send(body)

    assert (answer.status_code, answer.json()) == (400, {**BAD_REQUEST, "reqId": ""})


def test_other_media_type_is_refused(api: InProcess, conversation: str) -> None:
    """The body must be declared as JSON."""
    assert api.send(_text(conversation), **{"Content-Type": "text/plain"}).status_code == 400


@pytest.mark.parametrize("query", ["", "?v=2"])
def test_other_version_is_not_found(api: InProcess, query: str) -> None:
    """Only version 3 exists."""
    assert api.send({}, query=query).status_code == 404


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Authorization", None, 40105),
        ("Authorization", "no.app.token", 40102),
        ("X-LP-ON-BEHALF", None, 40104),
        ("X-LP-ON-BEHALF", "no.consumer.token", 40103),
    ],
)
def test_tokens_are_needed(api: InProcess, header: str, value: str | None, code: int) -> None:
    """Each missing or bad token is refused with its code."""
    changes: dict[str, Any] = {header: value}

    answer = api.send({}, **changes)

    assert (answer.status_code, answer.json()["body"]["errorCode"]) == (401, code)


def test_command_may_have_5000_characters(api: InProcess, conversation: str) -> None:
    """The whole command counts: a text that fills it up passes, one more character fails."""
    rest = len(json.dumps(_text(conversation, ""), separators=(",", ":")))

    assert api.send(_text(conversation, "x" * (5000 - rest))).status_code == 200
    assert api.send(_text(conversation, "x" * (5001 - rest))).status_code == 400
