"""One scenario as messages: its test case, step definitions, and each attempt with attachments."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gherkin.pickles.compiler import Pickle
from gherkin.stream.id_generator import IdGenerator

from connector_harness.report.cucumber.definitions import Definitions, Message
from connector_harness.results.reader import Scenario
from connector_harness.results.record import (
    FAILED,
    Body,
    Phase,
    RecordedExchange,
    RecordedScenario,
    RecordedStep,
    Status,
)

LONGEST: Final = 8_000
"""How much of a body is attached, in characters."""

BODIES: Final = 2
"""Of how many exchanges of a failed scenario the bodies are attached: the last ones."""

LOG: Final = "text/x.cucumber.log+plain"

_STATUSES: Final[dict[Status, str]] = {
    Status.PASSED: "PASSED",
    Status.FAILED: "FAILED",
    Status.BROKEN: "FAILED",
    Status.SKIPPED: "SKIPPED",
    Status.NOT_RUN: "SKIPPED",
}


class MessageCase:
    """A scenario that ran, and the pickle that it ran from."""

    def __init__(
        self, scenario: Scenario, pickle: Pickle, definitions: Definitions, ids: IdGenerator
    ) -> None:
        self.scenario = scenario
        self._pickle = pickle
        self._ids = ids
        self._definitions = definitions
        self._id = ids.get_next_id()
        self._steps = [ids.get_next_id() for _ in pickle["steps"]]
        outside = [each for each in map(_failed_outside, scenario.results) if each is not None]
        self._hook = ids.get_next_id() if outside else ""
        self._outside = ids.get_next_id() if outside else ""
        self._is_before = bool(outside) and outside[0] is not Phase.TEARDOWN

    def plan(self, run: str) -> Iterator[Message]:
        """Yield what is to be run."""
        if self._hook:
            kind = "BEFORE_TEST_CASE" if self._is_before else "AFTER_TEST_CASE"
            place = {"uri": self._pickle["uri"], "location": {"line": self.scenario.spec.line}}
            name = "set-up" if self._is_before else "tear-down"
            hook = {"id": self._hook, "name": name, "type": kind, "sourceReference": place}
            yield {"hook": hook}
        steps: list[Message] = []
        every = zip(self._steps, self._pickle["steps"], self.scenario.meant, strict=True)
        for id_, step, meant in every:
            known = self._definitions.of(meant, step["text"]) if meant else {}
            steps.append({"id": id_, "pickleStepId": step["id"], **known})
        if self._hook:
            hook = {"id": self._outside, "hookId": self._hook}
            steps.insert(0 if self._is_before else len(steps), hook)
        case: Message = {"id": self._id, "pickleId": self._pickle["id"], "testSteps": steps}
        yield {"testCase": case | {"testRunStartedId": run}}

    def events(self) -> Iterator[Message]:
        """Yield what happened, attempt by attempt."""
        for attempt, result in enumerate(self.scenario.results):
            yield from self._attempt(result, attempt)

    def _attempt(self, result: RecordedScenario, attempt: int) -> Iterator[Message]:
        id_ = self._ids.get_next_id()
        started: Message = {"id": id_, "testCaseId": self._id, "attempt": attempt}
        worker = {"workerId": result.thread} if result.thread else {}
        started |= {"timestamp": moment(result.start)} | worker
        yield {"testCaseStarted": started}
        outside = [*self._outside_events(result, id_)]
        yield from outside if self._is_before else ()
        # Those that may show why it failed.
        telling = [*result.all_exchanges][-BODIES:] if result.status in FAILED else []
        for number, step in enumerate(self._steps):
            ran = result.steps[number] if number < len(result.steps) else None
            about: Message = {"testCaseStartedId": id_, "testStepId": step}
            yield from _step_events(result, ran, about, telling)
        yield from () if self._is_before else outside
        finished: Message = {
            "testCaseStartedId": id_,
            "timestamp": moment(result.stop),
            "willBeRetried": attempt + 1 < len(self.scenario.results),
        }
        yield {"testCaseFinished": finished}

    def _outside_events(self, result: RecordedScenario, case: str) -> Iterator[Message]:
        """Yield how what is outside of the steps ended, where any attempt failed there."""
        if not self._hook:
            return
        about: Message = {"testCaseStartedId": case, "testStepId": self._outside}
        time_ms = result.start if self._is_before else result.stop
        yield {"testStepStarted": about | {"timestamp": moment(time_ms)}}
        how = _failure(result) if _failed_outside(result) is not None else {"status": "PASSED"}
        told = {"testStepResult": {"duration": moment(0), **how}, "timestamp": moment(time_ms)}
        yield {"testStepFinished": about | told}


def moment(time_ms: int) -> Message:
    """Return a time, or how long something took, as messages have it."""
    return {"seconds": time_ms // 1000, "nanos": time_ms % 1000 * 1_000_000}


def _failed_outside(result: RecordedScenario) -> Phase | None:
    """Return when *result* failed, if no step did."""
    return result.failure.phase if result.failure is not None else None


def _step_events(
    result: RecordedScenario,
    step: RecordedStep | None,
    about: Message,
    telling: Sequence[RecordedExchange],
) -> Iterator[Message]:
    start = step.start if step and step.start else result.start
    yield {"testStepStarted": about | {"timestamp": moment(start)}}
    if step is not None:
        for attachment in _attachments(step, telling):
            yield {"attachment": attachment | about}
    took = step.duration_ms if step else 0
    ended: Message = {"status": _STATUSES[step.status if step else Status.NOT_RUN]}
    if ended["status"] == "FAILED":
        # Of an expected failure, the step failed and the scenario did not.
        is_expected = result.status is Status.SKIPPED
        why = {"status": "SKIPPED", "message": result.message}
        ended = why if is_expected else _failure(result)
    told = {"testStepResult": {"duration": moment(took), **ended}}
    yield {"testStepFinished": about | told | {"timestamp": moment(start + took)}}


def _failure(result: RecordedScenario) -> Message:
    """Return how a step ended that failed."""
    kind = (result.failure.kind if result.failure else None) or "failure"
    exception = {"type": kind, "message": result.message, "stackTrace": result.why}
    return {"status": "FAILED", "message": result.why, "exception": exception}


def _attachments(step: RecordedStep, telling: Sequence[RecordedExchange]) -> Iterator[Message]:
    """Yield the exchanges of a step as a log, and the bodies of those that may show a cause."""
    made = step.all_exchanges
    if made:
        lines = (f"{each.title} ({each.duration_ms} ms)" for each in made)
        yield _attachment("\n".join(lines), LOG)
    yield from _bodies(each for each in made if each in telling)


def _bodies(exchanges: Iterable[RecordedExchange]) -> Iterator[Message]:
    for exchange in exchanges:
        for name, body in (("request", exchange.request), ("response", exchange.response)):
            media_type = body.media_type or "text/plain"
            if body.text and (media_type.startswith("text/") or media_type.endswith("json")):
                yield {**_body(body, media_type), "fileName": f"{name} of {exchange.title}"}


def _body(body: Body, media_type: str) -> Message:
    """Return a body as it travelled; a cut one is no JSON any more."""
    text = body.text
    if len(text) > LONGEST:
        return _attachment(f"{text[:LONGEST]}… ({len(text)} characters)", "text/plain")
    return _attachment(text, media_type)


def _attachment(body: str, media_type: str) -> Message:
    return {"body": body, "contentEncoding": "IDENTITY", "mediaType": media_type}
