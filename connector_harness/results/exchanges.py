"""What a result shows of the wire: exchanges and notifications, read from its attachments."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

from connector_harness.json_types import JsonValue

Raw: TypeAlias = dict[str, Any]
"""A part of a result file as it was read."""

NOTIFICATION: Final = "notification: "
"""What the names of attached notifications begin with."""

_SEPARATORS: Final = frozenset("/\\\0")
_TITLE: Final = re.compile(r"(?P<method>[A-Z]+) (?P<target>.*) → (?P<status>\d{3})", re.DOTALL)
_BY_PATH: Final = (
    ("GET", re.compile(r"/api/account/[^/]+/service/baseURI(\.json)?"), "domains"),
    ("GET", re.compile(r"/api/account/[^/]+/service/[^/]+/baseURI(\.json)?"), "domain"),
    ("POST", re.compile(r"/sentinel/api/(v2/)?account/[^/]+/app/token"), "app_token"),
    ("POST", re.compile(r"/api/account/[^/]+/consumer"), "consumer_token"),
    (
        "POST",
        re.compile(r"/api/account/[^/]+/messaging/consumer/conversation"),
        "create_conversation",
    ),
    ("POST", re.compile(r"/api/account/[^/]+/messaging/consumer/conversation/send"), "send"),
    ("PUT", re.compile(r"/+v1/AUTH_async-images/.*"), "put_file"),
    ("GET", re.compile(r"/+v1/AUTH_async-images/.*"), "get_file"),
)
_SENT: Final = {
    "ms.PublishEvent": "publish_event",
    "cm.UpdateConversationField": "update_conversation_field",
    "ms.GenerateURLForUploadFile": "generate_upload_url",
    "ms.GenerateURLForDownloadFile": "generate_download_url",
    "userprofile.SetUserProfile": "set_user_profile",
}


@dataclass(frozen=True)
class Attached:
    """A file beside a result.

    Attributes:
        name: What it is called in the report.
        media_type: Its media type.
        file: Where it is.
    """

    name: str
    media_type: str
    file: str

    @property
    def text(self) -> str:
        """Its content as text; empty if it is gone. Read anew each time: there is much of it."""
        try:
            # There are thousands; plain calls cost a third of what a path and open() do.
            descriptor = os.open(self.file, os.O_RDONLY)
        except OSError:
            return ""
        try:
            content = os.read(descriptor, os.fstat(descriptor).st_size)
        except OSError:
            return ""
        finally:
            os.close(descriptor)
        return content.decode(errors="replace")

    @cached_property
    def document(self) -> JsonValue:
        """Its content as JSON; None if it is none."""
        try:
            document: JsonValue = json.loads(self.text)
        except ValueError:
            return None
        return document


@dataclass(frozen=True)
class Exchange:
    """One call and its answer.

    Attributes:
        title: As ``POST …/conversation/send → 200``.
        url: Where it went.
        headers: The header fields of both, as ``request Content-Type``.
        start: When it began, in milliseconds since the epoch.
        duration_ms: How long it took.
        attachments: The bodies.
    """

    title: str
    url: str
    headers: tuple[tuple[str, str], ...]
    start: int
    duration_ms: int
    attachments: tuple[Attached, ...] = field(repr=False)

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.title.partition(" ")[0]

    @cached_property
    def status(self) -> int | None:
        """The HTTP status; None where no answer came."""
        match = _TITLE.fullmatch(self.title)
        return int(match["status"]) if match else None

    @property
    def request(self) -> JsonValue:
        """What was sent, as JSON; None if it was none."""
        return self._document("request")

    @property
    def response(self) -> JsonValue:
        """What was answered, as JSON; None if it was none."""
        return self._document("response")

    @cached_property
    def operation(self) -> str:
        """What the call was for, as ``publish_event``; empty for calls that are not of the API."""
        path = unquote(urlsplit(self.url).path)
        for method, pattern, operation in _BY_PATH:
            if method == self.method and pattern.fullmatch(path):
                return self._sent() if operation == "send" else operation
        return ""

    def _sent(self) -> str:
        document = self.request
        kind = document.get("type") if isinstance(document, dict) else None
        return _SENT.get(kind, "publish_event") if isinstance(kind, str) else "publish_event"

    def _document(self, name: str) -> JsonValue:
        return next((each.document for each in self.attachments if each.name == name), None)


def attached(raw: Raw, folder: Path) -> tuple[Attached, ...]:
    """Return what is attached to a step or result; a name that leads elsewhere is left out."""
    return tuple(
        Attached(
            str(each.get("name", "")),
            str(each.get("type", "")),
            f"{folder}{os.sep}{each['source']}",
        )
        for each in raw.get("attachments") or ()
        if _is_beside(each.get("source"))
    )


def _is_beside(source: object) -> bool:
    return isinstance(source, str) and not _SEPARATORS.intersection(source)


def exchanges(raw: Raw, folder: Path) -> Iterator[Exchange]:
    """Yield the exchanges directly below a step."""
    for part in raw.get("steps") or ():
        facts = {str(each["name"]): str(each["value"]) for each in part.get("parameters") or ()}
        if "url" in facts:
            yield _exchange(part, facts, folder)


def _exchange(part: Raw, facts: dict[str, str], folder: Path) -> Exchange:
    start, stop = int(part.get("start") or 0), int(part.get("stop") or 0)
    return Exchange(
        str(part.get("name", "")),
        facts["url"],
        tuple((name, value) for name, value in facts.items() if name != "url"),
        start,
        max(0, stop - start),
        attached(part, folder),
    )
