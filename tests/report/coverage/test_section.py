"""Product reads in the document how much of the API was exercised."""

import re
from dataclasses import replace
from pathlib import Path

from connector_harness.report.coverage.coverage import coverage_of
from connector_harness.report.coverage.section import coverage_section
from connector_harness.report.making import document_makers
from connector_harness.results.contract_file import KeptContract
from connector_harness.results.reader import Results
from tests.report.covered import CONTRACT, covered_run


def html(results: Results) -> str:
    """Return the section."""
    coverage = coverage_of(results)
    assert coverage is not None
    links = {each.history_id: "s" for each in results.scenarios}
    return str(coverage_section(coverage, results, links).html)


def test_numbers_are_told_in_words(tmp_path: Path) -> None:
    """A sentence says how much of each kind was met."""
    assert re.search(
        r"2 of \d+ refusals were seen \(\d+ more cannot be, here\) and 1 of \d+ notifications were",
        html(covered_run(tmp_path)),
    )


def test_partial_run_says_so(tmp_path: Path) -> None:
    """What did not pass or was left out is counted, for the numbers are lower by it."""
    results = covered_run(tmp_path)
    left_out = (results.scenarios[0], replace(results.scenarios[1], results=()))

    assert "1 scenario of this document did not pass or was not run" in html(
        replace(results, scenarios=left_out)
    )
    assert "did not pass" not in html(replace(results, scenarios=results.scenarios[:1]))


def test_reasons_are_given(tmp_path: Path) -> None:
    """What cannot be exercised says why, words of others escaped."""
    contract = KeptContract(CONTRACT.schemas, {"publish_event → 404": "nobody is <so> old"})

    assert "nobody is &lt;so&gt; old" in html(covered_run(tmp_path, contract=contract))


def test_failures_are_told_apart(tmp_path: Path) -> None:
    """What only failed scenarios met is listed by itself."""
    told = "Met only by scenarios that failed"

    assert told in html(covered_run(tmp_path / "1", failed=("One parcel",)))
    assert told not in html(covered_run(tmp_path / "2"))


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    """From what is missing to its part, and from an item to its scenarios."""
    dict(document_makers(covered_run(tmp_path), tmp_path))["document"]()
    text = (tmp_path / "spec.html").read_text(encoding="utf-8")
    ids = re.findall(r' id="([^"]*)"', text)

    assert {*re.findall(r'href="#([^"]*)"', text)} <= {*ids}
    assert len(ids) == len({*ids})
    assert 'href="#parcels-one-parcel">One parcel</a>' in text.split('id="contract"')[1]


def test_without_a_contract_there_is_no_coverage(tmp_path: Path) -> None:
    """The document then says nothing of it, and there is no file."""
    made = dict(document_makers(covered_run(tmp_path, contract=None), tmp_path / "out"))

    assert "coverage" not in made
    assert 'id="contract"' not in made["document"]().read_text(encoding="utf-8")
