"""The endpoint under test, for one run: chosen, started if it is the sandbox, and stopped."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from connector_harness.client.settings import Endpoint, endpoint_name, load_endpoint
from connector_harness.plugin.endpoint.connectivity import Connectivity
from connector_harness.plugin.processes.channel import told
from connector_harness.plugin.processes.signals import Terminated
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.record import ScenarioUnderWay
from connector_harness.sandbox.server import (
    RunningSandbox,
    SandboxError,
    StartingSandbox,
    start_sandbox,
)

SANDBOX = "sandbox"


class SandboxLostError(SandboxError):
    """The sandbox ended in the middle of the run."""


@dataclass(frozen=True)
class Account:
    """An account of a running sandbox, as a worker process is told of it."""

    url: str
    account: str
    client_id: str
    client_secret: str = field(repr=False)


class EndpointUnderTest:
    """The endpoint of this process.

    The process that controls the run starts the sandbox and stops it; a worker of pytest-xdist
    is told where it is and asks it for an account of its own. Once the sandbox is known to have
    ended by itself it is lost; see `look`.

    Raises:
        SettingsError: The settings cannot be read.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.is_lost = False
        self._parent = os.getppid()
        self.name = endpoint_name(
            rootdir=config.rootpath, environ=os.environ, name=config.getoption("--endpoint")
        )
        self._starting: StartingSandbox | None = None
        self._running: RunningSandbox | None = None
        self._endpoint: Endpoint | None = None
        self._connectivity: Connectivity | None = None

    def start(self) -> None:
        """Read the settings; where the sandbox is chosen, let it start in the background.

        Raises:
            SettingsError: Something in the settings is missing, wrong or unknown.
        """
        if self.name == SANDBOX:
            self._starting = start_sandbox()
        else:
            self._endpoint = self._load(None)

    @property
    def endpoint(self) -> Endpoint:
        """The settings, complete; waits for the sandbox where that is chosen.

        Raises:
            SandboxError: The sandbox did not start.
            SettingsError: Something in the settings is missing, wrong or unknown.
        """
        if self._endpoint is None:
            account: Account | RunningSandbox | None = None
            if self.name == SANDBOX:
                account = self._ready() if self._told is None else _own_account(self._told)
            self._endpoint = self._load(account)
        return self._endpoint

    def _load(self, sandbox: Account | RunningSandbox | None) -> Endpoint:
        return load_endpoint(
            rootdir=self._config.rootpath,
            environ=os.environ,
            name=self._config.getoption("--endpoint"),
            sandbox=sandbox,
        )

    @property
    def _told(self) -> str | None:
        """The sandbox's address, in a worker."""
        return told(self._config).sandbox or None

    @property
    def relay(self) -> tuple[str, bytes, str] | None:
        """How this worker joins the one receiver of the run; None where it has its own."""
        return told(self._config).relay

    def _ready(self) -> RunningSandbox:
        if self._starting is None:
            self._starting = start_sandbox()
        if self._running is None:
            self._running = self._starting.ready()
        return self._running

    def address_of_sandbox(self) -> str:
        """Return where the sandbox of the run is, once it is there; empty where it has none."""
        return self._ready().url if self.name == SANDBOX else ""

    def tell_secrets(self, redactor: Redactor) -> None:
        """Let *redactor* mask what the settings hold, whether a scenario uses them or not.

        An account of the sandbox is made, and its secret told, when a step first asks for it.
        """
        if self.name != SANDBOX:
            for secret in self.endpoint.secrets:
                redactor.add(secret)

    def look(self) -> bool:
        """Look whether the sandbox has ended by itself, and return it.

        It is asked after a failure only: a scenario that passed had its answers.

        Raises:
            Terminated: This is a worker, and the whole run has ended.
        """
        if not self.is_lost and self.name == SANDBOX:
            url = self._told or (self._running.url if self._running else None)
            self.is_lost = url is not None and _is_gone(url)
        if self.is_lost and self._told and os.getppid() != self._parent:
            # The sandbox has gone with the process that controlled the run.
            raise Terminated("the run was killed")
        return self.is_lost

    def require(self) -> None:
        """Raise where a scenario need not be tried, since nobody would answer.

        Raises:
            EndpointLostError: Nobody answered in the scenarios before.
            SandboxLostError: The sandbox is known to have ended.
        """
        if self.is_lost:
            raise self.loss()
        if self._connectivity is not None:
            self._connectivity.require()

    def note(self, record: ScenarioUnderWay, error: BaseException | None) -> None:
        """Take note of how a scenario ended: where none has an answer, the rest is given up."""
        if self._connectivity is not None:
            self._connectivity.note(record, error)

    def watch(self, folder: Path | None) -> None:
        """Give up where nobody answers; a sandbox of the run is looked after in its own way."""
        self._connectivity = Connectivity(folder)

    def loss(self, cause: BaseException | None = None) -> SandboxLostError:
        """Return what to raise where a scenario finds no sandbox any more, as *cause* shows."""
        met = f"\n  met as: {str(cause).partition(chr(10))[0]}" if cause else ""
        return SandboxLostError(
            f"the sandbox has ended in the middle of the run{met}\n"
            "  next: the last lines of the run say how it ended; this scenario may well be sound"
        )

    def obituary(self) -> str | None:
        """Return how the sandbox that this process started ended; None while it serves."""
        words = None if self._running is None else self._starting and self._starting.last_words()
        return f"the sandbox {words}" if words else None

    def stop(self) -> None:
        """End the sandbox, if this process started one."""
        if self._starting is not None:
            self._starting.stop()


def _is_gone(url: str) -> bool:
    # A server that is slow is there.
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname, address.port), LOOK_S) as connection:
            # A server that is just being killed takes connections to its last moment.
            connection.sendall(b"GET /_sandbox/ HTTP/1.0\r\n\r\n")
            return not connection.recv(1)
    except ConnectionError:
        return True
    except OSError:
        return False


LOOK_S = 1.0
"""How long an answer of the sandbox is waited for that only shows that it is there."""


def _own_account(url: str) -> Account:
    with httpx.Client(base_url=url, trust_env=False) as client:
        made = client.post("/_sandbox/accounts", json={}).raise_for_status().json()
    return Account(url, made["account"], made["clientId"], made["clientSecret"])


ENDPOINT = pytest.StashKey[EndpointUnderTest]()
"""The endpoint of this process."""
