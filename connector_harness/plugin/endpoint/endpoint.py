"""The endpoint under test, for one run: chosen, started or reached, given up, and stopped."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import TransportError
from connector_harness.client.settings import Endpoint, endpoint_name, load_endpoint
from connector_harness.plugin.processes.channel import told
from connector_harness.plugin.processes.signals import Terminated
from connector_harness.plugin.stash import REDACTOR
from connector_harness.results.record import RecordedExchange, ScenarioUnderWay
from connector_harness.sandbox.server import (
    RunningSandbox,
    SandboxError,
    StartingSandbox,
    start_sandbox,
)

ENOUGH: Final = 3
"""How many scenarios in a row must fail without a single answer from a host."""

SILENCE: Final = frozenset({"refused", "unreachable", "tls", "timed_out", "closed"})
"""The kinds of failures in which nobody has said anything that could be used."""

MARK: Final = "no-connection"
"""The file, in the folder that the processes of a run share, that says that nobody answers."""


class EndpointLostError(Exception):
    """Nobody answered in the scenarios before, so this one was not tried."""


class Connectivity:
    """Counts the scenarios in a row that failed for want of an answer from one and the same host.

    The processes of the run meet in *folder*, where there are several.
    """

    def __init__(self, folder: Path | None) -> None:
        self._mark = None if folder is None else folder / MARK
        self._silent = ""
        self._in_a_row = 0
        self._why = ""

    def require(self) -> None:
        """Raise where nobody answers any more, in this process or another one of the run.

        Raises:
            EndpointLostError: So it is.
        """
        if not self._why and self._mark is not None and self._mark.exists():
            self._why = self._mark.read_text(encoding="utf-8")
        if self._why:
            raise EndpointLostError(
                f"not tried: {ENOUGH} scenarios in a row had no answer from the endpoint\n"
                f"  the last of them: {self._why}\n"
                "  next: see whether the endpoint is up, then run what is left with --lf"
            )

    def note(self, record: ScenarioUnderWay, error: BaseException | None) -> None:
        """Take note of what happened in a scenario, and what ended it; None where it passed."""
        host = ""
        if isinstance(error, TransportError) and error.kind in SILENCE:
            host = _host(error.exchange)
        answered = {_host(each) for each in record.kept.all_exchanges if each.status is not None}
        if not host and not answered:
            # It has asked nobody, so it shows nothing.
            return
        if not host or host in answered:
            self._silent, self._in_a_row = "", 0
            return
        self._in_a_row = self._in_a_row + 1 if host == self._silent else 1
        self._silent = host
        if self._in_a_row >= ENOUGH:
            self._why = f"{str(error).partition(chr(10))[0]}, at {host}"
            if self._mark is not None:
                # Whole or not at all: another process may be reading it.
                draft = self._mark.with_suffix(f".{os.getpid()}")
                draft.write_text(self._why, encoding="utf-8")
                draft.replace(self._mark)


def _host(exchange: Exchange | RecordedExchange) -> str:
    return urlsplit(exchange.url).netloc


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

    def start(self, *, sandbox: bool) -> None:
        """Read the settings; where they choose the *sandbox*, let it start in the background.

        Raises:
            SettingsError: Something in the settings is missing, wrong or unknown.
        """
        if self.name != SANDBOX:
            _ = self.endpoint
        elif sandbox:
            self._starting = start_sandbox()

    @property
    def endpoint(self) -> Endpoint:
        """The settings, complete, their secrets masked; waits for the sandbox if that is chosen.

        Raises:
            SandboxError: The sandbox did not start.
            SettingsError: Something in the settings is missing, wrong or unknown.
        """
        if self._endpoint is None:
            account: Account | RunningSandbox | None = None
            if self.name == SANDBOX:
                account = _own_account(self._told) if self._told else self._ready()
            self._endpoint = load_endpoint(
                rootdir=self._config.rootpath,
                environ=os.environ,
                name=self._config.getoption("--endpoint"),
                sandbox=account,
            )
            for secret, kind in self._endpoint.secrets.items():
                self._config.stash[REDACTOR].add(secret, kind=kind)
        return self._endpoint

    @property
    def _told(self) -> str:
        """The sandbox's address, in a worker."""
        return told(self._config).sandbox

    def _ready(self) -> RunningSandbox:
        if self._starting is None:
            self._starting = start_sandbox()
        if self._running is None:
            self._running = self._starting.ready()
        return self._running

    def address_of_sandbox(self) -> str:
        """Return where the sandbox of the run is, once it is there; empty where it has none."""
        return self._ready().url if self.name == SANDBOX else ""

    def look(self) -> bool:
        """Look whether the sandbox has ended by itself, and return it.

        It is asked after a failure only: a scenario that passed had its answers.

        Raises:
            Terminated: This is a worker, and the whole run has ended.
        """
        if not self.is_lost and self.name == SANDBOX:
            url = self._told or (self._running.url if self._running else "")
            self.is_lost = bool(url) and _is_gone(url)
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
