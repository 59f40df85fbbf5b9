"""Calls and their answers as values: what is said of HTTP without serving it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import Headers, QueryParams

from connector_harness.json_types import JsonObject, JsonValue

JSON_MEDIA_TYPE = "application/json"
FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"

AUTHENTICATION_ERRORS = {
    40001: ("Missing parameter", "Brand Id is missing"),
    40102: ("Invalid AppJWT", "AppJWT has expired or is invalid"),
    40103: ("Invalid ConsumerJWS", "ConsumerJWS is invalid"),
    40104: ("ConsumerJWS is missing", "X_ON_BEHALF_HEADER is not present"),
    40105: ("AppJWT is missing", "AUTHORIZATION header is not present"),
}
"""Title and details of each authentication error. Source: API facts §10.1."""


@dataclass(slots=True)
class Call:
    """A request with its whole body; ``consumer`` is the external id, once a handler knows it.

    ``target`` is path and query exactly as they came.
    """

    method: str
    path: str
    path_params: dict[str, str]
    query: QueryParams
    headers: Headers
    body: bytes = field(repr=False)
    consumer: str | None = None
    target: bytes = b""

    @property
    def account(self) -> str:
        """The account in the path, or where that has none in a header; or an empty string.

        Source: API facts §15.1.
        """
        return self.path_params.get("account") or self.headers.get("brand-id", "")

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sandbox answers: HTTP status, JSON body, and header fields of its own.

    A refusal has a reason, for the log; it is never sent.
    """

    status: int
    body: JsonValue
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    reason: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class FileAnswer(Answer):
    """An answer that goes out as these bytes, of a file or handed on; ``body`` is for faults.

    ``raw_headers`` are the header fields of what is handed on, names in lower case.
    """

    content: bytes = field(repr=False)
    media_type: str | None
    raw_headers: Sequence[tuple[bytes, bytes]] = field(default=(), repr=False)


class RefusedError(Exception):
    """A call that is not carried out, and what it is answered with; raised to refuse a call."""

    def __init__(self, status: int, body: JsonValue, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(status, body, reason=reason)


def ok(body: JsonObject, req_id: str) -> JsonObject:
    """Return the answer item of one accepted command. Source: API facts §4.7."""
    return {"code": "OK", "body": body, "reqId": req_id}


def rejected(message: str, req_id: str) -> JsonObject:
    """Return the answer item of one refused command. Source: API facts §10.2."""
    return {"code": "BAD_REQUEST", "body": {"msg": message}, "reqId": req_id}


def bad_request(reason: str, *, req_id: str = "") -> RefusedError:
    """Return the 400 for input the API does not accept. Source: API facts §16."""
    return RefusedError(400, rejected("Bad Request", req_id), reason)


def authentication_error(error_code: int, reason: str, *, status: int = 401) -> RefusedError:
    """Return the refusal of a token or brand, whose ``code`` is 401 whatever the HTTP status is.

    Source: API facts §10.1.
    """
    title, details = AUTHENTICATION_ERRORS[error_code]
    return RefusedError(status, _error_object(401, error_code, title, details), reason)


def full(reason: str) -> RefusedError:
    """Return the 503 for what is more than the sandbox keeps. Source: API facts §10.2."""
    return plain_error(503, "Unable to access resource", reason)


def plain_error(
    status: int, title: str, reason: str, *, error_code: int | None = None
) -> RefusedError:
    """Return a refusal whose body no page documents, in the shape of API facts §10.1.

    ``errorCode`` is by default the status followed by ``00``.
    """
    code = status * 100 if error_code is None else error_code
    return RefusedError(status, _error_object(status, code, title, reason), reason)


def _error_object(code: int, error_code: int, title: str, details: str) -> JsonObject:
    body: JsonObject = {"title": title, "details": details, "errorCode": error_code}
    return {"kind": "resp", "code": code, "body": body, "type": ".ReqBody$ErrorResp"}
