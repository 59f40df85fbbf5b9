"""What was not run for what the endpoint does not offer is counted by need."""

from pathlib import Path

import pytest

from connector_harness.report.pipeline.summary import summary
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.reader import Results, read_results
from connector_harness.results.record import Label, RecordedScenario, Status
from connector_harness.results.totals import in_words, lacking
from tests.report.edits import edit
from tests.report.runs import write_run


def lack(record: RecordedScenario, *needs: str) -> None:
    """Let a scenario have been skipped for what it needs."""
    record.status, record.labels = Status.SKIPPED, [Label("needs", each) for each in needs]


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """A run in which one scenario lacked a clock and an agent, and another one an agent."""
    write_run(tmp_path)
    edit(tmp_path, "One parcel", lambda record: lack(record, "the clock", "an agent"))
    edit(tmp_path, "A parcel to Rome", lambda record: lack(record, "an agent"))
    return read_results(tmp_path)


def test_what_most_lack_comes_first(results: Results) -> None:
    """A scenario that lacks several things counts for each."""
    assert lacking(results) == [("an agent", 2), ("the clock", 1)]
    assert in_words(results) == "2 need an agent, 1 needs the clock"


def test_summary_has_a_table_of_it(results: Results) -> None:
    """Whoever reads the summary of a job sees what an endpoint would have to offer."""
    told = summary(results, [], CiSystem("github", ""))

    assert "### Not run here\n\n| scenarios | need |\n" in told
    assert "\n| 2 | an agent |\n| 1 | the clock |\n" in told


def test_nothing_is_said_of_nothing(tmp_path: Path) -> None:
    """Where everything could run, no document speaks of it."""
    results = read_results(write_run(tmp_path))

    assert in_words(results) == ""
    assert "Not run here" not in summary(results, [], CiSystem("github", ""))
