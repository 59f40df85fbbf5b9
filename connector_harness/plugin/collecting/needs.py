"""What scenarios need of an endpoint and of its agent, by the sentences they use."""

import dis
import functools
import inspect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from connector_harness.client.settings import Endpoint
from connector_harness.control.agent import METHODS, Agent
from connector_harness.gherkin.step_index import ResolvedStep
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.running.bdd import behind


@dataclass(frozen=True, slots=True)
class Need:
    """Something that an endpoint offers, or does not, and what offers it or why nothing does."""

    words: str
    remedy: str


AGENT: Final = Need("an agent", 'next: say who plays it: agent = "module:factory", or "manual"')
RECEIVER: Final = Need(
    "a receiver",
    "next: say where webhooks reach it: listen and public_address in the table receiver",
)
MESSAGES: Final = Need(
    "a receiver or a way to read back",
    'next: set up a receiver, or say read_back = "messaging-rest" or "history"',
)
WEBHOOK_FAULTS: Final = Need("faults of webhooks", "(only a sandbox can deliver a webhook wrongly)")
INSIDE: Final = Need("a look inside", "(only a sandbox shows all that it holds)")
APPS: Final = Need("an app of its own", "(only in a sandbox can a scenario install one)")
CLOCK: Final = Need("the clock", "(only a sandbox can put its time forward)")
FAULTS: Final = Need("faults", "(not in production, unless --allow-production says so)")

ALL: Final = (AGENT, RECEIVER, MESSAGES, INSIDE, APPS, CLOCK, FAULTS, WEBHOOK_FAULTS)
"""Every need, in the order in which they are told."""

FIXTURES: Final[Mapping[str, Need]] = {
    "agent": AGENT,
    "receiver": RECEIVER,
    "inbox": RECEIVER,
    "messages": MESSAGES,
    "held": MESSAGES,
    "inside": INSIDE,
    "own_app": APPS,
    "clock": CLOCK,
    "faults": FAULTS,
    "webhook_faults": WEBHOOK_FAULTS,
}
"""The fixtures that only some endpoints can serve; whatever asks for one needs the same."""


class Needs:
    """Knows what scenarios need, by what each fixture asks for and which are the project's own."""

    def __init__(self, fixtures: Mapping[str, frozenset[str]], *, own: Container[str] = ()) -> None:
        # A project may have its own of that name, which may ask for the other.
        self._needs = {
            name: need
            for name, need in FIXTURES.items()
            if name not in own or name in fixtures.get(name, ())
        }
        # What the fixture of a need asks for in turn is its own affair.
        self._fixtures = {**fixtures, **dict.fromkeys(self._needs, frozenset[str]())}

    def of(self, steps: Sequence[ResolvedStep]) -> tuple[Need, ...]:
        """Return what a scenario with these *steps* needs, in the order of `ALL`."""
        found = set(self._found(steps))
        return tuple(need for need in ALL if need in found)

    def missing(self, steps: Sequence[ResolvedStep], offered: Iterable[Need]) -> tuple[Need, ...]:
        """Return what a scenario needs and nobody has *offered*.

        Where a receiver is missing, another way to read messages back is none of it.
        """
        there = frozenset(offered)
        missing = tuple(need for need in self.of(steps) if need not in there)
        return tuple(need for need in missing if need != MESSAGES or RECEIVER not in missing)

    def _found(self, steps: Sequence[ResolvedStep]) -> Iterator[Need]:
        given: set[str] = set()
        for step in steps:
            asked = [name for name in step.definition.required if name not in step.arguments]
            found = behind(asked, self._fixtures, apart_from=given)
            yield from (self._needs[name] for name in found if name in self._needs)
            if step.definition.target_fixture is not None:
                given.add(step.definition.target_fixture)


def offered(endpoint: Endpoint, *, allow_production: bool) -> frozenset[Need]:
    """Return what *endpoint* offers, as its settings say; a sandbox offers more."""
    is_reached = endpoint.public_address is not None
    said = {
        AGENT: endpoint.agent is not None,
        RECEIVER: is_reached,
        MESSAGES: is_reached or endpoint.read_back is not None,
        FAULTS: allow_production or not endpoint.production,
    }
    return frozenset(need for need, is_there in said.items() if is_there)


def listed(needs: Sequence[Need]) -> str:
    """Return *needs* in words, as ``an agent and a receiver``."""
    words = [need.words for need in needs]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def reason(needs: Sequence[Need], endpoint: str) -> str:
    """Return why a scenario is not run at *endpoint*, which lacks *needs*."""
    return f"needs {listed(needs)}, which endpoint {endpoint!r} does not offer"


BEYOND: Final = "next: let the adapter do it, as connector_harness/control/agent.py says"
"""What to do where an agent cannot do something."""

CAN: Final = {
    "join": "join",
    "say": "write messages",
    "publish": "show structured content",
    "type": "appear typing",
    "receipt": "give receipts",
    "send_file": "send files",
    "transfer": "transfer",
    "close": "close",
    "survey": "set up surveys",
    "close_survey": "end surveys",
}
"""What each method of an agent is for, in words."""


def beyond(agent: Agent, item: ScenarioItem) -> list[Need]:
    """Return what *item* asks of the agent that *agent* cannot do."""
    asked = frozenset[str]().union(
        *(asked_of_agent(step.definition.function) for step in item.steps)
    )
    missing = (name for name in METHODS if name in asked.intersection(agent.cannot))
    return [Need(f"an agent who can {CAN[name]}", BEYOND) for name in missing]


@functools.cache
def asked_of_agent(function: Callable[..., Any]) -> frozenset[str]:
    """Return the methods of the agent that a step calls, itself or through other functions.

    Followed are functions of its module, or of one that this has imported, with a parameter that
    is called ``agent`` or annotated as one. What is not seen is skipped when the agent refuses it.
    """
    found: set[str] = set()
    seen: set[Callable[..., Any]] = set()
    waiting: list[tuple[Any, set[str]]] = [(function, {"agent"})]
    while waiting:
        step, names = waiting.pop()
        step = inspect.unwrap(step)
        if not inspect.isfunction(step) or step in seen:
            continue
        seen.add(step)
        loads = pairwise(dis.get_instructions(step))
        found |= {b.argval for a, b in loads if b.opname in _READ and _loaded(a) in names}
        known = [step.__globals__.get(name) for name in step.__code__.co_names]
        inside = [vars(each) for each in known if inspect.ismodule(each)]
        known += [each.get(name) for each in inside for name in step.__code__.co_names]
        waiting += [(each, taken) for each in known if (taken := _agents_of(each))]
    return frozenset(found.intersection(METHODS))


_READ: Final = ("LOAD_ATTR", "LOAD_METHOD")


def _loaded(instruction: dis.Instruction) -> object:
    """Return the name of the local variable that an instruction loads last."""
    name = instruction.argval if instruction.opname.startswith("LOAD_FAST") else None
    return name[-1] if isinstance(name, tuple) else name


def _agents_of(function: object) -> set[str]:
    if not inspect.isfunction(function):
        return set()
    notes = function.__annotations__
    names = inspect.signature(function).parameters
    return {name for name in names if name == "agent" or notes.get(name) in (Agent, "Agent")}
