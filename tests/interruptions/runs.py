"""Runs that a test can stop at a known point, in a project of their own."""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from connector_harness.results.journal import attempts, journals
from tests.endpoint.runs import ROOT, environment

PATIENCE_S = 60
"""How long a test waits for a run before it gives up; one that works takes a few seconds."""

GATES = '''
"""Sentences that tell the test how far a run has come."""

import os
import threading
from pathlib import Path

from pytest_bdd import given, parsers, then, when


WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def tell(endpoint):
    with Path("told").open("w") as told:
        told.write(f"{WORKER} {os.getpid()} {endpoint.address}\\n")


@given("a basket", target_fixture="basket")
def a_basket():
    return []


@then("the basket is empty")
def the_basket_is_empty(basket):
    assert basket == []


@when("the run comes to a halt")
def the_run_comes_to_a_halt(endpoint):
    tell(endpoint)
    try:
        threading.Event().wait()
    except BaseException as error:
        Path("ended-by").write_text(type(error).__name__)
        raise


@when("the test has done its part")
def the_test_has_done_its_part(endpoint):
    tell(endpoint)
    Path(f"answer-{WORKER}").read_text()
'''

SWIFT = """
  Scenario: {title}
    When the shopper asks for a conversation
    Then a conversation is open
"""

HALT = """
  Scenario: {title}
    Given a basket
    When the run comes to a halt
    Then the basket is empty
"""

PART = """
  Scenario: {title}
    When the test has done its part
    And the shopper asks for a conversation
    Then a conversation is open
"""

HEAR = """
  Scenario: {title}
    Given a shopper in conversation with an agent
"""

STEP = """
  Scenario: {title}
    When {title}
"""


@dataclass(frozen=True)
class Told:
    """What a step told of the process that it runs in.

    Attributes:
        worker: The name of the worker, or ``main``.
        pid: The id of the process.
        address: Where the endpoint is.
    """

    worker: str
    pid: int
    address: str


class Project:
    """The repository's sentences and features of the test's own.

    Args:
        folder: Where the project goes; must not exist.
    """

    def __init__(self, folder: Path) -> None:
        """Write the files that every project has."""
        self.folder = folder
        folder.mkdir()
        for name in ("steps", "schemas"):
            (folder / name).symlink_to(ROOT / name)
        for name in ("conftest.py", "pyproject.toml"):
            (folder / name).write_bytes((ROOT / name).read_bytes())
        with (folder / "conftest.py").open("a", encoding="utf-8") as conftest:
            conftest.write('\npytest_plugins.append("gates")\n')
        (folder / "gates.py").write_text(GATES, encoding="utf-8")
        (folder / "features").mkdir()
        for name in ("told", "answer-main", "answer-gw0", "answer-gw1"):
            os.mkfifo(folder / name)

    @property
    def results(self) -> Path:
        """Where the run leaves the Allure results."""
        return self.folder / "reports" / "allure-results"

    def feature(self, *scenarios: str, name: str = "a") -> Self:
        """Write a feature whose scenarios are ``KIND title``, as ``HALT The second``."""
        kinds = {"SWIFT": SWIFT, "HALT": HALT, "PART": PART, "HEAR": HEAR, "STEP": STEP}
        parts = (scenario.partition(" ") for scenario in scenarios)
        body = "".join(kinds[kind].format(title=title) for kind, _, title in parts)
        file = self.folder / "features" / f"{name}.feature"
        file.write_text(f"Feature: {name}\n{body}", encoding="utf-8")
        return self

    def command(self, *more: str) -> list[str]:
        """Return the command line of a run."""
        junit = f"--junitxml={self.folder / 'junit.xml'}"
        return [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            junit,
            *more,
        ]

    @contextlib.contextmanager
    def running(self, *more: str, within: Sequence[str] = ()) -> Iterator["Running"]:
        """Run pytest as the leader of a process group of its own, which is gone in the end.

        Args:
            more: Arguments of pytest.
            within: A command that runs the one which follows.
        """
        with subprocess.Popen(  # noqa: S603  # our own command line
            [*within, *self.command(*more)],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield Running(self, process)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def run(self, *more: str, within: Sequence[str] = ()) -> "Ended":
        """Run pytest and wait for its end."""
        with self.running(*more, within=within) as run:
            return run.ended()


class Running:
    """A run under way.

    Args:
        project: Where it runs.
        process: The process that controls it.
    """

    def __init__(self, project: Project, process: "subprocess.Popen[str]") -> None:
        """Listen to what the steps tell."""
        self.process = process
        self._project = project
        # Also open for writing, so that it never looks as if it had come to its end.
        told = os.open(project.folder / "told", os.O_RDWR)
        self._told = os.fdopen(told, "rb", buffering=0)

    def told(self) -> Told:
        """Wait until a step tells how far it has come."""
        # Not select, which knows no file descriptor above 1,023: others may have taken those.
        poll = select.poll()
        with os.fdopen(os.pidfd_open(self.process.pid)) as end:
            for each in (self._told, end):
                poll.register(each, select.POLLIN)
            ready = [number for number, _ in poll.poll(PATIENCE_S * 1000)]
        assert self._told.fileno() in ready, f"the run did not come so far:\n{self.ended().output}"
        worker, pid, address = self._told.readline().decode().split()
        return Told(worker, int(pid), address)

    def answer(self, told: Told) -> None:
        """Let the step that has told, and waits for the test, go on."""
        os.close(os.open(self._project.folder / f"answer-{told.worker}", os.O_WRONLY))

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process that controls the run, and to no other."""
        os.kill(self.process.pid, number)

    def send_all(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the run, as the terminal does at Ctrl-C."""
        os.killpg(self.process.pid, number)

    def kill_sandbox(self) -> None:
        """Kill the sandbox that the run has started."""
        [pid] = sandboxes_of(self.process.pid)
        os.kill(pid, signal.SIGKILL)

    def ended(self) -> "Ended":
        """Wait until no process of the run writes any more, and return what is left."""
        try:
            output, _ = self.process.communicate(timeout=PATIENCE_S)
        finally:
            self._told.close()
        return Ended(self._project, self.process.pid, self.process.returncode, output)


@dataclass(frozen=True)
class Ended:
    """A run that has ended.

    Attributes:
        project: Where it ran.
        group: Its process group.
        exit_code: How it ended.
        output: What it wrote to the terminal.
    """

    project: Project
    group: int
    exit_code: int
    output: str

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        """The Allure results by title; each must be whole."""
        files = self.project.results.glob("*-result.json")
        found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        return {result["name"]: result for result in found}

    @property
    def statuses(self) -> dict[str, str]:
        """How each scenario ended, by title, as Allure has it."""
        return {title: result["status"] for title, result in self.results.items()}

    @property
    def not_run(self) -> list[str]:
        """The titles that the summary names as not run."""
        _, _, section = self.output.partition("= not run =")
        return re.findall(r"^  \S+::(.+?)(?: \(interrupted\))?$", section, re.MULTILINE)

    @property
    def cases(self) -> dict[str, ET.Element]:
        """The test cases of the JUnit file, by title."""
        root = ET.parse(self.project.folder / "junit.xml").getroot()  # noqa: S314  # our run's
        return {str(case.get("name")): case for case in root.iter("testcase")}


def sandboxes_of(pid: int) -> list[int]:
    """Return the ids of the sandboxes that process *pid* has started."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,args="],  # noqa: S607  # wherever it is
        capture_output=True,
        text=True,
        check=True,
    )
    pattern = rf"^ *(\d+) +{pid} .*-m connector_harness\.sandbox"
    return [int(found) for found in re.findall(pattern, listed.stdout, re.MULTILINE)]


def sources(part: dict[str, Any]) -> Iterator[str]:
    """Yield the files that *part* of a result refers to."""
    yield from (attachment["source"] for attachment in part.get("attachments", []))
    for step in part.get("steps", []):
        yield from sources(step)


def assert_whole(run: Ended) -> None:
    """Expect what the results refer to, nothing else, and journals that tell the same."""
    referred = {source for result in run.results.values() for source in sources(result)}
    found = [file.name for file in run.project.results.iterdir()]

    assert {name for name in found if "-attachment." in name} == referred
    assert [name for name in found if name.startswith(".") or name.endswith(".tmp")] == []
    kept = [each for file in journals(run.project.results) for each in attempts(file)]
    assert {each.title: each.status for each in kept} == run.statuses


def assert_gone(run: Ended, address: str) -> None:
    """Expect no process of *run*, and nobody at the *address* of its endpoint."""
    with pytest.raises(ProcessLookupError):
        os.killpg(run.group, 0)
    assert_refused(address)


def assert_refused(address: str) -> None:
    """Expect that nobody listens at *address*."""
    with pytest.raises(ConnectionRefusedError):
        connected(address)


def connected(address: str) -> socket.socket:
    """Return a connection to *address*."""
    url = urlsplit(address)
    return socket.create_connection((url.hostname, url.port), timeout=PATIENCE_S)
