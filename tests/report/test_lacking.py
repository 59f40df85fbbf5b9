"""What an endpoint did not offer is counted alike in document, summary and JUnit file."""

from pathlib import Path

import pytest

from connector_harness.report.document import page_of
from connector_harness.report.junit import junit
from connector_harness.report.lacking import in_words, lacking
from connector_harness.report.results import Results, read_results
from tests.report.edits import edit, labels
from tests.report.runs import write_run
from tests.report.test_summary import told


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """A run of three scenarios, of which one passed."""
    write_run(tmp_path)
    agent, faults = labels(needs="an agent"), labels(needs="faults")
    edit(tmp_path, "One parcel", status="skipped", labels=agent)
    edit(tmp_path, "A parcel to Rome", status="skipped", labels=[*agent, *faults])
    return read_results(tmp_path)


def test_each_need_is_counted(results: Results) -> None:
    """A scenario that lacks several things counts for each."""
    assert lacking(results) == [("an agent", 2), ("faults", 1)]
    assert in_words(results) == "2 need an agent, 1 needs faults"


def test_documents_say_the_same(results: Results) -> None:
    """Product reads it at the top, a pipeline in its summary, and tools in the properties."""
    facts = dict(page_of(results).facts)
    named = {each.get("name"): each.get("value") for each in junit(results).iter("property")}

    assert facts["Not run here"] == "2 need an agent, 1 needs faults"
    assert "<h3>Not run here</h3>" in told(results)
    assert "<td>2</td>\n<td>an agent</td>" in told(results)
    assert named["skipped: needs an agent"] == "2"


def test_run_that_lacked_nothing(tmp_path: Path) -> None:
    """Where all could run nothing is said of it."""
    results = read_results(write_run(tmp_path))

    assert (lacking(results), in_words(results)) == ([], "")
    assert "Not run here" not in told(results)
    assert "Not run here" not in dict(page_of(results).facts)
