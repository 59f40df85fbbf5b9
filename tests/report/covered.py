"""Results of runs that exercise a part of the contract, made by hand."""

import json
from dataclasses import replace
from pathlib import Path

from connector_harness.results.contract_file import KeptContract, contract_in
from connector_harness.results.reader import Results, read_results
from tests.report.conversations import Talk
from tests.report.runs import write_run
from tests.schema_examples import FOLDER, example

CONTRACT = contract_in(FOLDER)
TYPING = "request/publish_event/accepted-typing"
TOLD = "notification/messaging_event/accepted-text"
REFUSED = "response/authentication_error/accepted-40104"
COMPOSING = "request/chat_state_event chatState 'COMPOSING'"


def talk(folder: Path) -> Talk:
    """Return a scenario that types without a token, is refused, and hears of a text."""
    found = Talk(folder).call(example(TYPING), example(REFUSED), status=401)
    found.hear_all(example(TOLD))
    return found


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
    for file in folder.glob("*-result.json"):
        result = json.loads(file.read_bytes())
        if result["fullName"].endswith("::One parcel"):
            steps = talk(folder).result().raw["steps"]
            file.write_text(json.dumps({**result, "steps": [*steps, *result["steps"]]}))
    return replace(read_results(folder), contract=contract)
