"""Whatever is sent to it, the sandbox answers as the API would: never with a fault of its own."""

import itertools
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_harness.client.commands import operation_of
from connector_harness.contract.contract import answer_schema
from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.state.state import Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app
from tests.properties.asgi import Caller, Fields
from tests.properties.malformed import (
    bodies,
    documents,
    encoded,
    forms,
    mutated,
    texts,
    values,
)
from tests.schema_examples import CONTRACT, EXAMPLES, example

ACCOUNT: Final = "70000001"
API: Final = f"/api/account/{ACCOUNT}"
CREATE: Final = f"{API}/messaging/consumer/conversation?v=3"
SEND: Final = f"{API}/messaging/consumer/conversation/send?v=3"
JSON: Final = (b"Content-Type", b"application/json")
FORM: Final = (b"Content-Type", b"application/x-www-form-urlencoded")
SERVER_ERROR: Final = 500


def accepted(folder: str) -> list[Any]:
    """Return the examples of a folder that its schema accepts."""
    files = sorted((EXAMPLES / folder).glob("accepted-*.json"))
    return [example(file.relative_to(EXAMPLES).as_posix().removesuffix(".json")) for file in files]


def aimed(document: Any, members: dict[str, str]) -> Any:  # noqa: ANN401
    """Return *document* with other values for the named *members*, wherever they stand."""
    if isinstance(document, list):
        return [aimed(each, members) for each in document]
    if isinstance(document, dict):
        return {name: members.get(name, aimed(value, members)) for name, value in document.items()}
    return document


class Box:
    """A sandbox in process, with one consumer who has a conversation."""

    def __init__(self) -> None:
        """Sign in and open the conversation."""
        self._tokens = Tokens()
        self._names = (f"ada-{number}" for number in itertools.count(1))
        account = Store().add(ACCOUNT, client_id="app-1", client_secret="secret-of-app-1")
        self.call = Caller(create_app(create_sandbox(Store(account), tokens=self._tokens)))
        self.conversation = self.open()

    def open(self) -> str:
        """Open a conversation for another consumer, with no faults left, and return its id."""
        self.call("DELETE", f"/_sandbox/faults?account={ACCOUNT}")
        app = self._tokens.issue_app_token(ACCOUNT, "app-1").encode()
        consumer = self._tokens.issue_consumer_token(ACCOUNT, next(self._names)).encode()
        self.signed_in = ((b"Authorization", app), (b"X-LP-ON-BEHALF", consumer))
        batch = aimed(accepted("request/batch")[0], {"brandId": ACCOUNT})
        _, answer = self.call("POST", CREATE, headers=[JSON, *self.signed_in], body=encoded(batch))
        return str(json.loads(answer)[1]["body"]["conversationId"])

    def post(self, target: str, body: bytes, *fields: tuple[bytes, bytes]) -> tuple[int, bytes]:
        """Return the answer to a call with a JSON *body* that is signed in."""
        return self.call("POST", target, headers=[JSON, *self.signed_in, *fields], body=body)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A sandbox in process."""
    box = Box()
    yield box
    box.call.close()


BATCHES: Final = aimed(accepted("request/batch"), {"brandId": ACCOUNT})
COMMANDS: Final = [
    command
    for kind in (
        *("publish_event", "update_conversation_field", "set_user_profile"),
        *("generate_upload_url", "generate_download_url"),
    )
    for command in accepted(f"request/{kind}")
]


def judge(operation: str, answer: tuple[int, bytes]) -> None:
    """Fail if an answer is a fault of the sandbox, or none that the API documents."""
    status, content = answer
    assert status < SERVER_ERROR, content
    document = json.loads(content)
    name = answer_schema(operation, status, document)
    if name is not None:
        CONTRACT.check(document, name, subject=f"answer of {operation}")


def operation_in(body: bytes) -> str:
    """Return what operation the command in *body* is."""
    try:
        return operation_of(json.loads(body))
    except (ValueError, RecursionError):
        return "send"


@given(body=bodies(BATCHES))
def test_batches(box: Box, body: bytes) -> None:
    """Any batch is carried out or refused."""
    judge("create_conversation", box.post(CREATE, body))


@given(data=st.data())
def test_commands(box: Box, data: st.DataObject) -> None:
    """Any command is carried out or refused, also in a conversation that it has closed before."""
    ids = {"dialogId": box.conversation, "conversationId": box.conversation}
    body = data.draw(bodies([aimed(command, ids) for command in COMMANDS]))
    status, content = box.post(SEND, body)
    judge(operation_in(body), (status, content))
    if b"is close" in content:
        box.conversation = box.open()


@given(
    fields=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *(b"authorization", b"x-lp-on-behalf", b"content-type", b"content-length"),
                    *(b"client-properties", b"accept", b"cookie", b"transfer-encoding", b"host"),
                ]
            ),
            values,
        ),
        max_size=6,
    ),
    path=st.sampled_from([CREATE, SEND, f"{API}/consumer?v=1.0"]),
)
def test_headers(box: Box, fields: Fields, path: str) -> None:
    """Any header is taken, passed over or refused."""
    status, _ = box.call("POST", path, headers=fields, body=b"{}")
    assert 400 <= status < SERVER_ERROR


ANNOUNCED: Final = {"type": ".ClientProperties", "features": ["RICH_CONTENT", "MULTI_DIALOG"]}


@given(properties=(mutated([ANNOUNCED]) | documents).map(encoded) | values)
def test_client_properties(box: Box, properties: bytes) -> None:
    """Whatever a call announces does not keep it from being answered."""
    field = (b"client-properties", properties.translate(None, b"\r\n\x00"))
    judge("create_conversation", box.post(CREATE, b"[]", field))


@given(
    form=forms,
    query=forms,
    kind=st.sampled_from([FORM, JSON]) | st.tuples(st.just(FORM[0]), values),
)
def test_app_tokens(box: Box, form: bytes, query: bytes, kind: tuple[bytes, bytes]) -> None:
    """Any form asks for a token in vain, and is told so."""
    path = f"/sentinel/api/account/{ACCOUNT}/app/token?{quote(query, safe='=&%;+')}"
    judge("app_token", box.call("POST", path, headers=[kind], body=form))


@given(body=bodies([{"ext_consumer_id": "ada"}]))
def test_consumer_tokens(box: Box, body: bytes) -> None:
    """Any body asks for a consumer token, or is refused."""
    status, content = box.post(f"{API}/consumer?v=1.0", body)
    judge("consumer_token", (status, content))


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "X"]),
    parts=st.lists(
        st.sampled_from(
            [
                *("api", "account", ACCOUNT, "service", "idp", "baseURI.json", "consumer", "v1"),
                *("sentinel", "AUTH_async-images", "app", "token", "messaging", "conversation"),
                *("send", "_sandbox"),
            ]
        )
        | texts.map(lambda text: quote(text, safe="/%", errors="replace")),
        max_size=6,
    ),
    query=forms,
)
def test_addresses(box: Box, method: str, parts: list[str], query: bytes) -> None:
    """Any address leads somewhere or nowhere, and the answer says which."""
    target = f"/{'/'.join(parts)}?{quote(query, safe='=&%;+')}"
    status, _ = box.call(method, target, headers=box.signed_in)
    assert status < SERVER_ERROR


@given(
    place=st.tuples(st.sampled_from([ACCOUNT, "7", ""]) | texts, texts),
    query=forms,
    body=st.binary(max_size=40),
    method=st.sampled_from(["GET", "PUT"]),
)
def test_files(box: Box, place: tuple[str, str], query: bytes, body: bytes, method: str) -> None:
    """Files are kept and given for signed addresses alone, whatever else is asked for."""
    path = "/".join(quote(each, safe="", errors="replace") for each in place)
    target = f"/v1/AUTH_async-images/{path}?temp_url_sig=0&{quote(query, safe='=&%;+')}"
    status, _ = box.call(method, target, body=body)
    assert 400 <= status < SERVER_ERROR


WEBHOOKS: Final = {"ms.MessagingEventNotification.ContentEvent": {"endpoint": "http://127.0.0.1:9"}}
TO: Final = {"account": ACCOUNT, "conversation": "c", "consumer": "ada"}
CONTROL: Final[dict[str, list[Any]]] = {
    "agent": [
        {**TO, "action": "join", "agent": "max"},
        {**TO, "action": "publish", "event": {"type": "ContentEvent", "message": "x"}},
        {**TO, "action": "publish", "text": "x"},
        {**TO, "action": "transfer", "skill": "7"},
        {**TO, "action": "close"},
        {**TO, "action": "survey_close"},
    ],
    "accounts": [{}, {"account": "70000002"}],
    "surveys": [{"account": ACCOUNT, "skill": "-1", "question": "?"}],
    "clock": [{**TO, "seconds": 5}],
    "files": [{**TO, "name": "a.png", "type": "PNG", "content": "AAAA"}],
    "webhooks": [{"account": ACCOUNT, "capabilities": {"webhooks": WEBHOOKS}, "max_retries": 3}],
    "faults": [
        {"account": ACCOUNT, "fault": "latency", "delay_s": 0.1, "times": 2},
        {**TO, "fault": "status_503", "operation": "send", "times": None},
        {"account": ACCOUNT, "fault": "late", "operation": "webhook", "delay_s": 5},
        {"account": ACCOUNT, "fault": "throttled", "retry_after": 1},
    ],
}
control_calls = st.sampled_from(sorted(CONTROL)).flatmap(
    lambda route: st.tuples(st.just(route), bodies(CONTROL[route]))
)


@pytest.fixture(scope="module")
def told() -> Iterator[Box]:
    """A sandbox for control calls alone, whose faults strike nobody."""
    box = Box()
    yield box
    box.call.close()


@given(asked=control_calls)
def test_control_calls(told: Box, asked: tuple[str, bytes]) -> None:
    """Any control call is carried out or refused, in words that are JSON."""
    route, body = asked
    body = body.replace(b'"conversation": "c"', f'"conversation": "{told.conversation}"'.encode())
    status, content = told.call("POST", f"/_sandbox/{route}", headers=[JSON], body=body)
    assert status < SERVER_ERROR, content
    json.loads(content)
    if b"is close" in content:
        told.conversation = told.open()


@given(
    route=st.sampled_from(["journal", "conversations", "webhooks", "faults", "clock", "x"]),
    method=st.sampled_from(["GET", "DELETE"]),
    query=st.lists(
        st.tuples(
            st.sampled_from(["account", "consumer", "limit", "id"]),
            texts | st.sampled_from([ACCOUNT, "ada", "5", "0"]),
        ),
        max_size=4,
    ),
)
def test_control_questions(
    told: Box, route: str, method: str, query: list[tuple[str, str]]
) -> None:
    """Any question is answered or refused."""
    asked = urlencode(query, errors="replace")
    status, content = told.call(method, f"/_sandbox/{route}?{asked}")
    assert status < SERVER_ERROR
    json.loads(content)


@given(body=bodies(BATCHES))
def test_journal_of_anything(box: Box, body: bytes) -> None:
    """Whatever was received, the journal can show it."""
    box.post(CREATE, body)
    status, content = box.call("GET", "/_sandbox/journal")
    assert status == 200
    json.loads(content)
