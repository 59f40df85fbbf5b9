"""Folders of results, as runs leave them."""

import json
from pathlib import Path
from typing import Any

from connector_harness.gherkin.feature import parse_feature
from connector_harness.gherkin.identity import history_id

START_MS = 1_700_000_000_000
"""14 November 2023, 22:13:20 UTC."""

PARCELS = """
@parcels
Feature: Parcels
  Where they are, and <b>whose</b>.

  Background:
    Given a shop

  Rule: A parcel arrives

    @slow
    Scenario: One parcel
      Given a parcel
      Then it arrives in 3 days

    Scenario Outline: A parcel to <place>
      When it goes to "<place>"
      Then it arrives

      Examples: near
        | place |
        | Rome  |
        | Oslo  |
"""


def write_run(
    folder: Path,
    source: str = PARCELS,
    *,
    failed: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
    start_ms: int = START_MS,
    duration_ms: int = 30,
    path: str = "features/parcels.feature",
) -> Path:
    """Write the results of a run, and return their folder.

    Args:
        folder: Where they go.
        source: The text of the one feature.
        failed: The titles of the scenarios whose last step failed.
        left_out: The titles of those that were not run.
        start_ms: When all of them began.
        duration_ms: How long each took.
        path: Where the feature is said to be.
    """
    feature = parse_feature(source, path)
    assert feature is not None
    folder.mkdir(parents=True, exist_ok=True)
    ids = [history_id(feature, scenario) for scenario in feature.scenarios]
    spec = {"features": [{"path": path, "source": source, "scenarios": ids}]}
    _write(folder / "spec.json", spec)
    for number, (id_, scenario) in enumerate(zip(ids, feature.scenarios, strict=True)):
        if scenario.title in left_out:
            continue
        status = "failed" if scenario.title in failed else "passed"
        steps = [
            {"name": f"{step.keyword} {step.text}", "status": "passed"} for step in scenario.steps
        ]
        steps[-1]["status"] = status
        key = f"{start_ms % 10**8:08}-0000-0000-0000-{number:012}"
        result = {
            "uuid": key,
            "historyId": id_,
            "fullName": f"{path}::{scenario.name}",
            "status": status,
            "start": start_ms,
            "stop": start_ms + duration_ms,
            "steps": steps,
            "statusDetails": {"message": "[product] it is late"} if status == "failed" else {},
        }
        _write(folder / f"{key}-result.json", result)
    return folder


def _write(file: Path, document: dict[str, Any]) -> None:
    file.write_text(json.dumps(document), encoding="utf-8")
