"""Everything that the API documents is exercised by at least one scenario, or excused.

What that is and what was exercised is what the coverage in the living document says of one run of
all features.
"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from connector_harness.report.coverage.coverage import Coverage, coverage_of
from connector_harness.results.contract_file import contract_in, fits
from connector_harness.results.reader import Results, read_results
from tests.schema_examples import FOLDER

ROOT = Path(__file__).parent.parent
TIMEOUT_S = 600


def gaps(coverage: Coverage) -> list[str]:
    """Return what of the API no scenario exercised, though one could."""
    return [each.item.id for each in coverage.met if each.state == "not exercised"]


def stale(coverage: Coverage) -> list[str]:
    """Return the excuses that excuse nothing, or something that a scenario does exercise."""
    excuses = coverage.contract.reasons
    excused = {
        excuse: [each.state for each in coverage.met if fits(excuse, each.item.id)]
        for excuse in excuses
    }
    return [excuse for excuse, states in excused.items() if {*states} != {"unreachable"}]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Coverage:
    """What one run of all features exercises."""
    folder = tmp_path_factory.mktemp("results")
    ours = ("PYTEST_", "CONNECTOR_", "COV_", "COVERAGE_")
    ended = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--alluredir={folder}"],
        cwd=ROOT,
        env={name: text for name, text in os.environ.items() if not name.startswith(ours)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert any(folder.glob("*-journal.jsonl")), ended.stdout
    found = coverage_of(read_results(folder))
    assert found is not None, ended.stdout
    return found


def test_all_of_the_api_is_exercised(run: Coverage) -> None:
    """Each command, refusal and notification is met by a passed scenario, or excused."""
    assert gaps(run) == []


def test_no_excuse_is_out_of_date(run: Coverage) -> None:
    """What is excused is documented, and no scenario exercises it."""
    assert stale(run) == []


@pytest.fixture(scope="module")
def nothing() -> Coverage:
    """What no scenario at all exercises, with excuses that should not be."""
    contract = contract_in(FOLDER)
    reasons = {**contract.reasons, "no such thing *": "it is not there"}
    found = coverage_of(Results((), (), contract=replace(contract, reasons=reasons)))
    assert found is not None
    return found


def test_what_is_not_exercised_is_a_gap(nothing: Coverage) -> None:
    """A run of nothing has gaps of every kind, those that are excused left out."""
    found = gaps(nothing)

    assert {"publish_event → 401", "response/authentication_error errorCode 40104"} <= {*found}
    assert "domain → 401" not in found


def test_excuse_for_nothing_is_stale(nothing: Coverage) -> None:
    """An excuse for what is not documented is one too many."""
    assert stale(nothing) == ["no such thing *"]
