"""The endpoint is known before anything runs, and the sandbox leaves with the run."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.project import CREDENTIALS, PASSING, Project

ASKING = """
    import os
    from pathlib import Path


    @when("the endpoint is asked for")
    def the_endpoint_is_asked_for(endpoint, seen):
        seen.append(endpoint)


    @when("the account is noted")
    def the_account_is_noted(endpoint):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        Path(f"account-of-{worker}").write_text(endpoint.account)
"""

ASKED = """
    Feature: F
      Scenario: S
        Given a basket
        When the endpoint is asked for
"""


@pytest.fixture
def asking(project: Project) -> Project:
    """A project whose steps use the endpoint."""
    project.steps(ASKING)
    return project


def is_open(address: str) -> bool:
    """Return whether somebody accepts connections at *address*."""
    with ExitStack() as stack:
        try:
            stack.enter_context(connected(address))
        except ConnectionRefusedError:
            return False
        return True


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    """Connect to *address* for a while."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        yield connection


def test_steps_get_the_endpoint(asking: Project) -> None:
    """The fixture `endpoint` is what the command line and the environment say."""
    asking.feature(ASKED)

    asking.run().assert_outcomes(passed=1)

    endpoint = asking.seen[1]
    assert (endpoint.address, endpoint.account) == ("http://127.0.0.1:9", "70000001")


def test_header_names_the_endpoint(project: Project) -> None:
    """Who reads only the beginning of the output sees what was tested."""
    project.feature(PASSING)

    project.run().stdout.fnmatch_lines(["endpoint: http://127.0.0.1:9"])


MISSING = """\
ERROR: endpoint 'http://127.0.0.1:9' (chosen on the command line) cannot be used: 3 problems in \
its settings
  CONNECTOR_ACCOUNT is missing
     at: the environment, .env, the endpoint's table
     next: write account = "…" in the endpoint's table, or set CONNECTOR_ACCOUNT in the \
environment or in an uncommitted .env
  CONNECTOR_CLIENT_ID is missing
     at: the environment, .env
     next: set CONNECTOR_CLIENT_ID in the environment or in an uncommitted .env
  CONNECTOR_CLIENT_SECRET is missing
     at: the environment, .env
     next: set CONNECTOR_CLIENT_SECRET in the environment or in an uncommitted .env
"""


@pytest.fixture
def without_credentials(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a feature, and nothing in the environment."""
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    project.feature(PASSING)
    return project


def test_settings_are_refused_in_one_message(without_credentials: Project) -> None:
    """All that is missing is named at once, and nothing runs."""
    run = without_credentials.run()

    assert run.stderr.str().strip() == MISSING.strip()
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert without_credentials.seen == []


def test_settings_are_refused_with_workers_too(without_credentials: Project) -> None:
    """With ``-n 2`` it is the same message, once."""
    run = without_credentials.run("-n", "2")

    assert run.stderr.str().strip() == MISSING.strip()
    assert run.ret == pytest.ExitCode.USAGE_ERROR


def test_unknown_endpoint_is_refused(project: Project) -> None:
    """A name that no table has is answered with those that are known."""
    project.feature(PASSING)

    run = project.run(endpoint="sandbux")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["  no endpoint has the name 'sandbux'; the closest is 'sandbox'"])


def test_wrong_settings_cost_no_results(project: Project) -> None:
    """A run that does not begin leaves the results of the last one."""
    project.feature(PASSING)
    project.run()

    project.run(endpoint="unknown")

    assert len(project.results()) == 1


def test_sandbox_serves_the_run_and_ends_with_it(asking: Project) -> None:
    """Steps get a sandbox of this run; afterwards nobody listens there any more."""
    asking.feature(ASKED)

    asking.run(endpoint="sandbox").assert_outcomes(passed=1)

    address = asking.seen[1].address
    assert address.startswith("http://127.0.0.1:")
    assert not is_open(address)


def test_sandbox_is_the_default(asking: Project) -> None:
    """Without any setting the sandbox is used."""
    asking.feature(ASKED)

    run = asking.run(endpoint="")

    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["endpoint: sandbox"])


def test_each_worker_has_an_account_of_its_own(asking: Project) -> None:
    """Workers share the sandbox and nothing in it."""
    outline = "Feature: F\n  Scenario Outline: S\n    When the account is noted\n    Examples:\n"
    rows = "".join(f"      | {number} |\n" for number in range(8))
    asking.feature(f"{outline.replace(': S', ': <n>')}      | n |\n{rows}")

    asking.run("-n", "2", "--endpoint", "sandbox").assert_outcomes(passed=8)

    notes = sorted(asking.root.glob("account-of-gw*"))
    assert len({note.read_text(encoding="utf-8") for note in notes}) == len(notes) == 2


@pytest.fixture
def python_that_ends(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python that says a last word and ends; the file that tells that it was started."""
    started = project.root / "started"
    script = project.write("python", f"#!/bin/sh\ntouch {started}\necho no server >&2\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    return started


def test_sandbox_that_does_not_start_is_told(project: Project, python_that_ends: Path) -> None:
    """Nothing runs, and the message ends with the sandbox's last words."""
    project.feature(PASSING)

    run = project.run(endpoint="sandbox")

    assert python_that_ends.exists()
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert project.seen == []
    run.stderr.fnmatch_lines(
        [
            "ERROR: the sandbox ended with exit code 3 before it said its address",
            "  stderr: no server",
            "  next: run it by hand: *",
        ]
    )


@pytest.mark.parametrize("option", ["--co", "--spec-check"])
def test_sandbox_is_not_started_where_nothing_runs(
    project: Project, python_that_ends: Path, option: str
) -> None:
    """To look at the features costs no process."""
    project.feature(PASSING)

    project.run(option, endpoint="sandbox")

    assert not python_that_ends.exists()
