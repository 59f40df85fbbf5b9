"""What the contract consists of: commands, refusals, notifications, fields and values.

Read from the schemas, and from the tables that say which of them judges what.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from connector_harness.contract.contract import ANSWERS, NOTIFICATIONS, READS, REQUESTS
from connector_harness.contract.places import Place, places
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.wording.members import objects

Kind: TypeAlias = Literal["command", "refusal", "notification", "field", "value"]

ERROR_CODE: Final = "errorCode"
"""The member whose values are refusals, each of its own."""

REFUSED: Final = 400
"""From this status on an answer is a refusal."""

_FOLDERS: Final = ("request", "response", "notification")
_FOREIGN: Final = frozenset(READS.values())
_SUBSCRIBED: Final = "request/app_manifest"
"""The schema that names every notification that an app can ask for."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the API documents.

    Attributes:
        kind: What it is.
        id: Its name, as ``publish_event → 401`` or ``request/chat_state_event chatState 'PAUSE'``.
        part: The operation, the schema or the type of notification that it belongs to.
        name: What it is called there.
    """

    kind: Kind
    id: str
    part: str
    name: str


@dataclass(frozen=True)
class ContractItems:
    """The items of the contract, and where in the schemas they stand.

    Attributes:
        items: All of them by id, in the order of the API: how calls are answered, then what is
            sent, answered and told.
        members: The items of the members that a part of a schema describes, by the identity of
            its ``properties``.
        words: The item of each value that a part leaves to choose from, by the part's identity.
    """

    items: dict[str, Item] = field(default_factory=dict)
    members: dict[int, dict[str, str]] = field(default_factory=dict, repr=False)
    words: dict[int, dict[str, str]] = field(default_factory=dict, repr=False)

    def add(self, item: Item) -> str:
        """Add *item* unless it is there, and return its id."""
        return self.items.setdefault(item.id, item).id


def contract_items(schemas: Mapping[str, JsonObject]) -> ContractItems:
    """Return what the contract consists of.

    Args:
        schemas: The schemas by name. Their identity is kept, so they must live as long.
    """
    found = ContractItems()
    for item in (*_answers(schemas), *_notifications(schemas)):
        found.add(item)
    names = sorted((name for name in schemas if name not in _FOREIGN), key=_folder)
    listed = [(name, place) for name in names for place in places(schemas[name])]
    for name, place in listed:
        _add_members(found, name, place)
    for name, place in _with_words(listed):
        _add_words(found, name, place)
    return found


def _folder(schema: str) -> int:
    """Sort schemas by where their documents go; within that they keep their order."""
    folder = schema.partition("/")[0]
    return _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)


def _answers(schemas: Mapping[str, JsonObject]) -> Iterator[Item]:
    for (operation, status), row in ANSWERS.items():
        id_ = answered(operation, status)
        if status < REFUSED:
            yield Item("command", id_, operation, f"{status}")
            for command in batch(schemas, operation):
                yield Item("command", f"{id_}, {command}", operation, command)
        elif isinstance(row, str):
            yield Item("refusal", id_, operation, f"{status}")
        else:
            for name in row.values():
                short = name.rpartition("/")[2]
                yield Item(
                    "refusal", answered(operation, status, short), operation, f"{status} {short}"
                )


def answered(operation: str, status: int, shape: str = "") -> str:
    """Return the id of an answer to an operation.

    Args:
        operation: What was called.
        status: Its HTTP status.
        shape: The name of its schema, without the folder, where its status alone does not tell.
    """
    return f"{operation} → {status}{shape and f', {shape}'}"


def batch(schemas: Mapping[str, JsonObject], operation: str) -> tuple[str, ...]:
    """Return the names of the commands that *operation* sends in one list, in their order."""
    listed = schemas.get(REQUESTS.get(operation, ""), {}).get("prefixItems")
    commands = objects(listed) if isinstance(listed, list) else []
    return tuple(str(each.get("$ref")).removesuffix(".json") for each in commands)


def _notifications(schemas: Mapping[str, JsonObject]) -> Iterator[Item]:
    for place in places(schemas.get(_SUBSCRIBED, {})):
        for name, _ in place.members:
            kind = next((each for each in NOTIFICATIONS if f"{name}.".startswith(f"{each}.")), "")
            if kind:
                yield Item("notification", name, kind, name.removeprefix(f"{kind}."))


def _add_members(found: ContractItems, schema: str, place: Place) -> None:
    described = place.part.get("properties")
    if isinstance(described, dict):
        found.members[id(described)] = {
            name: found.add(Item("field", f"{schema} {path}", schema, path))
            for name, path in place.members
        }


def _with_words(listed: Iterable[tuple[str, Place]]) -> Iterator[tuple[str, Place]]:
    """Yield the places that list words, each with the first schema of its folder to list the same.

    A role is a role wherever it stands.
    """
    first: dict[tuple[str, str, str], str] = {}
    for schema, place in listed:
        if place.words:
            key = (schema.partition("/")[0], place.member, json.dumps(place.words))
            yield first.setdefault(key, schema), place


def _add_words(found: ContractItems, schema: str, place: Place) -> None:
    kind: Kind = "refusal" if place.member == ERROR_CODE else "value"
    found.words[id(place.part)] = {
        repr(word): found.add(
            Item(
                kind, f"{schema} {place.member} {word!r}", schema, f"{place.member} {_shown(word)}"
            )
        )
        for word in place.words
    }


def _shown(word: JsonValue) -> str:
    return word if isinstance(word, str) else json.dumps(word)
