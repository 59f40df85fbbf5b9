"""Results of a run, changed afterwards to what a test needs."""

import json
from pathlib import Path

from connector_harness.results.reader import Results, read_results
from tests.report.runs import write_run

PLACE = "features/parcels.feature"


def edit(folder: Path, name: str, /, **members: object) -> None:
    """Give *members* to the result of the scenario *name*, instead of those that it has."""
    for file in folder.glob("*-result.json"):
        result = json.loads(file.read_bytes())
        if result["fullName"] == f"{PLACE}::{name}":
            file.write_text(json.dumps(result | members), encoding="utf-8")
            return
    raise LookupError(name)


def labels(**named: str) -> list[dict[str, str]]:
    """Return labels as a result has them."""
    return [{"name": name, "value": value} for name, value in named.items()]


def failing_run(folder: Path, message: str = "[product] it is late", **more: object) -> Results:
    """Return a run in which one parcel is late, at line 14, in the words of *message*.

    Args:
        folder: Where its results go.
        message: Why it failed.
        more: Members of the details of the failure.
    """
    write_run(folder, failed=("One parcel",))
    edit(
        folder,
        "One parcel",
        statusDetails={"message": message, **more},
        labels=labels(failureClass="product", severity="critical", host="here"),
    )
    return read_results(folder)
