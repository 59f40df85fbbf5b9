"""One scenario as messages: its test case, and each attempt with what happened around its steps."""

from collections.abc import Iterator, Sequence
from typing import Final

from gherkin.pickles.compiler import Pickle
from gherkin.stream.id_generator import IdGenerator

from connector_harness.report.cucumber.attachments import LINK, attachments, identity, is_shown
from connector_harness.report.cucumber.definitions import Definitions, Message
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import (
    FAILED,
    OutsideSteps,
    Phase,
    RecordedExchange,
    RecordedScenario,
    RecordedStep,
    Status,
)

BODIES: Final = 2
"""Of how many exchanges of a failed scenario the bodies are attached: the last ones."""

_STATUSES: Final[dict[Status, str]] = {
    Status.PASSED: "PASSED",
    Status.FAILED: "FAILED",
    Status.BROKEN: "FAILED",
    Status.SKIPPED: "SKIPPED",
    Status.NOT_RUN: "SKIPPED",
}


class Around:
    """What is before or after the steps of a scenario, as a hook: fixtures, and hooks of plugins.

    Attributes:
        hook: The id of the hook.
        step: The id of the test step that it is.
        is_before: Whether it is what comes before the steps.
    """

    def __init__(self, ids: IdGenerator, *, is_before: bool) -> None:
        self.hook = ids.get_next_id()
        self.step = ids.get_next_id()
        self.is_before = is_before

    def plan(self, uri: str, line: int) -> Message:
        """Return the hook of the scenario at a place."""
        return {
            "id": self.hook,
            "name": "set-up" if self.is_before else "tear-down",
            "type": "BEFORE_TEST_CASE" if self.is_before else "AFTER_TEST_CASE",
            "sourceReference": {"uri": uri, "location": {"line": line}},
        }

    def events(
        self, result: RecordedScenario, case: str, shown: Sequence[RecordedExchange], every: Results
    ) -> Iterator[Message]:
        """Yield what happened in one attempt."""
        about: Message = {"testCaseStartedId": case, "testStepId": self.step}
        start, stop = _between(result, is_before=self.is_before)
        yield {"testStepStarted": about | {"timestamp": moment(start)}}
        for part in _outside(result, is_before=self.is_before):
            for attachment in attachments(part, shown, every):
                yield {"attachment": attachment | about}
        how = _ended_outside(result, is_before=self.is_before) or {"status": "PASSED"}
        told = {"testStepResult": {"duration": moment(stop - start), **how}}
        yield {"testStepFinished": about | told | {"timestamp": moment(stop)}}


class MessageCase:
    """A scenario that ran, and the pickle that it ran from."""

    def __init__(
        self,
        scenario: Scenario,
        pickle: Pickle,
        definitions: Definitions,
        ids: IdGenerator,
        every: Results,
    ) -> None:
        self.scenario = scenario
        self._every = every
        self._pickle = pickle
        self._ids = ids
        self._definitions = definitions
        self._id = ids.get_next_id()
        self._steps = [ids.get_next_id() for _ in pickle["steps"]]
        self._around = [
            Around(ids, is_before=is_before)
            for is_before in (True, False)
            if any(_has_happened(each, is_before=is_before) for each in scenario.results)
        ]

    def plan(self, run: str) -> Iterator[Message]:
        """Yield what is to be run."""
        for each in self._around:
            yield {"hook": each.plan(self._pickle["uri"], self.scenario.spec.line)}
        steps: list[Message] = []
        every = zip(self._steps, self._pickle["steps"], self.scenario.meant, strict=True)
        for id_, step, meant in every:
            known = self._definitions.of(meant, step["text"]) if meant else {}
            steps.append({"id": id_, "pickleStepId": step["id"], **known})
        for each in self._around:
            hook: Message = {"id": each.step, "hookId": each.hook}
            steps.insert(0 if each.is_before else len(steps), hook)
        case: Message = {"id": self._id, "pickleId": self._pickle["id"], "testSteps": steps}
        yield {"testCase": case | {"testRunStartedId": run}}

    def attempt(self, number: int) -> Iterator[Message]:
        """Yield what happened in one attempt, the first of which has the number 0."""
        result = self.scenario.results[number]
        id_ = self._ids.get_next_id()
        started: Message = {"id": id_, "testCaseId": self._id, "attempt": number}
        worker = {"workerId": result.thread} if result.thread else {}
        started |= {"timestamp": moment(result.start)} | worker
        yield {"testCaseStarted": started}
        # Those that no step has added are of the scenario.
        added = [link for part in result.parts for link in part.links]
        for link in (each for each in result.links if each not in added):
            yield {"attachment": identity(link.url, LINK) | {"testCaseStartedId": id_}}
        # Those that may show why it failed.
        telling = [*result.all_exchanges][-BODIES:] if result.status in FAILED else []
        around = {
            each.is_before: each.events(result, id_, telling, self._every) for each in self._around
        }
        yield from around.get(True, ())
        for place, step in enumerate(self._steps):
            ran = result.steps[place] if place < len(result.steps) else None
            about: Message = {"testCaseStartedId": id_, "testStepId": step}
            yield from self._step_events(result, ran, about, telling)
        yield from around.get(False, ())
        finished: Message = {
            "testCaseStartedId": id_,
            "timestamp": moment(result.stop),
            "willBeRetried": number + 1 < len(self.scenario.results),
        }
        yield {"testCaseFinished": finished}

    def _step_events(
        self,
        result: RecordedScenario,
        step: RecordedStep | None,
        about: Message,
        telling: Sequence[RecordedExchange],
    ) -> Iterator[Message]:
        start = step.start if step and step.start else result.start
        yield {"testStepStarted": about | {"timestamp": moment(start)}}
        if step is not None:
            for attachment in attachments(step, telling, self._every):
                yield {"attachment": attachment | about}
        took = step.duration_ms if step else 0
        told = {"testStepResult": {"duration": moment(took), **_ended(result, step)}}
        yield {"testStepFinished": about | told | {"timestamp": moment(start + took)}}


def moment(time_ms: int) -> Message:
    """Return a time, or how long something took, as messages have it."""
    return {"seconds": time_ms // 1000, "nanos": time_ms % 1000 * 1_000_000}


def _ended(result: RecordedScenario, step: RecordedStep | None) -> Message:
    """Return how a step ended."""
    if step is None:
        return {"status": "SKIPPED"}
    reason = {"message": step.message} if step.message else {}
    if step.status not in FAILED:
        return {"status": _STATUSES[step.status], **reason}
    # Of an expected failure, the step failed and the scenario did not, or not there.
    is_elsewhere = result.failure is not None and result.failure.phase is not None
    if result.status is Status.SKIPPED or is_elsewhere:
        return {"status": "SKIPPED", **reason}
    return _failure(result, "PENDING" if step.is_pending else "FAILED")


def _failure(result: RecordedScenario, status: str = "FAILED") -> Message:
    """Return how something ended that failed."""
    kind = (result.failure.kind if result.failure else None) or "failure"
    exception = {"type": kind, "message": result.message, "stackTrace": result.why}
    return {"status": status, "message": result.why, "exception": exception}


def _outside(result: RecordedScenario, *, is_before: bool) -> Iterator[OutsideSteps]:
    return (each for each in result.outside if (each.phase is Phase.SETUP) is is_before)


def _has_happened(result: RecordedScenario, *, is_before: bool) -> bool:
    """Return whether anything has happened before or after the steps that is worth a hook."""
    if _ended_outside(result, is_before=is_before) is not None:
        return True
    return any(map(is_shown, _outside(result, is_before=is_before)))


def _ended_outside(result: RecordedScenario, *, is_before: bool) -> Message | None:
    """Return how it ended before or after the steps, if it ended there."""
    phase = result.failure.phase if result.failure is not None else None
    if phase is not None and (phase is not Phase.TEARDOWN) is is_before:
        return _failure(result)
    for each in _outside(result, is_before=is_before):
        if each.status is not Status.NOT_RUN:
            reason = {"message": each.message} if each.message else {}
            return {"status": _STATUSES[each.status], **reason}
    return None


def _between(result: RecordedScenario, *, is_before: bool) -> tuple[int, int]:
    """Return when what is before or after the steps began, and when it ended."""
    ran = [step for step in result.steps if step.start]
    if is_before:
        return result.start, max(result.start, ran[0].start if ran else result.stop)
    return min(result.stop, ran[-1].stop if ran else result.start), result.stop
