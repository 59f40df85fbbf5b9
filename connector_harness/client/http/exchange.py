"""One HTTP request and what came back: the evidence every judgement rests on."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from connector_harness.json_types import MAX_DEPTH, JsonError, JsonValue, read_json

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order they travelled."""

EXCERPT: Final = 80
"""How many characters of an unreadable body a message shows."""

_UNREAD: Final = object()
# Two words name these calls, where the last one alone would be ambiguous in a report.
_TAIL_SEGMENTS: Final = {"app_token": 2, "domain": 2, "search_history": 2}
# Files are named by about 150 characters, and told apart by the last ones: the time.
_LONG_TAIL: Final = 40


class NotJsonError(ValueError):
    """A body was to be read as JSON and is something else.

    Attributes:
        what: What it is, as ``"not JSON"``.
    """

    def __init__(self, message: str, what: str = "not JSON") -> None:
        """Keep the whole message, and *what* the body is."""
        super().__init__(message)
        self.what = what


def _parse(body: bytes, media_type: str, subject: str, *, deepest: int | None) -> JsonValue:
    try:
        return read_json(body, deepest=deepest)
    except JsonError as error:
        raise NotJsonError(
            f"the {subject} is {error}\n"
            f"  content type: {media_type or 'none given'}\n"
            f"  length: {len(body)} bytes\n"
            "  next: see the attached exchange; a wrong address often answers with a page",
            error.what,
        ) from None


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """One HTTP request and its answer, or the reason why there is none.

    Bodies are kept as they travelled. The ``repr`` is the title alone: headers and bodies
    carry tokens.

    Attributes:
        operation: What the call was for, for example ``"create_conversation"``.
        method: The HTTP method.
        url: The full address.
        request_headers: The header fields sent.
        request_body: The bytes sent.
        status: The HTTP status; None when no complete answer arrived.
        response_headers: The header fields received.
        response_body: The bytes received, content codings undone.
        started_s: When the call began, in seconds since the epoch.
        elapsed_s: How long it took, in seconds.
        failure: Why there is no answer, for example ``"timed out"``; None when there is one.
    """

    operation: str
    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    status: int | None
    response_headers: Headers
    response_body: bytes
    started_s: float
    elapsed_s: float
    failure: str | None = None
    _parsed: object = field(default=_UNREAD, init=False, compare=False)

    def __repr__(self) -> str:
        """Return the title in angle brackets."""
        return f"<Exchange {self.title}>"

    @property
    def title(self) -> str:
        """The exchange in one line, for example ``POST …/conversation → 200``."""
        segments = urlsplit(self.url).path.split("/")[1:]
        tail = "/".join(segments[-_TAIL_SEGMENTS.get(self.operation, 1) :])
        if len(tail) > _LONG_TAIL:
            tail = f"…{tail[-_LONG_TAIL:]}"
        outcome = f"no answer ({self.failure})" if self.status is None else str(self.status)
        return f"{self.method} …/{tail} → {outcome}"

    @property
    def is_server_error(self) -> bool:
        """Whether the endpoint answered that it has failed."""
        return self.status is not None and self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def is_refusal(self) -> bool:
        """Whether the endpoint answered that it did not do what was asked."""
        return self.status is not None and self.status >= HTTPStatus.BAD_REQUEST

    @property
    def document(self) -> JsonValue:
        """The answer's body as JSON, parsed once.

        Raises:
            NotJsonError: The body is not a JSON document, as `read_json` reads them.
        """
        if self._parsed is _UNREAD:
            body, media_type = self.response_body, self.response_media_type
            parsed = _parse(body, media_type, f"answer of {self.title}", deepest=MAX_DEPTH)
            object.__setattr__(self, "_parsed", parsed)
        return self._parsed  # type: ignore[return-value]  # not _UNREAD: set just above

    @property
    def document_if_any(self) -> JsonValue:
        """The answer's body as JSON; None where it is none, as where it is ``null``."""
        try:
            return self.document
        except NotJsonError:
            return None

    @property
    def request_document(self) -> JsonValue:
        """The request's body as JSON; a form as an object of strings; None without a body.

        Raises:
            NotJsonError: The body is neither.
        """
        if not self.request_body:
            return None
        media_type = self.request_media_type
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.request_body.decode(), keep_blank_values=True))
        subject = f"request of {self.title}"
        return _parse(self.request_body, media_type, subject, deepest=None)

    @property
    def request_media_type(self) -> str:
        """The request's media type in lower case, without parameters; empty if none was given."""
        return _media_type(self.request_headers)

    @property
    def response_media_type(self) -> str:
        """The answer's media type in lower case, without parameters; empty if none was given."""
        return _media_type(self.response_headers)


def header(headers: Headers, name: str) -> str | None:
    """Return the first value of the header *name*, which must be in lower case."""
    return next((value for key, value in headers if key.lower() == name), None)


def _media_type(headers: Headers) -> str:
    return (header(headers, "content-type") or "").partition(";")[0].strip().lower()
