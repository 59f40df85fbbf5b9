"""What the outputs of a run have in common."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.project import Project

MESSAGES = ("--messages", "messages.ndjson")


def red_in_every_output(project: Project, run: pytest.RunResult) -> tuple[int, int]:
    """Return how many scenarios there are, and how many of them failed, as every output tells it.

    The run has to be one at GitHub, for its annotations and summary, with `MESSAGES`.
    """
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    reports = project.root / "reports"
    root = ET.parse(reports / "junit.xml").getroot()  # noqa: S314 - written by this very run
    # What is wrong with the run as a whole stands in a suite of its own.
    cases = [each for each in root.iter("testcase") if each.get("file", "").endswith(".feature")]
    failed = sum(not {"failure", "error"}.isdisjoint(part.tag for part in e) for e in cases)
    lines = (project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    statuses = [each["status"] for each in project.results()]
    found = {
        "annotations": sum(line.startswith("::error file=") for line in run.outlines),
        "Allure": sum(status in ("failed", "broken") for status in statuses),
        "document": _failed((reports / "spec.html").read_text(encoding="utf-8")),
        "summary": _failed((reports / "summary.md").read_text(encoding="utf-8")),
        "messages": sum(_is_red(each) for each in told),
    }
    assert found == dict.fromkeys(found, failed), (found, failed)
    assert len(statuses) == len(cases) == sum("testCaseStarted" in each for each in told)
    assert told[-1]["testRunFinished"]["success"] is False
    return len(cases), failed


def _failed(text: str) -> int:
    found = re.search(r"(\d+) of \d+ scenarios? failed", text)
    return int(found[1]) if found else 0


def _is_red(message: dict[str, dict[str, dict[str, str]]]) -> bool:
    result = message.get("testStepFinished", {}).get("testStepResult", {})
    return result.get("status") in ("FAILED", "UNDEFINED", "AMBIGUOUS", "PENDING")
