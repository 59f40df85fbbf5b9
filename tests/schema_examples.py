"""The schemas in ``schemas/``, their examples, and how an example is changed in one place."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from connector_harness.contract.contract import Contract
from connector_harness.json_types import JsonValue

FOLDER = Path(__file__).parent.parent / "schemas"
EXAMPLES = Path(__file__).parent / "examples"
CONTRACT = Contract(FOLDER)

Place: TypeAlias = "tuple[str | int, ...]"
"""Where in a document, as members and indexes."""


def example(name: str) -> JsonValue:
    """Return a fresh copy of the example called *name*."""
    document: JsonValue = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return document


def changed(name: str, path: Place, value: JsonValue) -> JsonValue:
    """Return the example called *name* with *value* at *path*."""
    document = at = copy.deepcopy(example(name))
    for step in path[:-1]:
        at = at[step]  # type: ignore[index]
    at[path[-1]] = value  # type: ignore[index]
    return document


def without(name: str, path: Place) -> JsonValue:
    """Return the example called *name* without the member at *path*."""
    document = example(name)
    parent = value_at(document, path[:-1])
    if isinstance(parent, dict):
        parent.pop(str(path[-1]))
    return document


def places(document: JsonValue, at: Place = ()) -> Iterator[Place]:
    """Yield the path to every value in *document*."""
    yield at
    if isinstance(document, dict | list):
        steps = document if isinstance(document, dict) else range(len(document))
        for step in steps:
            yield from places(value_at(document, (step,)), (*at, step))


def value_at(document: JsonValue, path: Place) -> JsonValue:
    """Return the value at *path* in *document*."""
    for step in path:
        document = document[step]  # type: ignore[index]
    return document


def accepts(document: JsonValue, name: str) -> bool:
    """Tell whether the schema of the example called *name* accepts *document*."""
    return not CONTRACT.differences(document, name.rpartition("/")[0])
