"""The rules of reading a dialog page by page: which messages are on a page, and how they look.

Source: API facts §15.1, §16.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlencode

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.events import FILE, RICH_CONTENT, is_message
from connector_harness.sandbox.state.dialogs import Dialog, Message

LARGEST = 100
"""Most messages of a page, and how many there are unless fewer are asked for."""

FROM = "newerThanSequence"
"""The parameter with the first sequence that is wanted: in spite of its name it is inclusive."""

_WORDS = {
    FROM: ("[0-9]{1,9}", "a sequence"),
    "limit": (f"[1-9][0-9]?|{LARGEST}", f"1 to {LARGEST}"),
    "sortBy": ("sequence", "sequence"),
    "sortOrder": ("ASC|DESC", "ASC or DESC"),
}
_BY_CONTENT_TYPE = {
    "text/plain": "PLAIN_TEXT",
    FILE: "HOSTED_FILE",
    "forms/secure-invitation": "SECURE_FORM_INVITATION",
    "forms/secure-submission": "SECURE_FORM_SUBMIT",
}


@dataclass(frozen=True, slots=True)
class Range:
    """Which messages of a dialog are wanted: from which sequence on, how many, in which order."""

    first: int = 0
    limit: int = LARGEST
    descends: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Messages of a dialog, and the sequence of the first one that no longer fits."""

    dialog: str
    messages: list[Message]
    following: int | None = None

    def document(self, path: str, query: Mapping[str, str]) -> JsonObject:
        """Return the page as it is answered to a call of *path* with *query*."""
        links: JsonObject = {}
        if self.following is not None:
            further = {**query, FROM: str(self.following)}
            links["next"] = f"{path}?{urlencode(further)}"
        data: list[JsonValue] = [_shown(each, self.dialog) for each in self.messages]
        return {"data": data, "links": links}


def read_range(query: Mapping[str, str]) -> Range | str:
    """Return what the parameters of a call ask for, or what is wrong with them."""
    for name, (pattern, meaning) in _WORDS.items():
        value = query.get(name)
        if value is not None and not re.fullmatch(pattern, value):
            return f"{name} is {value[:60]!r}, not {meaning}"
    return Range(
        int(query.get(FROM, 0)),
        int(query.get("limit", LARGEST)),
        descends=query.get("sortOrder") == "DESC",
    )


def page_of(dialog: Dialog, wanted: Range, *, assumptions: Assumptions) -> Page | str:
    """Return the messages of *dialog* that are wanted, or why there are none to be had.

    Receipts have numbers, so messages have gaps between them; a receipt may be the newest.
    """
    newest = len(dialog.messages) - 1
    if 0 <= newest < wanted.first and assumptions.sequence_above_newest_refused:
        return f"{FROM} is {wanted.first}; the newest stored sequence is {newest}"
    # A message's place is its sequence.
    stored = dialog.messages[wanted.first :]
    if wanted.descends:
        # What is left out here no parameter asks for, so no link can lead there.
        latest = (each for each in reversed(stored) if is_message(each.event))
        return Page(dialog.id, list(islice(latest, wanted.limit)))
    found = list(islice((each for each in stored if is_message(each.event)), wanted.limit + 1))
    following = found[wanted.limit].sequence if len(found) > wanted.limit else None
    return Page(dialog.id, found[: wanted.limit], following)


def _shown(message: Message, dialog: str) -> JsonObject:
    kind, content = _content(message.event)
    at = datetime.fromtimestamp(message.at_ms / 1000, UTC)
    return {
        "id": f"{dialog}-{message.sequence}",
        "sequence": message.sequence,
        "dialogId": dialog,
        "type": kind,
        "content": content,
        "originator": {"role": message.role},
        "messageAudience": "ALL",
        "createdTs": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _content(event: JsonObject) -> tuple[str, JsonValue]:
    if event["type"] == RICH_CONTENT:
        return "RICH_CONTENT", event["content"]
    kind, message = _BY_CONTENT_TYPE[str(event["contentType"])], event["message"]
    return kind, {"text": message} if isinstance(message, str) else message
