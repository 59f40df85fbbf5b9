"""The control routes."""

from typing import Any

import pytest
from starlette.datastructures import Headers, QueryParams

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.control.control import list_conversations
from connector_harness.sandbox.http import Call
from connector_harness.sandbox.state.state import Account
from connector_harness.sandbox.state.tokens import InvalidTokenError, Tokens
from tests.sandbox.callers import InProcess
from tests.sandbox.talks import Talk


def test_account_is_added(api: InProcess) -> None:
    """A new account is unused, has digits only, and its credentials sign in."""
    added = api("POST", "/_sandbox/accounts", json={}).json()

    assert added["account"].isdecimal()
    query = {"grant_type": "client_credentials", "client_id": added["clientId"]}
    path = f"/sentinel/api/account/{added['account']}/app/token"
    secret = {"client_secret": added["clientSecret"]}
    assert api("POST", path, params=query, data=secret).status_code == 200


def test_outdated_app_token_is_wrong_in_nothing_else(api: InProcess, shared_tokens: Tokens) -> None:
    """The token is signed, and for this account, but its hour is over."""
    path, account = "/_sandbox/outdated_app_tokens", {"account": "70000001"}
    token = api("POST", path, json=account).json()["token"]

    with pytest.raises(InvalidTokenError, match="the app token expired at"):
        shared_tokens.check_app_token(token, "70000001")


@pytest.mark.parametrize("body", [{}, {"account": 7}, {"account": "9"}])
def test_outdated_app_token_is_for_an_account(api: InProcess, body: dict[str, object]) -> None:
    """Nothing is issued for no account, or one that does not exist."""
    assert api("POST", "/_sandbox/outdated_app_tokens", json=body).status_code in (400, 404)


@pytest.mark.parametrize("name", ["42", "le42", "qa7"])
def test_account_may_be_named(api: InProcess, name: str) -> None:
    """An id of the documented form can be asked for, once."""
    statuses = [
        api("POST", "/_sandbox/accounts", json={"account": name}).status_code for _ in range(2)
    ]

    assert statuses == [201, 409]


def test_empty_body_asks_for_any_account(api: InProcess) -> None:
    """No body is the same as an empty object."""
    assert api("POST", "/_sandbox/accounts").status_code == 201


@pytest.mark.parametrize("body", [b"x", b"[]", b'{"account":"a/b"}', b'{"account":null}'])
def test_faulty_account_is_refused(api: InProcess, body: bytes) -> None:
    """What is no account id is refused with the reason."""
    answer = api("POST", "/_sandbox/accounts", content=body)

    assert answer.status_code == 400
    assert answer.json()["body"]["details"]


def test_journal_hides_the_secrets_of_accounts(api: InProcess) -> None:
    """A secret that somebody writes into a call is not shown."""
    secret = api("POST", "/_sandbox/accounts", json={}).json()["clientSecret"]
    api("GET", f"/nowhere/{secret}")

    assert api("GET", "/_sandbox/journal").json()["entries"][-1]["path"] == "/nowhere/***"


def test_journal_is_narrowed(api: InProcess, batch: list[Any]) -> None:
    """The journal shows one consumer's calls if asked to."""
    api("GET", "/nowhere")
    api.create(batch)
    api.create(batch)

    query = "account=70000001&consumer=ada"
    entries = api("GET", f"/_sandbox/journal?{query}").json()["entries"]

    assert [(entry["number"], entry["status"]) for entry in entries] == [(2, 200), (3, 400)]


def test_conversation_is_shown(api: InProcess, batch: list[Any]) -> None:
    """A conversation is shown with its consumer, campaign, profile, dialogs and messages."""
    created = api.create(batch).json()

    (shown,) = api("GET", "/_sandbox/conversations?account=70000001").json()

    conversation_id, author = created[1]["body"]["conversationId"], shown["lpConsumerId"]
    message = {
        "sequence": 0,
        "text": "Hello",
        "from": author,
        "type": "ContentEvent",
        "role": "CONSUMER",
        "at": shown["dialogs"][0]["messages"][0]["at"],
    }
    dialog = {"id": conversation_id, "type": "MAIN", "state": "OPEN", "messages": [message]}
    assert shown == {
        "id": conversation_id,
        "consumer": "ada",
        "lpConsumerId": author,
        "stage": "OPEN",
        "state": "OPEN",
        "campaign": {"campaignId": "31001", "engagementId": 31077},
        "request": batch[1]["body"],
        "profile": batch[0]["body"],
        "dialogs": [dialog],
    }


@pytest.mark.parametrize(("consumer", "count"), [("ada", 1), ("ben", 0)])
def test_conversations_are_narrowed(
    api: InProcess, batch: list[Any], consumer: str, count: int
) -> None:
    """Only the conversations of the consumer asked for are shown."""
    api.create(batch)

    path = f"/_sandbox/conversations?account=70000001&consumer={consumer}"

    assert len(api("GET", path).json()) == count


@pytest.mark.parametrize("query", ["", "?account=1"])
def test_conversations_need_a_known_account(api: InProcess, query: str) -> None:
    """An account that does not exist has no list."""
    assert api("GET", f"/_sandbox/conversations{query}").status_code == 404


def test_survey_is_added(api: InProcess, account: Account) -> None:
    """A skill's survey asks the question given, or the assumed one."""
    for survey in ({"skill": "7"}, {"skill": 8, "question": "Well?"}):
        answer = api("POST", "/_sandbox/surveys", json={"account": "70000001", **survey})
        assert (answer.status_code, answer.json()) == (200, {})

    assert account.surveys == {"7": Assumptions().survey_question, "8": "Well?"}


@pytest.mark.parametrize(
    ("survey", "status"),
    [
        ({}, 400),
        ({"account": "70000001"}, 400),
        ({"account": "70000001", "skill": "7", "question": ""}, 400),
        ({"account": "1", "skill": "7"}, 404),
    ],
    ids=repr,
)
def test_faulty_survey_is_refused(api: InProcess, survey: object, status: int) -> None:
    """A survey needs a known account and a skill."""
    assert api("POST", "/_sandbox/surveys", json=survey).status_code == status


def test_agent_is_played(api: InProcess, batch: list[Any]) -> None:
    """The agent acts through a control route."""
    conversation = api.create(batch).json()[1]["body"]["conversationId"]
    request = {"account": "70000001", "conversation": conversation, "action": "join"}

    answers = [api("POST", "/_sandbox/agent", json=request).status_code for _ in range(2)]

    assert answers == [200, 409]


def test_silent_conversation_is_shown_closed(talk: Talk) -> None:
    """Whoever looks after a week of silence sees the conversation closed."""
    talk.clock.now_s += 8 * 24 * 3600
    query = QueryParams({"account": "70000001"})
    call = Call("GET", "/_sandbox/conversations", {}, query, Headers(), b"")

    shown: Any = list_conversations(talk.sandbox, call).body

    assert shown[0]["stage"] == "CLOSE"
