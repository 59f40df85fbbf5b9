"""The gateway on which calls to an endpoint can go wrong."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final, Self

from connector_harness.client.settings import Endpoint, Secret

START_TIMEOUT_S: Final = 20.0
STOP_TIMEOUT_S: Final = 5.0
_MODULE: Final = "connector_harness.sandbox.web.gateway"
_LINE: Final = "gateway: "
_WAY: Final = ("ca_file", "client_certificate", "client_key", "client_key_password", "proxy")


class GatewayError(Exception):
    """The gateway did not start; the message has its last words."""


class Gateway:
    """A gateway to one endpoint, in a process of its own that ends with this one.

    What passes is unchanged; `Faults`, told of its address, let calls go wrong there. The origins
    of the services are as `Connector.origins` has them.

    Raises:
        GatewayError: It did not start.
    """

    def __init__(self, endpoint: Endpoint, origins: Mapping[str, str]) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by stop
        self._process = subprocess.Popen(  # noqa: S603  # our own command line
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # Ctrl-C ends the run, which then ends the gateway in order.
            start_new_session=True,
            # Not installed, or installed in place: it finds the package where we found it.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self.url = self._started(endpoint, origins)

    def __enter__(self) -> Self:
        """Return the gateway itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """End the process, by force if it does not go; calling it again does nothing."""
        if self._errors.closed:
            return
        try:
            self._process.communicate(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._errors.close()

    def _started(self, endpoint: Endpoint, origins: Mapping[str, str]) -> str:
        told = {
            "account": endpoint.account,
            "origins": dict(origins),
            "way": {name: _text(getattr(endpoint, name)) for name in _WAY},
            "timeout_s": endpoint.total_timeout_s,
        }
        timer = threading.Timer(START_TIMEOUT_S, self._process.kill)
        timer.start()
        line = self._exchange(json.dumps(told).encode() + b"\n").decode(errors="replace")
        timer.cancel()
        if line.startswith(_LINE):
            return line.removeprefix(_LINE).rstrip()
        raise GatewayError(self._last_words())

    def _exchange(self, told: bytes) -> bytes:
        assert self._process.stdin and self._process.stdout  # noqa: S101, PT018  # both are pipes
        try:
            self._process.stdin.write(told)
            self._process.stdin.flush()
        except BrokenPipeError:
            return b""
        return self._process.stdout.readline()

    def _last_words(self) -> str:
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip() or "nothing"
        self.stop()
        return (
            f"the gateway to the endpoint did not start; it said:\n{said[-2000:]}\n"
            "  next: see what keeps it from starting; without it no call can go wrong on its way"
        )


def _text(value: Path | Secret | None) -> str | None:
    if isinstance(value, Secret):
        return value.get_secret_value()
    return None if value is None else str(value)
