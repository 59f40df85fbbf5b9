"""One run in which every trial is played, and once more what they play, unbroken."""

import json
import shutil
from pathlib import Path

import pytest

from tests.endpoint.runs import ROOT, Run, run
from tests.false_green.plugin import STRIKES
from tests.false_green.trials import TRIALS, UNBROKEN

IMPATIENT = """
[tool.connector_harness.endpoints.sandbox]
wait_s = 1
"""
"""Settings with which nobody waits long for what will not come."""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the features of each trial in a folder named after it."""
    folder = tmp_path_factory.mktemp("false_green")
    for name in ("steps", "schemas", "tests", "conftest.py"):
        (folder / name).symlink_to(ROOT / name)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(f"{settings}{IMPATIENT}", encoding="utf-8")
    (folder / "features").mkdir()
    (folder / "features" / "data").symlink_to(ROOT / "features" / "data")
    for name, trial in TRIALS.items():
        for place in (name, UNBROKEN):
            copy(trial.feature, folder / "features" / place)
    return folder


@pytest.fixture(scope="session")
def ran(project: Path) -> Run:
    """The run."""
    plugin = ("-p", "tests.false_green.plugin")
    # A hundred scenarios: on a machine with much else to do, more than other runs need.
    return run(project, "features", *plugin, cwd=project, timeout_s=180)


@pytest.fixture(scope="session")
def strikes(ran: Run) -> dict[str, int]:
    """How often each breakage has struck."""
    found: dict[str, int] = json.loads((ran.folder / STRIKES).read_text(encoding="utf-8"))
    return found


def copy(feature: str, folder: Path) -> None:
    """Put a copy of *feature* into *folder*."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / feature, folder)
