"""Names for values that differ from run to run, so that a preview does not."""

import json
import re
from typing import Final

from connector_harness.json_types import JsonValue

NAMES: Final = {
    "conversationId": "conversation id",
    "convId": "conversation id",
    "dialogId": "dialog id",
    "relativePath": "relative path",
    "temp_url_expires": "expiry",
}
"""What a value is called, by the member of an answer or notification that tells it."""

EXPIRY: Final = re.compile(r"(?<=[?&]temp_url_expires=)\d{9,11}(?=&|$)")
"""When the address of a file ends, in seconds since the epoch."""

SHORTEST: Final = 8
"""How many characters a value must have to be replaced: shorter ones stand there by chance."""


class Placeholders:
    """The values of one scenario, each with its name: the second of a kind is ``<… 2>``.

    Moments have no number: whether two fall into one second is chance.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._known: re.Pattern[str] | None = None

    def add(self, name: str, value: str) -> None:
        """Call *value* *name*, unless it has a name already."""
        if len(value) >= SHORTEST and value not in self._names:
            count = self._counts[name] = self._counts.get(name, 0) + 1
            is_only = count == 1 or name == NAMES["temp_url_expires"]
            self._names[value] = f"<{name}>" if is_only else f"<{name} {count}>"
            self._known = None

    def learn(self, content: bytes) -> None:
        """Name the values that the JSON document *content* tells; others tell none."""
        try:
            document: JsonValue = json.loads(content)
        except (ValueError, RecursionError):
            return
        self._learn(document)

    def text(self, text: str) -> str:
        """Return *text* with every known value replaced by its name."""
        if self._known is None:
            # The longest first: one value may stand inside of another.
            values = sorted(self._names, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, values)) or r"(?!)")
        return self._known.sub(lambda found: self._names[found[0]], text)

    def target(self, target: str) -> str:
        """Return the path and query *target* with every known value replaced by its name.

        A time that was made from one of them is told by how far it lies from it.
        """
        return self.text(EXPIRY.sub(self._expiry, target))

    def _expiry(self, found: re.Match[str]) -> str:
        known = [int(value) for value, name in self._names.items() if name.startswith("<expiry")]
        at = int(found[0])
        if at in known or not known:
            return found[0]
        nearest = min(known, key=lambda each: abs(each - at))
        return f"{self._names[str(nearest)][:-1]} {at - nearest:+}>"

    def document(self, document: JsonValue) -> JsonValue:
        """Return *document* with every known value in its texts and members replaced."""
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, list):
            return [self.document(each) for each in document]
        if isinstance(document, dict):
            return {self.text(name): self.document(value) for name, value in document.items()}
        return document

    def _learn(self, document: JsonValue) -> None:
        if isinstance(document, dict):
            for member, value in document.items():
                if member in NAMES and isinstance(value, str | int):
                    # A path is sent with and without its first slash.
                    self.add(NAMES[member], str(value).lstrip("/"))
                else:
                    self._learn(value)
        elif isinstance(document, list):
            for value in document:
                self._learn(value)
