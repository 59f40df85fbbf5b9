"""An exchange is evidence: readable, exact, and silent about secrets."""

import pytest

from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.json_types import MAX_DEPTH

URL = "http://127.0.0.1:9/api/account/70000001/messaging/consumer/conversation?v=3"


def exchange(
    body: bytes = b"{}",
    *,
    operation: str = "create_conversation",
    url: str = URL,
    status: int | None = 200,
    failure: str | None = None,
    request: tuple[str, bytes] = ("application/json", b""),
) -> Exchange:
    """Return an exchange that got *body* as its answer."""
    return Exchange(
        operation,
        "POST",
        url,
        (("Content-Type", request[0]), ("Authorization", "secret-token")),
        request[1],
        status,
        (("content-type", "Application/JSON; charset=utf-8"),),
        body,
        0.0,
        0.1,
        failure,
    )


@pytest.mark.parametrize(
    ("operation", "url", "title"),
    [
        ("create_conversation", URL, "POST …/conversation → 200"),
        ("app_token", "http://h/sentinel/api/account/7/app/token?v=1.0", "POST …/app/token → 200"),
        ("domain", "http://h/service/idp/baseURI.json", "POST …/idp/baseURI.json → 200"),
    ],
)
def test_title(operation: str, url: str, title: str) -> None:
    """The title shows method, end of the path and status, and no query."""
    assert exchange(operation=operation, url=url).title == title


def test_title_of_a_failure() -> None:
    """Without an answer the title says why."""
    failed = exchange(status=None, failure="timed out")
    assert failed.title == "POST …/conversation → no answer (timed out)"


def test_repr_hides_everything_but_the_title() -> None:
    """The repr, which lands in tracebacks, shows neither headers nor bodies."""
    assert repr(exchange(b'{"token":"x"}')) == "<Exchange POST …/conversation → 200>"


def test_document_is_parsed_once() -> None:
    """Reading the document again returns the very same object."""
    answered = exchange(b'{"a": 2.5}')
    assert answered.document == {"a": 2.5}
    assert answered.document is answered.document


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[NaN]", b"[" * 100_000], ids=["empty", "html", "nan", "too-deep"]
)
def test_body_that_is_not_json(body: bytes) -> None:
    """What is no JSON document is refused, never turned into something like one."""
    with pytest.raises(NotJsonError):
        _ = exchange(body).document


def test_message_of_a_body_that_is_not_json() -> None:
    """The message names the exchange, and shows nothing of a body that may begin with a token."""
    with pytest.raises(NotJsonError) as caught:
        _ = exchange(b"<" + b"x" * 200).document
    what = "not JSON: Expecting value: line 1 column 1 (char 0)"
    assert str(caught.value).splitlines()[:3] == [
        f"the answer of POST …/conversation → 200 is {what}",
        "  content type: application/json",
        "  length: 201 bytes",
    ]


def test_media_type() -> None:
    """The media type is in lower case and without parameters."""
    assert exchange().response_media_type == "application/json"


@pytest.mark.parametrize(
    ("media_type", "body", "document"),
    [
        ("application/json", b"", None),
        ("application/json", b'[{"id":"1,"}]', [{"id": "1,"}]),
        ("application/x-www-form-urlencoded", b"a=1&b=", {"a": "1", "b": ""}),
    ],
    ids=["none", "json", "form"],
)
def test_request_document(media_type: str, body: bytes, document: object) -> None:
    """The request can be read back: JSON as such, a form as an object of strings."""
    assert exchange(request=(media_type, body)).request_document == document


def test_request_that_is_not_json() -> None:
    """A request that is no JSON document says that it was the request."""
    with pytest.raises(NotJsonError, match="the request of POST"):
        _ = exchange(request=("application/json", b"<")).request_document


def nested(levels: int) -> bytes:
    """Return a document nested so deep, with brackets in texts that do not count."""
    return b'{"a":' * (levels - 1) + b'["[[[["]' + b"}" * (levels - 1)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 900, 400_000])
def test_answer_nested_too_deep(levels: int) -> None:
    """A deeper answer is refused as such, before a recursion can fail of it."""
    with pytest.raises(NotJsonError, match="is nested deeper than 100 levels"):
        _ = exchange(nested(levels)).document


def test_request_may_be_deeper() -> None:
    """What was sent on purpose can be looked at, however deep."""
    sent = exchange(request=("application/json", nested(MAX_DEPTH + 1)))
    assert isinstance(sent.request_document, dict)
