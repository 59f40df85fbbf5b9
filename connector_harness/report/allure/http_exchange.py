"""One call as an attachment that Allure shows with a viewer of its own.

Source: the HTTP exchange attachments of Allure, format 1; viewers since Allure 2.41 and 3.11.
"""

import base64
import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from connector_harness.results.record import Body, Header, RecordedAttachment, RecordedExchange

MEDIA_TYPE: Final = "application/vnd.allure.http+json"
EXTENSION: Final = "httpexchange"

REDACTED: Final = "__ALLURE_REDACTED__"
"""How the viewer wants to be told that a value is masked."""

LONGEST: Final = 1_000_000
"""How much of a body is kept, in characters or bytes; the viewer says that it was more."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def exchange_attachment(exchange: RecordedExchange) -> RecordedAttachment:
    """Return the attachment of a call, which is masked by now."""
    text = _encode(exchange_document(exchange))
    return RecordedAttachment("exchange", Body(text, MEDIA_TYPE), EXTENSION)


def exchange_document(exchange: RecordedExchange) -> dict[str, Any]:
    """Return a call as the viewer reads it.

    Shape: ``{"schemaVersion": 1, "start": ms, "stop": ms, "request": {"method", "url", "query",
    "headers", "body"}, "response": {"status", "headers", "body"}}``; without an answer there is
    ``"error": {"name", "message"}`` instead of a response. Headers and query are lists of
    ``{"name", "value"}``, a body is ``{"contentType", "encoding": "utf8" or "base64", "value",
    "size", "truncated"}``.
    """
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    document: dict[str, Any] = {
        "schemaVersion": 1,
        "start": exchange.start,
        "stop": exchange.stop,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "query": _named(Header(*each) for each in query),
            "headers": _named(exchange.request_headers),
            **_body(exchange.request),
        },
    }
    if exchange.status is None:
        return document | {"error": {"name": "no answer", "message": exchange.failure}}
    headers = _named(exchange.response_headers)
    response = {"status": exchange.status, "headers": headers, **_body(exchange.response)}
    return document | {"response": response}


def _named(headers: Iterable[Header]) -> list[dict[str, str]]:
    return [
        {"name": each.name, "value": REDACTED if each.is_masked else each.value} for each in headers
    ]


def _body(body: Body) -> dict[str, Any]:
    if body.binary is not None:
        size, content = body.binary.size, body.binary.content[:LONGEST]
        value, encoding, is_cut = base64.b64encode(content).decode(), "base64", size > LONGEST
    else:
        size, value = len(body.text.encode(errors="replace")), body.text[:LONGEST]
        encoding, is_cut = "utf8", len(body.text) > LONGEST
    if not size:
        return {}
    told = {"contentType": body.media_type, "encoding": encoding, "value": value}
    return {"body": {**told, "size": size, "truncated": is_cut}}
