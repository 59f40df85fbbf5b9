"""Endpoints that are wrong, and the runs of the seed scenario against them."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from tests.endpoint import faults
from tests.endpoint.runs import ROOT, SEED_FEATURE, SEED_TITLE, Run, make_project, run
from tests.endpoint.server import Fault, RecordingServer

TIMEOUTS = "connect_timeout_s = 2\nread_timeout_s = 0.4\ntotal_timeout_s = 0.8\n"
"""Long enough for an answer on a busy machine, short enough to wait for one that never comes."""

FAULTS = {
    "conversation": faults.CONVERSATION,
    "app_token": faults.APP_TOKEN,
    "consumer_token": faults.CONSUMER_TOKEN,
    "discovery": faults.DISCOVERY,
}
"""What each service gets wrong."""

OTHERWISE = "without_a_fault"
"""The copy of the feature that comes after all faults."""


@dataclass(frozen=True)
class HostileRun:
    """A run of the seed scenario, once for each fault, against one server.

    Attributes:
        run: The run.
        server: The server, with all that it received.
        faults: The faults by name, in the order in which they were met.
    """

    run: Run
    server: RecordingServer
    faults: dict[str, Fault] = field(repr=False)

    def path(self, fault: str) -> str:
        """Return the feature file in which the seed scenario met *fault*."""
        return f"features/hostile/{fault}/create_and_send.feature"

    def failure(self, fault: str) -> str:
        """Return how the failure of the seed scenario reads."""
        name = self.path(fault).removesuffix(".feature").replace("/", ".")
        case = self.run.cases[f"{name}::{SEED_TITLE}"]
        return case.findtext("failure") or case.findtext("error") or ""

    @cached_property
    def failed(self) -> set[str]:
        """The scenarios that did not pass."""
        return {result["fullName"] for result in self.run.results if result["status"] != "passed"}


def project_of_faults(folder: Path, settings: str, names: list[str]) -> Path:
    """Make a project that has the seed's feature once for each of *names*."""
    project = make_project(folder, settings)
    for name in names:
        place = project / "features" / "hostile" / name / "create_and_send.feature"
        place.parent.mkdir(parents=True)
        place.symlink_to(ROOT / SEED_FEATURE)
    return project


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], HostileRun]]:
    """Run the seed scenario against each fault of a service, all in one run; done once."""
    done: dict[str, HostileRun] = {}
    with ExitStack() as stack:

        def start(service: str) -> HostileRun:
            if service not in done:
                server = stack.enter_context(RecordingServer())
                done[service] = hostile_run(tmp_path_factory.mktemp(service), server, service)
            return done[service]

        yield start


def hostile_run(folder: Path, server: RecordingServer, service: str) -> HostileRun:
    """Run the seed scenario against each fault of *service*.

    Beside it runs a scenario that meets no fault: the other critical one of the same file where
    faults hit the conversation service, and otherwise the same one after all faults.
    """
    faults.packed(1)
    faults.packed(2)
    known = dict(sorted(FAULTS[service].items()))
    if service in {"app_token", "discovery"}:
        # Asked once more, before the first scenario; what is certain to fail then ends the run.
        server.will_fail(service, faults.none)
    server.will_fail(service, *known.values())
    key = "discovery" if service == "discovery" else "address"
    settings = f'[tool.connector_harness.endpoints.hostile]\n{key} = "{server.url}"\n{TIMEOUTS}'
    project = project_of_faults(folder / "project", settings, [*known, OTHERWISE])
    which = "critical" if service == "conversation" else "seed"
    more = ("features/hostile", "-m", which, "--endpoint", "hostile")
    return HostileRun(run(folder / "results", *more, cwd=project), server, known)


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    """A server that answers as documented unless told otherwise."""
    with RecordingServer() as server:
        yield server


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that refuses connections, and that nobody else can take meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
