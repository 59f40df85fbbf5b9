"""One scenario as messages: its test case, and each attempt with steps and attachments."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gherkin.pickles.compiler import Pickle
from gherkin.stream.id_generator import IdGenerator

from connector_harness.report.cucumber.message_steps import Definitions, Message
from connector_harness.results.exchanges import Attached, Exchange
from connector_harness.results.failure import failure_of
from connector_harness.results.reader import FAILED, Result, Scenario, Status, StepResult
from connector_harness.results.scenario_text import failure_text

LONGEST: Final = 8_000
"""How much of a body is attached, in characters."""

BODIES: Final = 2
"""Of how many exchanges of a failed scenario the bodies are attached: the last ones."""

LOG: Final = "text/x.cucumber.log+plain"

_STATUSES: Final[dict[Status, str]] = {
    "passed": "PASSED",
    "failed": "FAILED",
    "broken": "FAILED",
    "skipped": "SKIPPED",
    "not run": "SKIPPED",
}


class Case:
    """A scenario that ran, and the pickle that it ran from.

    Args:
        scenario: The scenario, with a result.
        pickle: What the official compiler made of it.
        definitions: The step definitions.
        ids: Gives ids.
    """

    def __init__(
        self, scenario: Scenario, pickle: Pickle, definitions: Definitions, ids: IdGenerator
    ) -> None:
        self.scenario = scenario
        self._pickle = pickle
        self._ids = ids
        self._definitions = definitions
        self._id = ids.get_next_id()
        self._steps = [ids.get_next_id() for _ in pickle["steps"]]
        outside = [each for each in map(_failed_outside, scenario.results) if each]
        self._hook = ids.get_next_id() if outside else ""
        self._outside = ids.get_next_id() if outside else ""
        self._is_before = bool(outside) and outside[0] == "BEFORE_TEST_CASE"

    def plan(self, run: str) -> Iterator[Message]:
        """Yield what is to be run.

        Args:
            run: The id of the run.
        """
        if self._hook:
            kind = "BEFORE_TEST_CASE" if self._is_before else "AFTER_TEST_CASE"
            place = {"uri": self._pickle["uri"], "location": {"line": self.scenario.spec.line}}
            name = "set-up" if self._is_before else "tear-down"
            hook = {"id": self._hook, "name": name, "type": kind, "sourceReference": place}
            yield {"hook": hook}
        steps: list[Message] = [
            {"id": id_, "pickleStepId": step["id"], **self._definitions.of(step["text"])}
            for id_, step in zip(self._steps, self._pickle["steps"], strict=True)
        ]
        if self._hook:
            steps.insert(0 if self._is_before else len(steps), self._hook_step())
        case: Message = {"id": self._id, "pickleId": self._pickle["id"], "testSteps": steps}
        yield {"testCase": case | {"testRunStartedId": run}}

    def _hook_step(self) -> Message:
        return {"id": self._outside, "hookId": self._hook}

    def events(self) -> Iterator[Message]:
        """Yield what happened, attempt by attempt."""
        for attempt, result in enumerate(self.scenario.results):
            yield from self._attempt(result, attempt)

    def _attempt(self, result: Result, attempt: int) -> Iterator[Message]:
        id_ = self._ids.get_next_id()
        started: Message = {"id": id_, "testCaseId": self._id, "attempt": attempt}
        worker = next(iter(result.labels("thread")), "")
        started |= {"timestamp": moment(result.start)} | ({"workerId": worker} if worker else {})
        yield {"testCaseStarted": started}
        outside = [*self._outside_events(result, id_)]
        yield from outside if self._is_before else ()
        telling = _telling(result)
        for number, step in enumerate(self._steps):
            ran = result.steps[number] if number < len(result.steps) else None
            about: Message = {"testCaseStartedId": id_, "testStepId": step}
            yield from _step_events(result, ran, about, telling)
        yield from () if self._is_before else outside
        finished: Message = {
            "testCaseStartedId": id_,
            "timestamp": moment(result.start + result.duration_ms),
            "willBeRetried": attempt + 1 < len(self.scenario.results),
        }
        yield {"testCaseFinished": finished}

    def _outside_events(self, result: Result, case: str) -> Iterator[Message]:
        """Yield how what is outside of the steps ended, where any attempt failed there."""
        if not self._hook:
            return
        about: Message = {"testCaseStartedId": case, "testStepId": self._outside}
        time_ms = result.start if self._is_before else result.start + result.duration_ms
        yield {"testStepStarted": about | {"timestamp": moment(time_ms)}}
        how = _failure(result) if _failed_outside(result) else {"status": "PASSED"}
        told = {"testStepResult": {"duration": _duration(0), **how}, "timestamp": moment(time_ms)}
        yield {"testStepFinished": about | told}


def moment(time_ms: int) -> Message:
    """Return a time as messages have it.

    Args:
        time_ms: Milliseconds since the epoch.
    """
    return _duration(time_ms)


def _duration(milliseconds: int) -> Message:
    return {"seconds": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}


def _failed_outside(result: Result) -> str:
    """Return where *result* failed if no step did: before them, or after; empty if it did not."""
    if result.status not in FAILED:
        return ""
    if any(each.status in FAILED for each in result.steps):
        return ""
    has_run = any(each.status == "passed" for each in result.steps)
    return "AFTER_TEST_CASE" if has_run else "BEFORE_TEST_CASE"


def _telling(result: Result) -> list[Exchange]:
    """Return the exchanges of a failed scenario that may show why."""
    if result.status not in FAILED:
        return []
    return [each for step in result.steps for each in step.exchanges][-BODIES:]


def _step_events(
    result: Result, step: StepResult | None, about: Message, telling: Sequence[Exchange]
) -> Iterator[Message]:
    start = step.start if step and step.start else result.start
    yield {"testStepStarted": about | {"timestamp": moment(start)}}
    if step is not None:
        for attachment in _attachments(step, telling):
            yield {"attachment": attachment | about}
    took = step.duration_ms if step else 0
    ended: Message = {"status": _STATUSES[step.status if step else "not run"]}
    if ended["status"] == "FAILED":
        # Of an expected failure, the step failed and the scenario did not.
        is_expected = result.status == "skipped"
        why = {"status": "SKIPPED", "message": result.message}
        ended = why if is_expected else _failure(result)
    told = {"testStepResult": {"duration": _duration(took), **ended}}
    yield {"testStepFinished": about | told | {"timestamp": moment(start + took)}}


def _failure(result: Result) -> Message:
    """Return how a step ended that failed."""
    failure = failure_of(result)
    text = failure_text(result)
    kind = (failure.kind if failure else "") or "failure"
    exception = {"type": kind, "message": result.message, "stackTrace": text}
    return {"status": "FAILED", "message": text, "exception": exception}


def _attachments(step: StepResult, telling: Sequence[Exchange]) -> Iterator[Message]:
    """Yield the exchanges of a step as a log, and the bodies of those that may show a cause."""
    if step.exchanges:
        lines = (f"{each.title} ({each.duration_ms} ms)" for each in step.exchanges)
        yield _attachment("\n".join(lines), LOG)
    yield from _bodies(each for each in step.exchanges if each in telling)


def _bodies(exchanges: Iterable[Exchange]) -> Iterator[Message]:
    for exchange in exchanges:
        for each in exchange.attachments:
            if each.media_type.startswith("text/") or each.media_type.endswith("json"):
                yield _body(exchange, each)


def _body(exchange: Exchange, attached: Attached) -> Message:
    """Return a body as it was attached; a cut one is no JSON any more."""
    text = attached.text
    if len(text) > LONGEST:
        left_out = f"… ({len(text)} characters)"
        return _attachment(f"{text[:LONGEST]}{left_out}", "text/plain") | _named(exchange, attached)
    return _attachment(text, attached.media_type) | _named(exchange, attached)


def _named(exchange: Exchange, attached: Attached) -> Message:
    return {"fileName": f"{attached.name} of {exchange.title}"}


def _attachment(body: str, media_type: str) -> Message:
    return {"body": body, "contentEncoding": "IDENTITY", "mediaType": media_type}
