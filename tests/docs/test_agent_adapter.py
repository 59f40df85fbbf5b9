"""The example of an adapter for an agent desk works with the project's own features."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxControl
from connector_harness.control.sandbox_agent import SandboxAgent
from connector_harness.sandbox.server import RunningSandbox
from tests.docs.desk import PASSWORD, Desk

ROOT = Path(__file__).parents[2]
FEATURES = ("agents/answering", "agents/transferring", "closing/closing", "closing/surveys")
PYPROJECT = """
[tool.pytest]
pythonpath = ["."]
testpaths = ["features"]
addopts = [
    "-p", "connector_harness.plugin", "--import-mode=importlib", "-ra",
    "-p", "no:anyio", "-p", "no:hypothesispytest", "-p", "no:rerunfailures",
]

[tool.connector_harness]
endpoint = "staging"

[tool.connector_harness.endpoints.staging]
address = "{url}"
agent = "our_agents.desk:agent"
"""


@pytest.fixture
def desk(endpoint: Endpoint) -> Iterator[Desk]:
    """The imagined desk, whose agents are those of the sandbox."""
    control = SandboxControl.of(endpoint, is_ours=True)
    assert control is not None
    desk = Desk(SandboxAgent(control))
    yield desk
    desk.close()
    control.close()


@pytest.fixture
def project(tmp_path: Path, sandbox: RunningSandbox) -> Path:
    """A project with our sentences, some of our features, and the example as its adapter."""
    for name in ("steps", "schemas", "features/data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in FEATURES:
        file = tmp_path / "features" / f"{name}.feature"
        file.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "features" / f"{name}.feature", file)
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "our_agents").mkdir()
    shutil.copy(ROOT / "docs" / "agent_adapter.py", tmp_path / "our_agents" / "desk.py")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(url=sandbox.url), encoding="utf-8")
    return tmp_path


def run(project: Path, sandbox: RunningSandbox, desk: Desk, **more: str) -> str:
    """Run the project and return what it printed."""
    ours = ("PYTEST_", "CONNECTOR_", "COV_", "COVERAGE_", "GITHUB_", "GITLAB_", "TF_BUILD")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    environment |= {
        "CONNECTOR_ACCOUNT": sandbox.account,
        "CONNECTOR_CLIENT_ID": sandbox.client_id,
        "CONNECTOR_CLIENT_SECRET": sandbox.client_secret,
        "DESK_URL": desk.url,
        "DESK_USER": "ada",
        "DESK_PASSWORD": PASSWORD,
        "COLUMNS": "200",
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    ended = subprocess.run(  # noqa: S603  # our own command
        command, cwd=project, env=environment | more, capture_output=True, text=True, check=False
    )
    return ended.stdout + ended.stderr


def test_features_run_with_the_example(project: Path, sandbox: RunningSandbox, desk: Desk) -> None:
    """What the desk can do passes, what it cannot is skipped, and the seat is free again."""
    told = run(project, sandbox, desk)

    lacking = re.findall(r"^  \d+ needs? (an? .*?)[;(,]", told, re.MULTILINE)
    assert [each.strip() for each in lacking] == [
        "an agent who can end surveys",
        "an agent who can set up surveys",
    ], told
    assert re.fullmatch(r"=+ \d\d passed, \d+ skipped in .*", told.splitlines()[-1]), told
    assert desk.left == 1


def test_desk_that_lets_nobody_in_stops_the_run(
    project: Path, sandbox: RunningSandbox, desk: Desk
) -> None:
    """The message names the setting, the example's function and the status of the desk."""
    told = run(project, sandbox, desk, DESK_PASSWORD="wrong")

    assert "agent = 'our_agents.desk:agent': agent failed: HTTPStatusError: Client error" in told
    assert "no tests ran" in told
