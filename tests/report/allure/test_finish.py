"""What is known of a scenario that has ended is in its record, however it ended."""

import pytest

from connector_harness.report.allure.result import finish
from connector_harness.results.record import Phase, RecordedScenario, RecordedStep, Status


def ended(*statuses: Status, status: Status = Status.BROKEN) -> RecordedScenario:
    """Return the record of a scenario that nothing else has told of, with steps of *statuses*."""
    steps = [RecordedStep("Given a basket", status=each) for each in statuses]
    record = RecordedScenario("h", "f::S", "S", status, "interrupted\nby somebody", steps=steps)
    finish(record, links={}, thread="1-main")
    return record


@pytest.mark.parametrize(
    ("statuses", "phase"),
    [
        ((Status.NOT_RUN, Status.NOT_RUN), Phase.SETUP),
        ((Status.PASSED, Status.PASSED), Phase.TEARDOWN),
        ((Status.PASSED, Status.BROKEN), None),
    ],
)
def test_failure_belongs_to_a_step_or_to_a_phase(
    statuses: tuple[Status, ...], phase: Phase | None
) -> None:
    """Where no step failed, something before or after them did, and no output reads as green."""
    failure = ended(*statuses).failure

    assert failure is not None
    assert (failure.reason, failure.phase) == ("interrupted", phase)


def test_scenario_that_did_not_fail_has_no_failure() -> None:
    """What failed and was expected to is none."""
    assert ended(Status.FAILED, status=Status.SKIPPED).failure is None
