"""Results of runs that exercise a part of the contract, made by hand."""

from dataclasses import replace
from pathlib import Path

from connector_harness.results.contract_file import KeptContract, contract_in
from connector_harness.results.reader import Results, read_results
from tests.report.conversations import Talk
from tests.report.edits import edit
from tests.report.runs import write_run
from tests.schema_examples import FOLDER, example

CONTRACT = contract_in(FOLDER)
TYPING = "request/publish_event/accepted-typing"
TOLD = "notification/messaging_event/accepted-text"
REFUSED = "response/authentication_error/accepted-40104"
CODE = "response/authentication_error errorCode 40104"


def talk() -> Talk:
    """Return a scenario that types without a token, is refused, and hears of a text."""
    return Talk().call(example(TYPING), example(REFUSED), status=401).hear_all(example(TOLD))


def covered_run(
    folder: Path, *, failed: tuple[str, ...] = (), contract: KeptContract | None = CONTRACT
) -> Results:
    """Return the results of a run in which `talk` is what the scenario "One parcel" does.

    Args:
        folder: Where the files go.
        failed: The titles of the scenarios that failed.
        contract: What it was judged by.
    """
    write_run(folder, failed=failed)
    edit(folder, "One parcel", lambda record: record.steps.insert(0, talk().step))
    return replace(read_results(folder), contract=contract)
