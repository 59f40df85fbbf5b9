"""Answers of the sandbox as values: a status and a body, and why a refusal was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue

AUTHENTICATION_ERRORS = {
    40001: ("Missing parameter", "Brand Id is missing"),
    40102: ("Invalid AppJWT", "AppJWT has expired or is invalid"),
    40103: ("Invalid ConsumerJWS", "ConsumerJWS is invalid"),
    40104: ("ConsumerJWS is missing", "X_ON_BEHALF_HEADER is not present"),
    40105: ("AppJWT is missing", "AUTHORIZATION header is not present"),
}
"""Title and details of each authentication error. Source: API facts §10.1."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sandbox answers: HTTP status, JSON body, and header fields of its own.

    A refusal has a reason, for the log; it is never sent.
    """

    status: int
    body: JsonValue
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    reason: str = field(default="", kw_only=True)


class RefusedError(Exception):
    """A call that is not carried out, and what it is answered with."""

    def __init__(self, status: int, body: JsonValue, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(status, body, reason=reason)


@dataclass(frozen=True, slots=True)
class FileAnswer(Answer):
    """An answer whose body is the bytes of a file, and no JSON document."""

    content: bytes = field(repr=False)
    media_type: str | None


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
    """Return the refusal of a token or brand.

    The body's ``code`` stays 401 whatever the HTTP status is.
    Source: API facts §10.1.
    """
    title, details = AUTHENTICATION_ERRORS[error_code]
    return RefusedError(status, error_object(401, error_code, title, details), reason)


def full(reason: str) -> RefusedError:
    """Return the 503 for what is more than the sandbox keeps. Source: API facts §10.2."""
    return plain_error(503, "Unable to access resource", reason)


def plain_error(
    status: int, title: str, reason: str, *, error_code: int | None = None
) -> RefusedError:
    """Return a refusal whose body no page documents, in the shape of API facts §10.1.

    Args:
        status: The HTTP status, also ``code`` of the body.
        title: Title of the body.
        reason: Details of the body, and the reason in the log.
        error_code: Default: the status followed by ``00``.
    """
    code = status * 100 if error_code is None else error_code
    return RefusedError(status, error_object(status, code, title, reason), reason)


def error_object(code: int, error_code: int, title: str, details: str) -> JsonObject:
    """Return the body of an error that is not about one command. Source: API facts §10.1."""
    body: JsonObject = {"title": title, "details": details, "errorCode": error_code}
    return {"kind": "resp", "code": code, "body": body, "type": ".ReqBody$ErrorResp"}
