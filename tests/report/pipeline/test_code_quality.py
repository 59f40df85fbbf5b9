"""The code quality report is what GitLab's merge requests read."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connector_harness.report.pipeline.code_quality import SHOWN, write_code_quality
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.failed import Failed
from tests.report.failures import HOSTILE, failure

# As GitLab's page on the format of code quality reports has it.
FORM: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def written(folder: Path, *failures: Failed) -> list[dict[str, Any]]:
    """Return the report of *failures*; it has GitLab's form."""
    file = write_code_quality(failures, CiSystem("gitlab", "e2e/"), folder)
    report: list[dict[str, Any]] = json.loads(file.read_bytes())
    jsonschema.validate(report, FORM)
    return report


def test_failure_stands_at_its_line(tmp_path: Path) -> None:
    """Path and line are those of the checkout."""
    [entry] = written(tmp_path, failure(HOSTILE))

    assert entry["location"] == {
        "path": "e2e/features/parcels.feature",
        "lines": {"begin": 14},
    }
    assert entry["description"] == f"One: {HOSTILE}"


def test_nothing_failed_is_a_report_too(tmp_path: Path) -> None:
    """An empty report lets GitLab tell what has been fixed."""
    assert written(tmp_path) == []


def test_fingerprint_stays_when_the_reason_changes(tmp_path: Path) -> None:
    """One scenario is one issue, whyever it fails and wherever it stands."""
    one = dataclasses.replace(failure("a"), line=1, kind="timeout")

    [first, again, other] = written(tmp_path, one, failure("b"), failure(title="Other"))

    assert first["fingerprint"] == again["fingerprint"] != other["fingerprint"]


@pytest.mark.parametrize(
    ("severity", "counts", "told"),
    [
        ("blocker", True, "blocker"),
        ("trivial", True, "info"),
        ("normal", True, "major"),
        ("", True, "major"),
        ("blocker", False, "info"),
    ],
)
def test_severity_is_that_of_the_tags(
    tmp_path: Path, severity: str, told: str, *, counts: bool
) -> None:
    """What a tag says is told in GitLab's words; quarantine is for information."""
    [entry] = written(tmp_path, dataclasses.replace(failure(counts=counts), severity=severity))

    assert entry["severity"] == told


def test_there_are_no_more_than_anybody_reads(tmp_path: Path) -> None:
    """GitLab takes files of a limited size only."""
    many = [failure("x" * 9_999, title=str(number)) for number in range(1_000)]

    assert len(written(tmp_path, *many)) == SHOWN
