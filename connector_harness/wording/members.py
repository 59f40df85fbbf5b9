"""Safe ways into documents of which nothing is certain: the endpoint's answers are among them."""

from connector_harness.json_types import JsonObject, JsonValue


def inside(value: JsonValue, *names: str) -> JsonValue:
    """Return the member that *names* lead to; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_in(value: JsonValue, *names: str) -> str:
    """Return the text that *names* lead to; empty where there is none."""
    found = inside(value, *names)
    return found if isinstance(found, str) else ""


def number_in(value: JsonValue, *names: str) -> int | None:
    """Return the whole number that *names* lead to; None where there is none."""
    found = inside(value, *names)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def objects(value: JsonValue) -> list[JsonObject]:
    """Return the objects in a list, or the object itself as the only one."""
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]
