"""The sandbox as a process beside this one, and the addresses at which servers listen."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

# Only what every process has loaded anyway: the harness imports this module to start a
# sandbox, and must not wait for a web server and a crypto library it never calls.

ADDRESS, ACCOUNT, CLIENT_ID, CLIENT_SECRET = "sandbox", "account", "client id", "client secret"
"""The names of the lines a sandbox prints once it accepts connections, in this order."""

CONTROL = "control"
"""The name of one more line, the second, where control routes have a port of their own."""

CONTROL_TOKEN = "control token"  # noqa: S105 - a name
"""The name of one more line, before the account, where other machines reach control routes."""

CA_FILE = "ca file"
"""The name of one more line, the last, where the sandbox serves https."""

LOOPBACK = "127.0.0.1"
STOP_TIMEOUT_S = 5.0
_SHOWN_LINES = 12


class SandboxError(Exception):
    """A sandbox that did not start; the message ends with its last words."""


@dataclass(slots=True)
class RunningSandbox:
    """A sandbox that accepts connections in a process of its own, which ``stop`` ends.

    ``ca_file`` names the authority to trust where it serves https; it is gone once stopped.
    """

    url: str
    account: str
    client_id: str
    client_secret: str = field(repr=False)
    pid: int
    stop: Callable[[], None] = field(repr=False)
    ca_file: Path | None = None


class StartingSandbox:
    """A sandbox whose process has been started and may not be listening yet."""

    def __init__(self, command: list[str]) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            env=_environment(),
        )
        self._lines: dict[str, str] = {}
        self._reader = threading.Thread(target=self._read_lines, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The id of the sandbox's process."""
        return self._process.pid

    def ready(self, timeout_s: float = 20.0) -> RunningSandbox:
        """Wait until the sandbox accepts connections and return it.

        Raises:
            SandboxError: It ended, or said nothing in time; it has been stopped then.
        """
        self._reader.join(timeout_s)
        if self._reader.is_alive() or not self._all_said:
            raise SandboxError(self._give_up(timeout_s))
        lines = self._lines
        told = (lines[ADDRESS], lines[ACCOUNT], lines[CLIENT_ID], lines[CLIENT_SECRET])
        return RunningSandbox(*told, self.pid, self.stop, self._ca_file)

    def last_words(self) -> str | None:
        """Return how the process ended and what it said last; None while it runs or was stopped."""
        status = None if self._errors.closed else self._process.poll()
        return None if status is None else f"{_ending(status)}{self._said()}"

    def stop(self) -> None:
        """End the process, by force if it does not go; calling it again does nothing."""
        if self._errors.closed:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._ca_file is not None:
            # Still there only where the process could not remove it any more.
            self._ca_file.unlink(missing_ok=True)
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()

    @property
    def _ca_file(self) -> Path | None:
        return Path(self._lines[CA_FILE]) if CA_FILE in self._lines else None

    @property
    def _all_said(self) -> bool:
        secure = self._lines.get(ADDRESS, "").startswith("https:")
        return (CA_FILE if secure else CLIENT_SECRET) in self._lines

    def _read_lines(self) -> None:
        for line in self._process.stdout or ():
            name, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
            self._lines[name] = value
            if self._all_said:
                return

    def _give_up(self, timeout_s: float) -> str:
        status = None if self._reader.is_alive() else self._process.wait(STOP_TIMEOUT_S)
        said = self._said()
        self.stop()
        what = (
            f"the sandbox did not say its address within {timeout_s} s"
            if status is None
            else f"the sandbox {_ending(status)} before it said its address"
        )
        by_hand = "python -m connector_harness.sandbox --verbose"
        return f"{what}{said}\n  next: run it by hand: {by_hand}"

    def _said(self) -> str:
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace").splitlines()[-_SHOWN_LINES:]
        return "".join(f"\n  stderr: {line}" for line in words) or "\n  stderr: (nothing)"


def _ending(status: int) -> str:
    """Return in words how a process ended."""
    if status >= 0:
        return f"ended with exit code {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def start_sandbox(*arguments: str) -> StartingSandbox:
    """Start ``python -m connector_harness.sandbox`` with *arguments*, and return at once.

    It ends when it is stopped, and also when this process ends in whatever way.
    """
    module = "connector_harness.sandbox"
    return StartingSandbox([sys.executable, "-P", "-m", module, "--stop-with-stdin", *arguments])


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address, not listening yet; port 0 is one that is free.

    Raises:
        OSError: The address is in use, unknown or not allowed.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )[0]
    # Only on a socket that names its protocol does asyncio switch the 40 ms of Nagle off.
    bound = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket, *, scheme: str = "http") -> str:
    """Return the URL under which a bound socket is reached from this machine."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104  # a comparison
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _environment() -> dict[str, str]:
    package_home = Path(__file__).resolve().parents[2]
    if package_home.name in {"site-packages", "dist-packages"}:
        return dict(os.environ)
    # Not installed, or installed in place: the child finds the package where we found it.
    given = os.environ.get("PYTHONPATH")
    path = f"{given}{os.pathsep}{package_home}" if given else str(package_home)
    return {**os.environ, "PYTHONPATH": path}
