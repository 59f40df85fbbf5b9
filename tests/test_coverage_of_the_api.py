"""Everything that the API documents is exercised by at least one scenario, or excused.

What that is and what was exercised is what the coverage in the living document says of one run of
all features.
"""

import pytest
from msgspec.structs import replace

from connector_harness.report.coverage.coverage import Coverage, coverage_of
from connector_harness.results.contract_file import contract_in, fits
from connector_harness.results.reader import Results, read_results
from tests.endpoint.runs import Run
from tests.schema_examples import FOLDER

pytestmark = pytest.mark.whole_run


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
def run(all_features: Run) -> Coverage:
    """What one run of all features exercises."""
    found = coverage_of(read_results(all_features.folder / "allure"))
    assert found is not None, all_features.output
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
