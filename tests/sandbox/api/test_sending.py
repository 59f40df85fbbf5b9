"""The send call through the application."""

from typing import Any

import pytest

from connector_harness.sandbox.state.state import MOST_CONVERSATIONS, Account
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


def test_profiles_are_bounded(api: InProcess, conversation: str, account: Account) -> None:
    """Where no more profiles can be kept, those that are can still be changed."""
    del conversation
    account.profiles |= {str(number): {} for number in range(MOST_CONVERSATIONS)}
    known = api.send(_command("userprofile.SetUserProfile", {}))
    account.profiles.pop(next(iter(account.profiles)))

    new = api.send(_command("userprofile.SetUserProfile", {}))

    assert (known.status_code, new.status_code) == (200, 503)


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"document": [{}]}, 400),
        ({"document": b"{"}, 400),
        ({"document": {}, "Content-Type": "text/plain"}, 400),
        ({"document": {}, "query": "?v=2"}, 404),
        ({"document": {}, "Authorization": None}, 401),
        ({"document": {}, "X-LP-ON-BEHALF": None}, 401),
    ],
    ids=["array", "no JSON", "media type", "version", "no app token", "no consumer token"],
)
def test_call_is_judged_as_a_create_call_is(api: InProcess, call: Any, status: int) -> None:  # noqa: ANN401
    """Version, tokens, media type and form are looked at before the command."""
    assert api.send(**call).status_code == status


def test_file_gets_its_addresses(api: InProcess) -> None:
    """Both commands about files are handed to the files' rules."""
    upload = {"fileSize": "20480", "fileType": "PNG"}

    answer = api.send(_command("ms.GenerateURLForUploadFile", upload))
    path = answer.json()["body"]["relativePath"]
    missing = api.send(_command("ms.GenerateURLForDownloadFile", {"relativePath": path}))

    assert answer.json()["body"]["queryParams"]["temp_url_sig"]
    assert (missing.status_code, missing.json()) == (400, {**BAD_REQUEST, "reqId": "s-1"})


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
