"""What a connector announces that it can do, consumer by consumer. Source: API facts §8."""

import json
from collections.abc import Sequence

from connector_harness.json_types import JsonObject


def client_properties(features: Sequence[str]) -> JsonObject:
    """Return the properties that announce *features*.

    Shape: ``{"type": ".ClientProperties", "features": [str, …]}``. Source: API facts §8.

    Args:
        features: For example ``RICH_CONTENT``, ``MULTI_DIALOG`` or ``AUTO_MESSAGES``.
    """
    return {"type": ".ClientProperties", "features": list(features)}


class Announcements:
    """The ``Client-Properties`` header of each consumer for whom one was announced."""

    def __init__(self) -> None:
        """Announce nothing for anybody."""
        self._values: dict[str, bytes] = {}

    def announce(self, consumer: str, features: Sequence[str]) -> None:
        """Announce *features* for *consumer* from now on; none takes the header away."""
        if features:
            value = json.dumps(client_properties(features), separators=(",", ":"))
            self.announce_as(consumer, value)
        else:
            self._values.pop(consumer, None)

    def announce_as(self, consumer: str, value: str) -> None:
        """Announce *value* for *consumer* from now on, whatever it is."""
        self._values[consumer] = value.encode()

    def of(self, consumer: str) -> bytes | None:
        """Return the header's value for *consumer*; None where nothing was announced."""
        return self._values.get(consumer)
