"""What the contract consists of: calls, commands, refusals and notifications."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector_harness.contract.contract import ANSWERS, NOTIFICATIONS, REQUESTS
from connector_harness.json_types import JsonObject, JsonValue, inside, objects

OPERATIONS: Final[Mapping[str, str]] = {
    "domains": "Finding all services",
    "domain": "Finding one service",
    "app_token": "Signing in the connector",
    "consumer_token": "Signing in a shopper",
    "create_conversation": "Opening the conversation",
    "publish_event": "Saying something",
    "update_conversation_field": "Changing the conversation",
    "generate_upload_url": "Asking where to put a file",
    "generate_download_url": "Asking where to get a file",
    "set_user_profile": "Setting the profile",
    "put_file": "Putting a file there",
    "get_file": "Getting a file",
}
"""What each call is for, by operation."""

COMMANDING: Final = frozenset(
    {
        "create_conversation",
        "publish_event",
        "update_conversation_field",
        "generate_upload_url",
        "generate_download_url",
        "set_user_profile",
    }
)
"""The calls that send commands."""


Kind: TypeAlias = Literal["command", "refusal", "notification"]

REFUSED: Final = 400
"""From this status on an answer is a refusal."""

_SUBSCRIBED: Final = "request/app_manifest"
"""The schema that names every notification that an app can ask for."""


@dataclass(frozen=True, slots=True)
class ContractItem:
    """One thing that the API documents.

    Its id is as ``publish_event → 401`` or ``ms.MessagingEventNotification.ContentEvent``; its
    part is the operation, the schema or the type of notification in which it has its name.
    """

    kind: Kind
    id: str
    part: str
    name: str


def contract_items(schemas: Mapping[str, JsonObject]) -> dict[str, ContractItem]:
    """Return what the contract, its schemas by name, consists of: by id, in the API's order."""
    found = [*_answers(schemas), *_notifications(schemas), *_codes(schemas)]
    return {item.id: item for item in found}


def _answers(schemas: Mapping[str, JsonObject]) -> Iterator[ContractItem]:
    for (operation, status), row in ANSWERS.items():
        id_ = answered(operation, status)
        if status < REFUSED:
            yield ContractItem("command", id_, operation, f"{status}")
            for command in batch(schemas, operation):
                yield ContractItem("command", f"{id_}, {command}", operation, command)
        elif isinstance(row, str):
            yield ContractItem("refusal", id_, operation, f"{status}")
        else:
            for name in row.values():
                short = name.rpartition("/")[2]
                id_ = answered(operation, status, short)
                yield ContractItem("refusal", id_, operation, f"{status} {short}")


def answered(operation: str, status: int, shape: str = "") -> str:
    """Return the id of an answer; *shape*, its schema's name, where the status does not tell."""
    return f"{operation} → {status}{shape and f', {shape}'}"


def batch(schemas: Mapping[str, JsonObject], operation: str) -> tuple[str, ...]:
    """Return the names of the commands that *operation* sends in one list, in their order."""
    commands = objects(schemas.get(REQUESTS.get(operation, ""), {}).get("prefixItems"))
    return tuple(str(each.get("$ref")).removesuffix(".json") for each in commands)


def _notifications(schemas: Mapping[str, JsonObject]) -> Iterator[ContractItem]:
    for described in _described(schemas.get(_SUBSCRIBED, {})):
        for name in described:
            kind = next((each for each in NOTIFICATIONS if f"{name}.".startswith(f"{each}.")), "")
            if kind:
                yield ContractItem("notification", name, kind, name.removeprefix(f"{kind}."))


def _codes(schemas: Mapping[str, JsonObject]) -> Iterator[ContractItem]:
    """Yield the error codes that schemas list: each is a refusal of its own."""
    for schema in schemas:
        for described in _described(schemas[schema]):
            listed = inside(described, "errorCode", "enum")
            for code in listed if isinstance(listed, list) else ():
                id_ = coded(schema, code)
                yield ContractItem("refusal", id_, schema, f"errorCode {code}")


def coded(schema: str, code: JsonValue) -> str:
    """Return the id of an error code that *schema* lists."""
    return f"{schema} errorCode {code!r}"


def _described(part: JsonValue) -> Iterator[JsonObject]:
    """Yield the members that a schema and its parts describe."""
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _described(each)
    if isinstance(part, dict) and isinstance(described := part.get("properties"), dict):
        yield described
