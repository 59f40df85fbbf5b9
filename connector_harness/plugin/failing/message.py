"""Why a scenario failed, in one look."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from connector_harness.client.http.exchange import Exchange
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.failing.advice import advice
from connector_harness.plugin.failing.classify import classify
from connector_harness.plugin.failing.last_exchange import ShownExchange
from connector_harness.plugin.failing.reason import Reason, read_reason
from connector_harness.plugin.stash import REDACTOR
from connector_harness.redaction.terminal_safe import MAX_VALUE, SPELLED_OUT, shortened
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import ScenarioRecord, StepRecord

if TYPE_CHECKING:
    from connector_harness.plugin.collecting.collection import ScenarioItem

MARKS: Final = {"passed": "passed ", "failed": "FAILED ", "broken": "FAILED ", None: "not run"}
"""How a step ended, in words of one width."""

Phase: TypeAlias = Literal["setup", "call", "teardown"]
"""When something failed, in pytest's words."""

OUTSIDE: Final[dict[Phase, str]] = {
    "setup": "set-up, before the steps",
    "call": "around the steps",
    "teardown": "tear-down, after the steps",
}
"""What failed where no step did."""


class Writer(Protocol):
    """What pytest writes a failure to."""

    def line(self, text: str = "", /) -> None:
        """Write one line."""


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a scenario failed and why, under the names that pytest reads."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        """Return it in one line, for ``--tb=line``."""
        return f"{self.path}:{self.lineno}: {self.message}"


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told of a failure besides the whole message; plain, so that workers can hand it on.

    Attributes:
        failure_class: Whom it is for.
        reason: The gist in one line, the class in front.
        path: The feature file.
        line: The line of the step that failed, or of the scenario.
        head: How the message begins; all that is told where another one has failed likewise.
        cause: The same for scenarios that fail likewise; empty if this one's failure is its own.
    """

    failure_class: str
    reason: str
    path: str
    line: int
    head: str
    cause: str = ""


class FailureText:
    """A failure that pytest, xdist and JUnit show as it stands.

    Args:
        text: The whole message.
        failure: What else is told of it.

    Attributes:
        told_with: The scenario whose message tells the rest, if that is not this one.
    """

    def __init__(self, text: str, failure: Failure) -> None:
        self.text = text
        self.failure = failure
        self.reprcrash = Crash(failure.path, failure.line, failure.reason)
        self.told_with: str | None = None

    def __str__(self) -> str:
        """Return the message."""
        return self.text

    def toterminal(self, writer: Writer) -> None:
        """Write the message to the terminal; in short where the rest has been told before."""
        text = self.text
        if self.told_with is not None:
            text = f"{self.failure.head}\n  the same as above, in {self.told_with}"
        for line in text.split("\n"):
            writer.line(line)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the feature something failed: at a step, or else before, after or between them."""

    path: str
    line: int
    name: str
    step: StepRecord | None

    @property
    def failed(self) -> str:
        return f"  FAILED   {self.name}  ({self.path}:{self.line})"

    def lines(self, record: ScenarioRecord, phase: Phase) -> Iterator[str]:
        """Yield a line a step, and one for what failed if that is none."""
        if self.step is None and phase != "teardown":
            yield self.failed
        for each in record.steps:
            mark = MARKS.get(each.status, each.status)
            yield self.failed if each is self.step else f"  {mark}  {each.name}"
        if self.step is None and phase == "teardown":
            yield self.failed


def describe(
    item: "ScenarioItem", record: ScenarioRecord, error: BaseException, phase: Phase
) -> FailureText:
    """Return how the failure of a scenario is told, and note its class.

    Args:
        item: The scenario.
        record: How it went so far.
        error: What was raised.
        phase: When it was.
    """
    redactor = item.config.stash[REDACTOR]
    kind = classify(error, record, ours=_is_ours(item))
    record.failure_class = record.failure_class or kind
    reason = read_reason(
        error, record.comparison, rootpath=item.config.rootpath, mask=redactor.text
    )
    exchange = ShownExchange(record.last_exchange, redactor)
    spot = _spot(item, record, phase)
    scenario, what = f"Scenario: {item.scenario.name}", f"[{kind}] {reason.headline}"
    told = [what, *(f"  {line}" for line in reason.details if not exchange.shows(line))]
    whole = [scenario, *spot.lines(record, phase), "", *told]
    whole += [f"  code: {reason.place}"] if reason.place else []
    whole += [*exchange.lines(), "", *(f"next: {each}" for each in advice(kind, reason, record))]

    def shown(text: str) -> str:
        return redactor.text(text).translate(SPELLED_OUT)

    failure = Failure(
        failure_class=kind.value,
        reason=shown(f"{what}{_news(reason)} ({spot.name}, {spot.path}:{spot.line})"),
        path=spot.path,
        line=spot.line,
        head=shown("\n".join([scenario, spot.failed, "", *told])),
        cause=shown(_cause(kind, error, reason, record.last_exchange)),
    )
    return FailureText(shown("\n".join(whole)), failure)


def _is_ours(item: "ScenarioItem") -> bool:
    """Return whether the endpoint is the sandbox of this run, and nobody made it misbehave."""
    endpoint = item.config.stash.get(ENDPOINT, None)
    return endpoint is not None and endpoint.name == SANDBOX and "faults" not in item.given.values


def _spot(item: "ScenarioItem", record: ScenarioRecord, phase: Phase) -> _Spot:
    step = record.failed if phase == "call" else None
    if step is None:
        return _Spot(item.feature.path, item.scenario.line, OUTSIDE[phase], None)
    line = step.spec.line if step.spec is not None else item.scenario.line
    return _Spot(item.feature.path, line, step.name, step)


def _news(reason: Reason) -> str:
    """Return what the gist adds to the headline: the first difference, or what came instead."""
    for line in reason.details:
        if line.startswith("at $"):
            return f": {line}"
    for line in reason.details:
        if line.startswith("came: "):
            came = shortened(line.removeprefix("came: ").strip(), MAX_VALUE)
            known = re.search(rf"(?<!\w){re.escape(came)}(?!\w)", reason.headline)
            return "" if known else f": {came} came"
    return ""


def _cause(
    kind: FailureClass, error: BaseException, reason: Reason, exchange: Exchange | None
) -> str:
    """Return what scenarios have in common that fail likewise; empty for what is one's own.

    An expectation that was not met is always the scenario's own.
    """
    if isinstance(error, AssertionError):
        return ""
    host = urlsplit(exchange.url).netloc if exchange is not None else ""
    where = reason.place if kind is FailureClass.SPEC else host
    return f"{kind} at {where}: {reason.headline}"
