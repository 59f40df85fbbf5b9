"""A scenario as it ran, in plain lines: its steps with their marks, and why it failed."""

from collections.abc import Iterator

from connector_harness.results.reader import Scenario
from connector_harness.results.record import MARKS, Status


def story(scenario: Scenario) -> str:
    """Return the steps of *scenario* with their results, and the failure text if it failed.

    An earlier attempt is told in one line.
    """
    lines = [*_heading(scenario), *_steps(scenario)]
    for number, each in enumerate(scenario.retries, 1):
        lines.append(f"attempt {number}: {each.status}, {each.message.partition(chr(10))[0]}")
    why = scenario.result.why if scenario.result else ""
    return "\n".join([*lines, *(["", why] if why else [])])


def _heading(scenario: Scenario) -> Iterator[str]:
    spec, feature = scenario.spec, scenario.feature
    yield f"{feature.keyword}: {feature.title}  ({feature.path}:{spec.line})"
    if spec.rule is not None:
        yield f"{spec.rule.keyword}: {spec.rule.title}"
    yield f"Scenario: {spec.name}"


def _steps(scenario: Scenario) -> Iterator[str]:
    if scenario.result is None:
        for step in scenario.spec.steps:
            yield f"  {MARKS[Status.NOT_RUN]}  {step.keyword} {step.text}"
        return
    for each in scenario.result.steps:
        took = "" if each.status is Status.NOT_RUN else f"  ({each.duration_ms / 1000:.3f} s)"
        yield f"{each.marked}{took}"
