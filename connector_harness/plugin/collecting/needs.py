"""What scenarios need of an endpoint, by the sentences they use, and what it offers."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector_harness.client.settings import Endpoint
from connector_harness.gherkin.step_index import ResolvedStep


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


def behind(
    names: Iterable[str], fixtures: Mapping[str, frozenset[str]], *, apart_from: Container[str] = ()
) -> frozenset[str]:
    """Return *names* with the names of all *fixtures* that they ask for, directly or not.

    Those in *apart_from* are left out, with what they ask for.
    """
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        each = waiting.pop()
        if each not in found and each not in apart_from:
            found.add(each)
            waiting.extend(fixtures.get(each, ()))
    return frozenset(found)


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
        self._known: dict[tuple[int, ...], tuple[Need, ...]] = {}

    def of(self, steps: Sequence[ResolvedStep]) -> tuple[Need, ...]:
        """Return what a scenario with these *steps* needs, in the order of `ALL`."""
        definitions = tuple(id(step.definition) for step in steps)
        if definitions not in self._known:
            found = set(self._found(steps))
            self._known[definitions] = tuple(need for need in ALL if need in found)
        return self._known[definitions]

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
