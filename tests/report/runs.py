"""Folders of results, as runs leave them."""

import json
from pathlib import Path

import msgspec

from connector_harness.gherkin.feature import parse_feature
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.journal import AttemptJournal
from connector_harness.results.record import (
    QuarantineOutcome,
    RecordedFailure,
    RecordedScenario,
    Status,
)
from connector_harness.results.run_facts import Run, new_run_id, read_runs

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
    excused: tuple[str, ...] = (),
    start_ms: int = START_MS,
    duration_ms: int = 30,
    path: str = "features/parcels.feature",
) -> Path:
    """Write the results of a run, and return their folder.

    Args:
        folder: Where they go.
        source: The text of the one feature.
        failed: The names of the scenarios whose last step failed.
        excused: The names of those that are in quarantine.
        left_out: The titles of those that were not run.
        start_ms: When all of them began.
        duration_ms: How long each took.
        path: Where the feature is said to be.
    """
    feature = parse_feature(source, path)
    assert feature is not None
    folder.mkdir(parents=True, exist_ok=True)
    journal = AttemptJournal(folder)
    records = [RecordedScenario.of(feature, scenario) for scenario in feature.scenarios]
    ids = [each.history_id for each in records]
    run = Run(start_ms, start_ms, 0, id=new_run_id())
    (folder / run.file).write_text(json.dumps(run.document), encoding="utf-8")
    spec = {"features": [{"path": path, "source": source, "scenarios": ids}]}
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    for record in records:
        if record.title not in left_out:
            record.start, record.stop = start_ms, start_ms + duration_ms
            end(record, Status.FAILED if record.name in failed else Status.PASSED)
            if record.name in excused:
                record.quarantine = QuarantineOutcome("in quarantine", "failed", excuses=True)
            record.run = run.id
            journal.append(record)
    return folder


def write_facts(folder: Path, run: Run) -> None:
    """Write the facts of the run whose results are in *folder*, where others may be."""
    known = read_runs(folder)
    run = msgspec.structs.replace(run, id=known[0].id if known else run.id or new_run_id())
    (folder / run.file).write_text(json.dumps(run.document), encoding="utf-8")


def end(record: RecordedScenario, status: Status) -> None:
    """Let all steps of a scenario but the last one have passed, and that one have *status*."""
    record.status = status
    for step in record.steps:
        step.status = Status.PASSED
    last = record.steps[-1]
    last.status = status
    if status is Status.FAILED:
        record.message = "[product] it is late"
        record.failure = RecordedFailure(
            FailureClass.PRODUCT, "it is late", last.name, None, record.path, last.line
        )
