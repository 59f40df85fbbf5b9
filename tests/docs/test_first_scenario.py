"""README's first scenario is written, run, misspelt and failed as the page says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.endpoint.runs import ROOT, environment, make_project

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Your first scenario in ten minutes")[2].partition("\n## ")[0]
TIMEOUT_S = 60


def block(kind: str, number: int = 0) -> str:
    """Return the text of the page's block of a kind."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    return str([text for each, text in found if each == kind][number])


def pattern(shown: str) -> str:
    """Return the expression that fits what the page shows; `…` stands for anything."""
    return re.escape(shown.strip()).replace("…", ".*?")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The repository, with the page's feature and document in it."""
    project = make_project(tmp_path / "project", "")
    data = project / "features" / "data"
    data.unlink()
    shutil.copytree(ROOT / "features" / "data", data)
    (data / "profiles" / "parcel_sender.json").write_text(block("json"), encoding="utf-8")
    (project / "features" / "returns.feature").write_text(block("gherkin"), encoding="utf-8")
    return project


def run(project: Path, *, before: str = "", after: str = "") -> str:
    """Return what pytest says of the feature, with a text of it replaced."""
    file = project / "features" / "returns.feature"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after) if before else text, encoding="utf-8")
    ended = subprocess.run(  # our own command line
        [sys.executable, "-m", "pytest", "features/returns.feature"],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return ended.stdout


def test_it_passes(project: Path) -> None:
    """Copied word by word, the feature and its document are a scenario that runs."""
    assert "1 passed" in run(project)


def test_misspelt_sentence_is_named(project: Path) -> None:
    """The page shows what is said of it."""
    said = run(project, before="connector sends the", after="connector send the")

    assert re.search(pattern(block("", 0)), said, re.DOTALL)


def test_failure_is_shown(project: Path) -> None:
    """The page shows the failure of another profile than the one that was sent."""
    said = run(project, before='profile "parcel sender"\n    And the endpoint', after=(
        'profile "known customer"\n    And the endpoint'))  # fmt: skip

    assert re.search(pattern(block("", 1)), said, re.DOTALL)
