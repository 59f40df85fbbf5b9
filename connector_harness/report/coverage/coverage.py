"""What a run exercised of the contract, and with which scenarios."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import parse_qsl

from connector_harness.contract.contract import (
    NO_DOCUMENT,
    NOTIFICATIONS,
    REQUESTS,
    answer_schema,
    notification_schema,
)
from connector_harness.contract.items import (
    REFUSED,
    ContractItems,
    Item,
    Kind,
    answered,
    batch,
    contract_items,
)
from connector_harness.contract.reader import ContractReader
from connector_harness.json_types import JsonValue
from connector_harness.results.contract_file import KeptContract
from connector_harness.results.exchanges import Exchange, exchanges
from connector_harness.results.reader import FAILED, Result, Results
from connector_harness.wording.members import inside, objects, text_in

State: TypeAlias = Literal["exercised", "only in failures", "unreachable", "not exercised"]

KINDS: Final[tuple[Kind, ...]] = ("command", "refusal", "notification", "field", "value")
"""The kinds of items, in the order in which they are told."""

STATES: Final[tuple[State, ...]] = get_args(State)
"""How far an item can be exercised, the furthest first."""

_BY_CHANCE: Final = frozenset({("domains", 200), ("domain", 200), ("app_token", 200)})
_FORM: Final = "application/x-www-form-urlencoded"
_PROPERTIES: Final = "request client-properties"


@dataclass(frozen=True, slots=True)
class Met:
    """An item of the contract, and the scenarios that met it.

    Attributes:
        item: The item.
        passed: The scenarios that exercise it and passed, by their place among all.
        failed: Those that met it and failed.
        reason: Why no scenario can exercise it, if that is known.
    """

    item: Item
    passed: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    reason: str = ""

    @property
    def state(self) -> State:
        """How far it is exercised; only scenarios that passed exercise anything."""
        if self.passed:
            return "exercised"
        if self.failed:
            return "only in failures"
        return "unreachable" if self.reason else "not exercised"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the contract a run exercised.

    Attributes:
        met: Every item, in the order of the API.
        contract: What the items belong to.
    """

    met: tuple[Met, ...]
    contract: KeptContract

    def of(self, *kinds: Kind) -> list[Met]:
        """Return the items of some kinds."""
        return [each for each in self.met if each.item.kind in kinds]

    def count(self, kind: Kind, *states: State) -> int:
        """Return how many items of a kind are in one of these states; all without a state."""
        return sum(not states or each.state in states for each in self.of(kind))


def coverage_of(results: Results) -> Coverage | None:
    """Return what the scenarios exercised; None where the results come without a contract."""
    contract = results.contract
    if contract is None:
        return None
    items = contract_items(contract.schemas)
    exercise = Exercise(contract, items)
    passed: dict[str, list[int]] = {id_: [] for id_ in items.items}
    failed: dict[str, list[int]] = {id_: [] for id_ in items.items}
    for number, scenario in enumerate(results.scenarios):
        if scenario.result and scenario.result.status in ("passed", *FAILED):
            met = passed if scenario.status == "passed" else failed
            for id_ in exercise.of(scenario.result):
                met[id_].append(number)
    return Coverage(
        tuple(
            Met(item, tuple(passed[id_]), tuple(failed[id_]), contract.reason(id_))
            for id_, item in items.items.items()
        ),
        contract,
    )


class Exercise:
    """Reads from results what of the contract they show.

    Args:
        contract: The schemas.
        items: What they consist of.
    """

    def __init__(self, contract: KeptContract, items: ContractItems) -> None:
        self._contract = contract
        self._items = items.items
        self._reader = ContractReader(contract.schemas, items)

    def of(self, result: Result) -> frozenset[str]:
        """Return the ids of what a scenario met."""
        found: set[str] = set()
        for exchange in exchanges(result.raw, result.folder):
            found.update(self._exchange(exchange))
        for step in result.steps:
            for exchange in _own(step.exchanges):
                found.update(self._exchange(exchange))
            for notification in step.notifications:
                found.update(self._notification(notification.document))
        return frozenset(found & self._items.keys())

    def _exchange(self, exchange: Exchange) -> Iterator[str]:
        operation = _operation(exchange)
        if not operation:
            return
        sent = self._read(_sent(exchange), REQUESTS.get(operation, ""))
        yield from sent or ()
        yield from self._read(_properties(exchange), REQUESTS["client_properties"]) or ()
        if exchange.status is None:
            return
        answer = exchange.response
        name = answer_schema(operation, exchange.status, answer)
        told = frozenset[str]() if name == NO_DOCUMENT else self._read(answer, name or "")
        if told is not None:
            yield from told
            yield answered(operation, exchange.status)
            yield answered(operation, exchange.status, (name or "").rpartition("/")[2])
            if sent is not None and exchange.status < REFUSED:
                yield from self._commands(exchange, operation)

    def _commands(self, exchange: Exchange, operation: str) -> Iterator[str]:
        """Yield the commands that were carried out together."""
        commands = batch(self._contract.schemas, operation)
        for command, _ in zip(commands, objects(exchange.request), strict=False):
            yield f"{answered(operation, exchange.status or 0)}, {command}"

    def _notification(self, document: JsonValue) -> Iterator[str]:
        for each in document if isinstance(document, list) else [document]:
            found = self._read(each, notification_schema(each) or "")
            if found is not None:
                yield from found
                yield from _subscribed(each)

    def _read(self, document: JsonValue, name: str) -> frozenset[str] | None:
        return self._reader.read(document, name)


def _own(made: Sequence[Exchange]) -> Sequence[Exchange]:
    """Return the calls of a step that are the scenario's own doing.

    Whoever comes first in a process looks services up and signs in on the way to something else.
    Which scenario that is differs from run to run.
    """
    first = 0
    while first < len(made) - 1 and (made[first].operation, made[first].status) in _BY_CHANCE:
        first += 1
    return made[first:]


def _subscribed(document: JsonValue) -> Iterator[str]:
    """Yield under which names an app asks for a notification."""
    kind = text_in(document, "type")
    if kind in NOTIFICATIONS:
        yield kind
        for change in objects(inside(document, "body", "changes")):
            yield f"{kind}.{text_in(change, 'event', 'type')}"


def _operation(exchange: Exchange) -> str:
    """Return what a call was for; a command of no known type is none of the API's."""
    operation = exchange.operation
    is_other = (
        operation == "publish_event" and text_in(exchange.request, "type") != "ms.PublishEvent"
    )
    return "" if is_other else operation


def _sent(exchange: Exchange) -> JsonValue:
    form = next(
        (e for e in exchange.attachments if (e.name, e.media_type) == ("request", _FORM)), None
    )
    return exchange.request if form is None else dict(parse_qsl(form.text))


def _properties(exchange: Exchange) -> JsonValue:
    """Return what the header Client-Properties says; None if it was not sent."""
    for name, value in exchange.headers:
        if name.lower() == _PROPERTIES:
            try:
                found: JsonValue = json.loads(value)
            except ValueError:
                return None
            return found
    return None
