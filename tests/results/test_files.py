"""Which files a folder of results consists of."""

import pytest

from connector_harness.report.allure.result import CATEGORIES
from connector_harness.results.contract_file import CONTRACT_FILE
from connector_harness.results.executor import EXECUTOR
from connector_harness.results.files import SPEC_FILE, is_draft, is_result_file
from connector_harness.results.run_facts import RUN_FILE

ID = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    "name",
    [
        *(f"{ID}-result.json", f"{ID}-container.json", f"{ID}-globals.json"),
        *(f"{ID}-attachment.json", f"{ID}-attachment.tar.gz"),
        *(CATEGORIES, CONTRACT_FILE, EXECUTOR, RUN_FILE, SPEC_FILE, "environment.properties"),
    ],
)
def test_what_a_run_writes_is_known(name: str) -> None:
    """Every file of a run is one, and no draft."""
    assert (is_result_file(name), is_draft(name)) == (True, False)


@pytest.mark.parametrize(
    "name", [f".{ID}-result.json", f"{ID}-result.json.tmp", f"{ID}-attachment.json.tmp"]
)
def test_drafts_are_known(name: str) -> None:
    """What was to become a file of a run is a draft of it."""
    assert is_draft(name)


@pytest.mark.parametrize(
    "name", ["notes.txt", "0-result.json", f"{ID}-result.yaml", "run.json.tmp", ".run.json"]
)
def test_others_are_left_alone(name: str) -> None:
    """What somebody else has laid down there is neither."""
    assert (is_result_file(name), is_draft(name)) == (False, False)
