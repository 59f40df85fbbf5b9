"""What failed, as a pipeline tells of it: where, which sentence, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from connector_harness.results.failure_class import FailureClass
from connector_harness.results.reader import Results
from connector_harness.results.run_facts import Problem

FILE: Final = "a feature file to mend"
"""What a finding is called where scenarios have titles."""

RUN: Final = "the run"
"""What is called so where it is wrong with the run as a whole."""


@dataclass(frozen=True, slots=True)
class ReportedFailure:
    """A scenario that failed, a finding in a feature file, or what is wrong with the run.

    Attributes:
        path: The feature file, from the rootdir; empty where it is none.
        line: The line of the step that failed; of the scenario where it was none.
        title: What the scenario is called.
        sentence: The step that failed; empty if it was none.
        reason: Why; of what is wrong with the run, with what to do, in lines where it lists that.
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


def wrong(problems: Iterable[Problem]) -> list[ReportedFailure]:
    """Return what is wrong with a run, apart from its scenarios."""
    return [
        ReportedFailure(
            path=each.path,
            line=each.line,
            title=FILE if each.path else RUN,
            sentence="",
            reason=each.what + f"; next: {each.next}" * bool(each.next),
            kind=FailureClass.SPEC if each.path else "",
        )
        for each in problems
    ]


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
