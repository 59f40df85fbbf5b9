"""What the tests of several packages need: runs of pytest, and a sandbox to speak to."""

import fcntl
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

# What is loaded when it is first used: were that in a run inside of a test, pytest would unload it
# after that run. The next would load it again, and no connection of this process be used twice.
import anyio._backends._asyncio  # noqa: F401
import pytest

import connector_harness.plugin.ending.documents  # noqa: F401
from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint, load_endpoint
from connector_harness.redaction.redactor import Redactor
from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from tests.client.conftest import Record
from tests.endpoint.runs import Run, run
from tests.project import CREDENTIALS, Project

pytest_plugins = ["pytester"]

WORKERS = re.compile(r"(?:^| )-n ?[1-9]")

# Where it is set, each of the many processes that tests start compiles everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore Ctrl-C, and all that is started there.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to CI what is tried in one process and with workers: each of those is a start."""
    for item in items:
        if isinstance(item, pytest.Function) and _has_workers(item):
            item.add_marker("whole_run")


def _has_workers(item: pytest.Function) -> bool:
    spec = getattr(item, "callspec", None)
    options = [each for each in spec.params.values() if isinstance(each, tuple)] if spec else ()
    return any(WORKERS.search(" ".join(map(str, each))) for each in options)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox in a process of its own."""
    running = start_sandbox().ready()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def endpoint(sandbox: RunningSandbox) -> Endpoint:
    """The sandbox, as an endpoint."""
    root = Path(__file__).parents[1]
    return load_endpoint(rootdir=root, environ={}, name="sandbox", sandbox=sandbox)


@pytest.fixture(scope="session")
def all_features(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of all features on the built-in sandbox, for all processes of these tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "all-features"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = folder / "ended"
        if not ended.exists():
            done = run(folder, "-q", timeout_s=600)
            (folder / "output").write_text(done.output, encoding="utf-8")
            ended.write_text(str(done.exit_code))
    output = (folder / "output").read_text(encoding="utf-8")
    return Run(folder, int(ended.read_text()), output)


@pytest.fixture
def connector(endpoint: Endpoint) -> Iterator[Connector]:
    """A connector to the sandbox."""
    with Connector(endpoint, witness=Record(), redactor=Redactor()) as connector:
        yield connector


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with the sentences of a shop and no feature yet."""
    # What the run is part of that these tests are part of is not what the project is part of.
    for name in ("CONNECTOR_ENDPOINT", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    # Wide enough for the short summary to be whole.
    monkeypatch.setenv("COLUMNS", "300")
    return Project(pytester)
