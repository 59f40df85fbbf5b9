"""The endpoint under test, for one run: chosen, started if it is the sandbox, and stopped."""

import os
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from connector_harness.client.settings import Endpoint, endpoint_name, load_endpoint
from connector_harness.redaction import Redactor
from connector_harness.sandbox.server import RunningSandbox, StartingSandbox, start_sandbox

SANDBOX = "sandbox"


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
    is told where it is and asks it for an account of its own.

    Args:
        config: pytest's configuration.

    Raises:
        SettingsError: The settings cannot be read.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.name = endpoint_name(
            rootdir=config.rootpath, environ=os.environ, name=config.getoption("--endpoint")
        )
        self._starting: StartingSandbox | None = None
        self._running: RunningSandbox | None = None
        self._endpoint: Endpoint | None = None

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
            self._endpoint = self._load(self._sandbox_account())
        return self._endpoint

    def _load(self, sandbox: Account | RunningSandbox | None) -> Endpoint:
        return load_endpoint(
            rootdir=self._config.rootpath,
            environ=os.environ,
            name=self._config.getoption("--endpoint"),
            sandbox=sandbox,
        )

    def _sandbox_account(self) -> Account | RunningSandbox | None:
        if self.name != SANDBOX:
            return None
        told = getattr(self._config, "workerinput", {}).get(SANDBOX)
        if told is not None:
            return _own_account(told)
        return self._ready()

    def _ready(self) -> RunningSandbox:
        if self._starting is None:
            self._starting = start_sandbox()
        if self._running is None:
            self._running = self._starting.ready()
        return self._running

    def tell_worker(self, workerinput: dict[str, Any]) -> None:
        """Tell a worker of pytest-xdist where the sandbox is."""
        if self.name == SANDBOX:
            workerinput[SANDBOX] = self._ready().url

    def tell_secrets(self, redactor: Redactor) -> None:
        """Let *redactor* mask what the settings hold, whether a scenario uses them or not.

        An account of the sandbox is made, and its secret told, when a step first asks for it.
        """
        if self.name != SANDBOX:
            redactor.add(self.endpoint.client_secret.get_secret_value())

    def stop(self) -> None:
        """End the sandbox, if this process started one."""
        if self._starting is not None:
            self._starting.stop()


def _own_account(url: str) -> Account:
    """Return a new account of the sandbox at *url*."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        made = client.post("/_sandbox/accounts", json={}).raise_for_status().json()
    return Account(url, made["account"], made["clientId"], made["clientSecret"])


ENDPOINT = pytest.StashKey[EndpointUnderTest]()
"""The endpoint of this process."""
