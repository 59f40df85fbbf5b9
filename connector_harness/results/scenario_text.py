"""A scenario as it ran, in plain lines: its steps with their marks, and why it failed."""

from collections.abc import Iterator
from typing import Final

from connector_harness.results.reader import Result, Scenario, Status

MARKS: Final[dict[Status, str]] = {
    "passed": "passed ",
    "failed": "FAILED ",
    "broken": "FAILED ",
    "skipped": "skipped",
    "not run": "not run",
}
"""How a step ended, in words of one width."""


def story(scenario: Scenario) -> str:
    """Return the steps of *scenario* with their results, and the failure text if it failed.

    An earlier attempt is told in one line.
    """
    lines = [*_heading(scenario), *_steps(scenario)]
    for number, each in enumerate(scenario.retries, 1):
        lines.append(f"attempt {number}: {each.status}, {each.message.partition(chr(10))[0]}")
    why = failure_text(scenario.result) if scenario.result else ""
    lines += ["", why] if why else []
    return "\n".join(lines)


def _heading(scenario: Scenario) -> Iterator[str]:
    spec, feature = scenario.spec, scenario.feature
    yield f"{feature.keyword}: {feature.title}  ({feature.path}:{spec.line})"
    if spec.rule is not None:
        yield f"{spec.rule.keyword}: {spec.rule.title}"
    yield f"Scenario: {spec.name}"


def _steps(scenario: Scenario) -> Iterator[str]:
    if scenario.result is None:
        for step in scenario.spec.steps:
            yield f"  {MARKS['not run']}  {step.keyword} {step.text}"
        return
    for each in scenario.result.steps:
        took = f"  ({each.duration_ms / 1000:.3f} s)" if each.status != "not run" else ""
        yield f"  {MARKS[each.status]}  {each.name}{took}"


def failure_text(result: Result) -> str:
    """Return why a scenario failed, at length, without the steps that the text begins with."""
    trace = str((result.raw.get("statusDetails") or {}).get("trace", ""))
    told = trace.partition("\n\n")[2] if trace.startswith("Scenario: ") else trace
    return told or result.message
