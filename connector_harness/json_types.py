"""The types of the JSON documents that travel between connector and endpoint."""

from typing import TypeAlias

JsonValue: TypeAlias = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
"""Any JSON document, as `json.loads` returns it."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""A JSON object."""
