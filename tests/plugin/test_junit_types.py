"""The JUnit file names the class of each failure as its type."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from connector_harness.plugin.junit_types import add_types
from tests.plugin.project import FAILING, Project

JUNIT = '<testsuite><testcase><{0} message="{1}">é</{0}></testcase></testsuite>'


def typed(folder: Path, element: str, message: str) -> str | None:
    """Return the type that *element* gets for *message*."""
    file = folder / "junit.xml"
    file.write_text(JUNIT.format(element, message), encoding="utf-8")
    add_types(file)
    found = ET.parse(file).find(f".//{element}")  # noqa: S314  # written above
    assert found is not None
    assert found.text == "é"
    return found.get("type")


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ("failure", "[timeout] in vain"),
        ("error", "failed on setup with &quot;[timeout] in vain&quot;"),
        ("error", "failed on teardown with &quot;[timeout] in vain&quot;"),
    ],
)
def test_class_becomes_the_type(tmp_path: Path, element: str, message: str) -> None:
    """The class in front of a message is the type, also where pytest wraps the message."""
    assert typed(tmp_path, element, message) == "timeout"


@pytest.mark.parametrize("message", ["[timeouts] in vain", "it says [timeout] in vain", "assert 0"])
def test_other_message_gets_no_type(tmp_path: Path, message: str) -> None:
    """What is not told by the harness stays as pytest has written it."""
    assert typed(tmp_path, "failure", message) is None


def test_nothing_else_is_left(tmp_path: Path) -> None:
    """The file is replaced in one go, and no draft stays beside it."""
    typed(tmp_path, "failure", "[timeout] in vain")

    assert [file.name for file in tmp_path.iterdir()] == ["junit.xml"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_run_types_its_failures(project: Project, workers: tuple[str, ...]) -> None:
    """A run that writes a JUnit file types the failures there, with workers too."""
    project.feature(FAILING)

    project.run_process("--junitxml", "junit.xml", *workers)

    failure = ET.parse(project.root / "junit.xml").find(".//failure")  # noqa: S314  # our own
    assert failure is not None
    assert failure.get("type") == "product"
