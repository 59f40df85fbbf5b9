"""The files for CI systems are of their grammar, and what they run does what they say."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.project import ADDRESS, CREDENTIALS, Project

CI = Path(__file__).parents[2] / "docs" / "ci"
GITHUB, GITLAB = CI / "github-actions.yml", CI / "gitlab-ci.yml"
SHARDS = 3
PATIENCE_S = 120

FIVE = """
    Feature: Five baskets

      Scenario Outline: Basket <number>
        Given a basket
        Then the basket holds <count>

        Examples:
          | number | count |
          | 1      | 0     |
          | 2      | 0     |
          | 3      | 0     |
          | 4      | 0     |
          | 5      | 7     |
"""


def read(file: Path) -> dict[str, Any]:
    """Return what stands in a file."""
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("file", "grammar"),
    [
        (GITHUB, ("vendor.github-workflows",)),
        (GITLAB, ("vendor.gitlab-ci", "--data-transform", "gitlab-ci")),
    ],
    ids=["github", "gitlab"],
)
def test_file_is_of_the_grammar_of_its_system(file: Path, grammar: tuple[str, ...]) -> None:
    """The schema that each system publishes takes it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *grammar, str(file)]

    ran = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ours

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("file", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_secrets_are_those_of_the_system(file: Path) -> None:
    """No value of a credential stands in the file; no secret is put into a command."""
    text = file.read_text(encoding="utf-8")
    given = re.findall(r"^ +CONNECTOR_(?:ACCOUNT|CLIENT\w+): (.*)$", text, re.MULTILINE)

    assert all(re.fullmatch(r"\$\{\{ secrets\.CONNECTOR_\w+ \}\}", each) for each in given)
    assert not re.search(r"run: .*(\$\{\{|SECRET)", text)


def github_script(job: str, name: str) -> str:
    """Return what a step of a job of GitHub runs."""
    steps = read(GITHUB)["jobs"][job]["steps"]
    return next(str(each["run"]) for each in steps if each.get("name", "").startswith(name))


def gitlab_script(job: str, part: str = "script") -> str:
    """Return what a job of GitLab runs."""
    return "\n".join(read(GITLAB)[job][part])


class Runner:
    """A machine of a CI system with a checkout of the project.

    Args:
        project: What is checked out.
    """

    def __init__(self, project: Project) -> None:
        """Put the Python of these tests first."""
        self.root = project.root
        self._environment = {
            **os.environ,
            **CREDENTIALS,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CONNECTOR_ENDPOINT": ADDRESS,
        }

    def run(self, script: str, **variables: str) -> int:
        """Run *script* as a runner does, and return its exit code; one process does it all."""
        script = re.sub(r"\bpytest -n \d\b", "pytest -n 0", script)
        command = [shutil.which("bash") or "bash", "-eo", "pipefail", "-c", script]
        ran = subprocess.run(  # noqa: S603 - what our own file has
            command,
            cwd=self.root,
            env=self._environment | variables,
            check=False,
            capture_output=True,
            timeout=PATIENCE_S,
        )
        return ran.returncode

    def cases(self) -> dict[str, str]:
        """Return the scenarios of the report, and how each ended."""
        root = ET.parse(self.root / "reports/junit.xml").getroot()  # noqa: S314 - our own
        return {
            str(case.get("name")): "failed" if case.find("failure") is not None else "passed"
            for case in root.iter("testcase")
        }


WHOLE = {f"Basket {number}": "passed" for number in "1234"} | {"Basket 5": "failed"}


@pytest.fixture
def runner(project: Project) -> Runner:
    """A runner with a project of five scenarios, one of which fails."""
    project.feature(FIVE)
    return Runner(project)


def test_github_runs_everything_at_every_push(runner: Runner) -> None:
    """A failure makes the job red, and the report is there."""
    assert runner.run(github_script("sandbox", "Run")) == pytest.ExitCode.TESTS_FAILED
    assert runner.cases() == WHOLE


@pytest.mark.whole_run
def test_github_makes_one_report_of_all_shards(runner: Runner) -> None:
    """Shard by shard, then all of them; what is kept balances the next run."""
    codes = []
    for number in range(1, SHARDS + 1):
        codes.append(runner.run(github_script("endpoint", "Run"), SHARD=f"{number}/{SHARDS}"))
        # As the artifacts are put up and fetched.
        shutil.copytree(runner.root / "reports/allure-results", runner.root / f"shards/{number}")

    assert sorted(codes) == [0, 0, 1]
    assert runner.run(github_script("report", "Make")) == 0
    assert runner.cases() == WHOLE
    assert runner.run(github_script("report", "Keep")) == 0
    assert (runner.root / "last-run/spec.json").is_file()
    assert runner.run(github_script("endpoint", "Run"), SHARD=f"1/{SHARDS}") in (0, 1)


@pytest.mark.whole_run
def test_gitlab_makes_one_report_of_all_shards(runner: Runner) -> None:
    """The same, with a folder for each shard; without one of them the report is red."""
    codes = []
    for number in range(1, SHARDS + 1):
        assert runner.run(gitlab_script("report")) == 1
        variables = {"CI_NODE_INDEX": str(number), "CI_NODE_TOTAL": str(SHARDS)}
        codes.append(runner.run(gitlab_script("endpoint"), **variables))

    assert sorted(codes) == [0, 0, 1]
    assert runner.run(gitlab_script("report"), GITLAB_CI="true") == 0
    assert runner.cases() == WHOLE
    assert (runner.root / "reports/summary.md").is_file()
    assert runner.run(gitlab_script("report", "after_script")) == 0
    assert (runner.root / "last-run/spec.json").is_file()


def test_number_of_shards_is_that_of_the_jobs() -> None:
    """What the jobs are told is how many there are."""
    strategy = read(GITHUB)["jobs"]["endpoint"]["strategy"]["matrix"]["shard"]

    assert strategy == list(range(1, SHARDS + 1))
    assert read(GITLAB)["endpoint"]["parallel"] == SHARDS
