"""The scenarios that failed, as a pipeline tells of them: where, which sentence, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from connector_harness.results.reader import Results


@dataclass(frozen=True, slots=True)
class ReportedFailure:
    """A scenario that failed, or a finding in a feature file.

    Attributes:
        path: The feature file, from the rootdir.
        line: The line of the step that failed; of the scenario where it was none.
        title: What the scenario is called.
        sentence: The step that failed; empty if it was none.
        reason: Why, in one line.
        kind: The class of the failure; empty if it is not known.
        counts: Whether it makes the run fail; one in quarantine does not.
    """

    path: str
    line: int
    title: str
    sentence: str
    reason: str
    kind: str
    counts: bool = True


def failures(results: Results) -> list[ReportedFailure]:
    """Return what failed, in the order of the documents; what does not count comes last."""
    return sorted(_failures(results), key=lambda each: not each.counts)


def _failures(results: Results) -> Iterator[ReportedFailure]:
    for scenario in results.scenarios:
        result = scenario.result
        if result is not None and (failure := result.failure) is not None:
            yield ReportedFailure(
                scenario.feature.path,
                failure.line or scenario.spec.line,
                scenario.spec.name,
                failure.sentence,
                failure.gist.partition("\n")[0],
                failure.kind or "",
                counts=not result.is_excused,
            )
