"""What a run exercised of the contract, and with which scenarios."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from connector_harness.contract.contract import NOTIFICATIONS
from connector_harness.contract.items import (
    REFUSED,
    ContractItem,
    Kind,
    answered,
    batch,
    coded,
    contract_items,
)
from connector_harness.json_types import inside, number_in, objects, text_in
from connector_harness.results.contract_file import KeptContract
from connector_harness.results.reader import Results
from connector_harness.results.record import (
    FAILED,
    RecordedExchange,
    RecordedNotification,
    RecordedScenario,
    Status,
)

State: TypeAlias = Literal["exercised", "only in failures", "unreachable", "not exercised"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The kinds of items, in the order in which they are told."""

STATES: Final[tuple[State, ...]] = get_args(State)
"""How far an item can be exercised, the furthest first."""

_BY_CHANCE: Final = frozenset({("domains", 200), ("domain", 200), ("app_token", 200)})


@dataclass(frozen=True, slots=True)
class CoveredItem:
    """An item of the contract, and the scenarios that met it."""

    item: ContractItem
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
    """How much of the contract a run exercised."""

    met: tuple[CoveredItem, ...]
    contract: KeptContract

    def of(self, *kinds: Kind) -> list[CoveredItem]:
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
    passed: dict[str, list[int]] = {id_: [] for id_ in items}
    failed: dict[str, list[int]] = {id_: [] for id_ in items}
    for number, scenario in enumerate(results.scenarios):
        if scenario.result and scenario.result.status in (Status.PASSED, *FAILED):
            found = passed if scenario.status is Status.PASSED else failed
            for id_ in items.keys() & {*_met(scenario.result, contract)}:
                found[id_].append(number)
    return Coverage(
        tuple(
            CoveredItem(item, tuple(passed[id_]), tuple(failed[id_]), contract.reason(id_))
            for id_, item in items.items()
        ),
        contract,
    )


def _met(result: RecordedScenario, contract: KeptContract) -> Iterator[str]:
    """Yield the ids of what a scenario met."""
    for part in result.parts:
        for exchange in _own(part.all_exchanges):
            yield from _answered(exchange, contract)
        for notification in part.notifications:
            yield from _told(notification)


def _own(made: Sequence[RecordedExchange]) -> Sequence[RecordedExchange]:
    """Return the calls of a step that are the scenario's own doing.

    Whoever comes first in a process looks services up and signs in on the way to something else.
    Which scenario that is differs from run to run.
    """
    first = 0
    while first < len(made) - 1 and (made[first].operation, made[first].status) in _BY_CHANCE:
        first += 1
    return made[first:]


def _answered(exchange: RecordedExchange, contract: KeptContract) -> Iterator[str]:
    """Yield what an answer shows that is as the contract has it."""
    operation, status, schema = exchange.operation, exchange.status, exchange.schema
    if status is None or not schema:
        return
    yield answered(operation, status)
    yield answered(operation, status, schema.rpartition("/")[2])
    for answer in objects(exchange.response.document):
        code = number_in(answer, "body", "errorCode")
        yield from (coded(name, code) for name in contract.schemas)
    if status < REFUSED:
        commands = batch(contract.schemas, operation)
        for command, _ in zip(commands, objects(exchange.request.document), strict=False):
            yield f"{answered(operation, status)}, {command}"


def _told(notification: RecordedNotification) -> Iterator[str]:
    """Yield under which names an app asks for a notification."""
    for each in objects(notification.body.document) if notification.is_sound else ():
        kind = text_in(each, "type")
        if kind in NOTIFICATIONS:
            yield kind
            for change in objects(inside(each, "body", "changes")):
                yield f"{kind}.{text_in(change, 'event', 'type')}"
