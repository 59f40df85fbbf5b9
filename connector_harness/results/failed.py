"""The scenarios that failed, as a pipeline tells of them: where, which sentence, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector_harness.results.failure import Failure, failure_of
from connector_harness.results.reader import FAILED, Result, Results, Scenario


@dataclass(frozen=True, slots=True)
class Failed:
    """A scenario that failed.

    Attributes:
        key: What it is known by in every run.
        path: Its feature file, from the rootdir.
        line: The line of the step that failed; of the scenario where it was none.
        title: What the scenario is called.
        sentence: The step that failed; empty if it was none.
        reason: Why, in one line.
        kind: The class of the failure; empty if it is not known.
        severity: How severe the scenario's tags say that is; empty if they say nothing.
        counts: Whether it makes the run fail; one in quarantine does not.
    """

    key: str
    path: str
    line: int
    title: str
    sentence: str
    reason: str
    kind: str
    severity: str
    counts: bool


def failed(results: Results) -> list[Failed]:
    """Return what failed, in the order of the documents; what does not count comes last."""
    return sorted(_failed(results), key=lambda each: not each.counts)


def latest(tests: Iterable[Result]) -> list[Result]:
    """Return the last result of each of *tests*, which are no scenarios, by module and name."""
    last = {each.history_id or each.full_name: each for each in tests}
    return sorted(last.values(), key=lambda each: each.full_name)


def _failed(results: Results) -> Iterator[Failed]:
    for scenario in results.scenarios:
        failure = failure_of(scenario.result)
        if failure is not None and scenario.result is not None:
            yield Failed(
                scenario.history_id,
                scenario.feature.path,
                _line(scenario),
                scenario.spec.name,
                failure.sentence,
                _reason(scenario, failure),
                failure.kind,
                next(iter(scenario.result.labels("severity")), ""),
                failure.counts,
            )


def _reason(scenario: Scenario, failure: Failure) -> str:
    """Return why a scenario failed, in one line; the sentence and its place stand elsewhere."""
    line = failure.reason.partition("\n")[0]
    return line.partition(f" ({failure.sentence}, {scenario.feature.path}:")[0]


def _line(scenario: Scenario) -> int:
    ran = scenario.result.steps if scenario.result else ()
    for step, spec in zip(ran, scenario.spec.steps, strict=False):
        if step.status in FAILED:
            return spec.line
    return scenario.spec.line
