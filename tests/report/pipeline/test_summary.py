"""The summary of a job says how the run went."""

from pathlib import Path

from markdown_it import MarkdownIt

from connector_harness.report.pipeline.failures import failures
from connector_harness.report.pipeline.summary import FAILURES, summary, write_summary
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.journal import AttemptJournal
from connector_harness.results.reader import Results, read_results
from connector_harness.results.record import RecordedTest, Status
from connector_harness.results.run_facts import Run, read_runs
from tests.report.covered import covered_run
from tests.report.edits import failing_run
from tests.report.failures import HOSTILE, failure
from tests.report.runs import PARCELS, START_MS, write_facts, write_run

GITHUB = CiSystem("github", "e2e/", source="https://g.test/a/b/blob/c0/")
READ = MarkdownIt("gfm-like", {"linkify": False})


def told(results: Results, system: CiSystem = GITHUB) -> str:
    """Return the summary of *results* as HTML."""
    return str(READ.render(summary(results, failures(results), system)))


def test_headline_and_numbers_come_first(tmp_path: Path) -> None:
    """How it went is the first line."""
    html = told(failing_run(tmp_path))

    assert html.startswith("<h2>1 of 3 scenarios failed</h2>\n<p>1 failed, 2 passed</p>")


def test_failure_is_a_row_with_a_link(tmp_path: Path) -> None:
    """It says which sentence failed and why, and leads to its line."""
    html = told(failing_run(tmp_path, HOSTILE))

    assert 'href="https://g.test/a/b/blob/c0/e2e/features/parcels.feature#L14"' in html
    assert "<td>Then it arrives in 3 days: 100% | [late], a:b; `x`</td>" in html


def test_only_what_ran_is_counted(tmp_path: Path) -> None:
    """Scenarios that nobody asked for are in no number and no table."""
    html = told(read_results(write_run(tmp_path, left_out=("One parcel",))))

    assert "<h2>All 2 scenarios passed</h2>" in html
    assert "<td>Parcels</td>\n<td>2</td>\n<td>0</td>\n<td>0</td>" in html


def test_what_did_not_run_is_named(tmp_path: Path) -> None:
    """An interrupted run does not look like a whole one; a shard says which it was."""
    write_run(tmp_path)
    run = Run(START_MS, START_MS + 2_000, 2, not_run=("f.feature::A",), shard="2/5", split="x")
    write_facts(tmp_path, run)

    html = told(read_results(tmp_path))

    assert "(shard 2/5)</h2>" in html
    assert "<h3>Not run: 1</h3>\n<ul>\n<li>f.feature::A</li>" in html


def test_other_tests_that_failed_are_named(tmp_path: Path) -> None:
    """Nobody reads that all passed where an ordinary test did not."""
    write_run(tmp_path)
    message = f"AssertionError: {HOSTILE}"
    [run] = read_runs(tmp_path)
    AttemptJournal(tmp_path).append(
        RecordedTest("x", "test_x#test_it", "test_it", Status.FAILED, message, run=run.id)
    )

    html = told(read_results(tmp_path))

    assert "<h2>All 3 scenarios passed, but 1 other test failed</h2>" in html
    assert "<li><strong>test_it</strong>: AssertionError: 100% | [late]" in html


def test_run_that_was_not_green_is_not_told_as_green(tmp_path: Path) -> None:
    """A wrong notification that came late fails no scenario, only the run."""
    write_run(tmp_path)
    run = Run(START_MS, START_MS + 2_000, 1)
    write_facts(tmp_path, run)

    html = told(read_results(tmp_path))
    assert "<h2>All 3 scenarios passed, but the run did not end well (exit code 1)</h2>" in html
    assert "<li>the run did not end well (exit code 1); next: see what its end says" in html


def test_summary_is_bounded(tmp_path: Path) -> None:
    """GitHub takes one mebibyte and no more; the rest is counted."""
    results = read_results(write_run(tmp_path))
    many = [failure("x" * 9_999, title=str(number)) for number in range(9_000)]

    text = summary(results, many, GITHUB)

    assert text.count("| product |") == FAILURES
    assert "… and 8,950 more" in text
    assert len(text.encode()) < 2**17


def test_summary_goes_below_what_other_steps_said(tmp_path: Path) -> None:
    """GitHub has one file for all steps of a job."""
    place = tmp_path / "summary"
    place.write_text("said before\n")
    results = read_results(write_run(tmp_path / "results"))

    write_summary(results, [], CiSystem("github", summary=place), tmp_path)

    assert place.read_text().startswith("said before\n## All 3 scenarios passed")


def test_other_systems_get_a_file(tmp_path: Path) -> None:
    """Each run has a file of its own."""
    results = read_results(write_run(tmp_path / "results"))

    file = write_summary(results, [], CiSystem("gitlab"), tmp_path)

    assert write_summary(results, [], CiSystem("gitlab"), tmp_path) == file
    assert file.read_text().count("## All 3") == 1


def test_numbers_stand_in_a_table(tmp_path: Path) -> None:
    """Newly failing, flaky and in quarantine, too; and how much of the API was exercised."""
    before = read_results(write_run(tmp_path / "before", left_out=("One parcel",)))
    first = write_run(tmp_path / "first", failed=("One parcel", "A parcel to Oslo"))
    again = write_run(tmp_path / "again", failed=("A parcel to Oslo",), start_ms=START_MS + 1000)

    results = read_results(first, again)

    text = summary(results, failures(results), GITHUB, before=before)
    head, _, numbers = text.partition("\n| passed |")[2].partition("\n")
    assert head == " failed | newly failing | flaky | in quarantine | skipped |"
    assert numbers.splitlines()[1] == "| 2 | 1 | 1 | 1 | 0 | 0 |"


def test_coverage_is_among_the_numbers(tmp_path: Path) -> None:
    """As far as scenarios can get."""
    results = covered_run(tmp_path)

    assert "of the API exercised |" in summary(results, [], GITHUB)
    assert "newly failing" not in summary(results, [], GITHUB)


def test_scenario_without_a_then_is_named(tmp_path: Path) -> None:
    """An outline is named once, and what did not run is not."""
    source = PARCELS.replace("      Then it arrives in 3 days\n", "").replace("Then it arrives", "")

    html = told(read_results(write_run(tmp_path, source, left_out=("One parcel",))))

    assert "<h3>Without a Then: 1</h3>" in html
    assert "<strong>A parcel to &lt;place&gt;</strong> has no Then: it checks nothing but" in html
