"""Why a scenario failed, in one look, with the last exchange before it."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.contract.contract import ContractError
from connector_harness.contract.differences import MAX_DOCUMENT, quoted
from connector_harness.control.routes import SandboxControlError
from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.failing.classify import classify
from connector_harness.plugin.failing.reason import Reason, advice, read_reason
from connector_harness.plugin.running.scenario import StepResults
from connector_harness.plugin.stash import REDACTOR
from connector_harness.redaction.redactor import MASK, Redactor
from connector_harness.redaction.terminal_safe import MAX_VALUE, shortened
from connector_harness.results.comparison import DIFFERS
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import (
    Phase,
    RecordedExchange,
    RecordedFailure,
    ScenarioUnderWay,
    masked,
)

HINT: Final = f"  (with your own values where {MASK} stands)"
"""What a curl line with masked values needs before it runs."""

GONE: Final = (
    "  (this sandbox ends with the run; "
    "`python -m connector_harness.sandbox` serves one that stays)"
)
"""What is to be known of a curl line for the sandbox that a run starts."""

LONGEST_ARGUMENT: Final = 100_000
"""The longest request body that a curl line spells out, in bytes."""


class ShownExchange:
    """What the terminal shows of an exchange, or of none; the report holds it whole.

    What serves it *passes* where that ends with the run.
    """

    def __init__(
        self, exchange: Exchange | None, redactor: Redactor, *, passes: bool = False
    ) -> None:
        self._passes = passes
        self._exchange: RecordedExchange | None = None
        self._text = self._document = ""
        if exchange is not None:
            self._exchange = masked(RecordedExchange.of(exchange), redactor)
            answer = self._exchange.response
            self._text = " ".join(answer.content.decode(errors="replace").split())
            if answer.document is not None:
                self._document = quoted(answer.document, redactor)

    def lines(self) -> Iterator[str]:
        """Yield title, answer and a line of curl that repeats the request; nothing for None."""
        exchange = self._exchange
        if exchange is None:
            return
        yield ""
        yield f"last exchange: {exchange.title} in {exchange.duration_ms} ms"
        if exchange.status is not None:
            answer = self._document or shortened(self._text, MAX_DOCUMENT) or "empty"
            yield f"  answer: {answer}"
        line = curl(exchange)
        yield f"  repeat: {line}"
        if MASK in line:
            yield HINT
        if self._passes:
            yield GONE

    def shows(self, line: str) -> bool:
        """Return whether *line* of a message only repeats the answer, or how it begins."""
        name, _, rest = line.strip().partition(": ")
        if not rest:
            return False
        return (name == "answer" and self._text.startswith(rest)) or (
            name == "document" and self._document == rest
        )


def curl(exchange: RecordedExchange) -> str:
    """Return a line for the shell that repeats the request of *exchange*, masked by now."""
    words = ["curl", *(["-X", exchange.method] if exchange.method != "GET" else [])]
    words.append(_shell(exchange.url))
    for each in exchange.request_headers:
        # curl writes these two itself, and a masked body has another length.
        if each.name.lower() not in {"host", "content-length"}:
            words += ["-H", _shell(f"{each.name}: {each.value}")]
    body = exchange.request.content
    if len(body) > LONGEST_ARGUMENT:
        # No shell takes it, and nobody reads it; the report has the bytes.
        words += ["--data-binary", "@request-body"]
    elif body:
        words += ["--data-raw", _shell(body.decode(errors="surrogateescape"))]
    return " ".join(words)


def _shell(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    return f"$'{''.join(map(_escape, word))}'"


def _escape(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogateescape"))


OUTSIDE: Final[dict[Phase, str]] = {
    Phase.SETUP: "set-up, before the steps",
    Phase.CALL: "around the steps",
    Phase.TEARDOWN: "tear-down, after the steps",
}
"""What failed where no step did."""


@dataclass(frozen=True, slots=True)
class ToldFailure:
    """What is told of a failure besides the whole message; plain, so that workers can hand it on.

    Some has the names that pytest reads. The message is the gist in one line, its class in front.
    The head is how the whole one begins: all that is told where another scenario has failed
    likewise, of which the cause is the same; that is empty if the failure is the scenario's own.
    """

    failure_class: str
    message: str
    path: str
    lineno: int
    head: str
    cause: str = ""

    def __str__(self) -> str:
        """Return where the scenario failed and why in one line, for ``--tb=line``."""
        return f"{self.path}:{self.lineno}: {self.message}"


class FailureText:
    """A failure that pytest, xdist and JUnit show as it stands.

    Where another scenario's message tells the rest, that one is `told_with`.
    """

    def __init__(self, text: str, failure: ToldFailure) -> None:
        self.text = text
        self.failure = failure
        self.reprcrash = failure
        self.told_with: str | None = None

    def __str__(self) -> str:
        """Return the message."""
        return self.text

    def toterminal(self, writer: Any) -> None:  # noqa: ANN401 - pytest keeps its type to itself
        """Write the message to the terminal; in short where the rest has been told before."""
        text = self.text
        if self.told_with is not None:
            text = f"{self.failure.head}\n  the same as above, in {self.told_with}"
        for line in text.split("\n"):
            writer.line(line)


def describe(
    config: pytest.Config,
    record: ScenarioUnderWay,
    error: BaseException,
    phase: Phase,
    given: StepResults,
) -> FailureText:
    """Return how the failure of a scenario is told, and keep it in its record; the first counts."""
    redactor, kept = config.stash[REDACTOR], record.kept
    mask = redactor.text
    # Nobody made the sandbox of this run misbehave.
    endpoint = config.stash.get(ENDPOINT, None)
    passes = endpoint is not None and endpoint.name == SANDBOX
    kind = classify(error, record, ours=passes and "faults" not in given.values)
    reason = read_reason(error, record.comparison, rootpath=config.rootpath, mask=mask)
    exchange = ShownExchange(record.last_exchange, redactor, passes=passes)
    failed = record.failed if phase is Phase.CALL else None
    details = [line for line in reason.details if not exchange.shows(line)]
    if isinstance(error, SandboxControlError):
        # Nobody has judged what it was asked with.
        details += [f"with {document}" for document in record.documents]
    what = f"[{kind}] {reason.headline}"
    told = [what, *(f"  {line}" for line in details)]
    place = reason.place or (record.asking if kind is FailureClass.SPEC else "")
    code = [f"  code: {place}"] if place else []
    nexts = advice(kind, reason, record)
    rest = [*told, *code, *exchange.lines(), "", *(f"next: {each}" for each in nexts)]

    def shown(*lines: str) -> str:
        return spelled_out(mask("\n".join(lines)))

    failure = RecordedFailure(
        kind,
        shown(f"{reason.headline}{_news(reason)}"),
        failed.name if failed is not None else OUTSIDE[phase],
        None if failed is not None else phase,
        kept.path,
        failed.line if failed is not None else kept.line,
        details=details,
        advice=[*nexts],
        code=place,
        text=shown(*rest),
    )
    if (compared := reason.comparison) is not None:
        failure.expected, failure.came = compared.expected, compared.came
        failure.differences, failure.count = [*compared.differences], compared.count
    elif isinstance(error, ContractError):
        failure.count = len(error.differences)
    kept.failure = kept.failure or failure
    scenario = f"Scenario: {kept.name}"
    place = f"{failure.sentence}, {failure.path}:{failure.line}"
    here = f"  FAILED   {failure.sentence}  ({failure.path}:{failure.line})"
    head = [scenario, here, ""]
    steps = [here if each is failed else each.marked for each in kept.steps]
    if failed is None:
        steps.insert(len(steps) if phase is Phase.TEARDOWN else 0, here)
    return FailureText(
        shown(scenario, *steps, "", *rest),
        ToldFailure(
            failure_class=kind.value,
            message=shown(f"[{kind}] {failure.reason} ({place})"),
            path=failure.path,
            lineno=failure.line,
            head=shown(*head, *told),
            cause=shown(_cause(kind, error, reason, record.last_exchange)),
        ),
    )


def _news(reason: Reason) -> str:
    """Return what the gist adds to the headline: the first difference, or what came instead."""
    for line in reason.details:
        if line.startswith(DIFFERS):
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
