"""The Allure report in one file, made by the command `allure` or, without it, through `npx`."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TIMEOUT_S: Final = 120.0
"""How long making a report may take, fetching what makes it included."""

PACKAGE: Final = "allure@3"
"""What npx fetches."""

FILE: Final = "index.html"

ALLURE_2: Final = 2
"""The major version that has another command line, and another history."""

_VERSION: Final = re.compile(r"(\d+)\.\d+")
_COLORS: Final = re.compile(r"\x1b\[[0-9;]*m")
_OFFLINE: Final = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT"
    r"|SOCKET_TIMEOUT|ENOTCACHED"
)
# What tells Google of each reading; Allure 3 has no switch for it.
_ANALYTICS: Final = re.compile(
    rb'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>'
)
_GET_IT: Final = "install Node.js, which has npx, or the command with npm install -g allure"
# npm asks again for minutes otherwise, and greets with news of itself.
_NPM: Final = {
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_retry_maxtimeout": "2000",
    "npm_config_update_notifier": "false",
    "npm_config_prefer_offline": "true",
}


class AllureError(Exception):
    """There is no report; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class AllureCommand:
    """What makes reports.

    Attributes:
        words: What it is called by.
        major: Its major version.
        environ: The environment it runs in.
    """

    words: tuple[str, ...]
    major: int
    environ: Mapping[str, str]

    @property
    def keeps_file(self) -> bool:
        """Whether it keeps the history of earlier runs in a file."""
        return self.major != ALLURE_2

    def arguments(self, results: Path, into: Path, history: Path | None) -> list[str]:
        """Return the arguments that make a report.

        Args:
            results: The folder of the results.
            into: The folder of the report.
            history: The file that the history is kept in, if it is.
        """
        kind = "awesome" if self.keeps_file else "generate"
        kept = ["--history-path", str(history)] if history and self.keeps_file else []
        return [kind, str(results), "--single-file", "--output", str(into), *kept]


def find_command(environ: Mapping[str, str], *, timeout_s: float = TIMEOUT_S) -> AllureCommand:
    """Return the command `allure` if there is one, otherwise the one that npx fetches.

    Args:
        environ: The process environment. What the harness is told there is kept from the command.
        timeout_s: How long the command may take to tell its version.

    Raises:
        AllureError: There is neither, or `allure` does not tell its version.
    """
    path = environ.get("PATH", "")
    kept = {name: told for name, told in environ.items() if not name.startswith("CONNECTOR_")}
    allure, npx = shutil.which("allure", path=path), shutil.which("npx", path=path)
    if allure is not None:
        told = _VERSION.search(_run([allure, "--version"], kept, timeout_s))
        return AllureCommand((allure,), int(told[1]) if told else 3, kept)
    if npx is not None:
        return AllureCommand((npx, "--yes", PACKAGE), 3, {**kept, **_NPM})
    raise AllureError(f"neither allure nor npx is here\n  next: {_GET_IT}")


def make_report(
    command: AllureCommand,
    results: Path,
    folder: Path,
    *,
    history: Path | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Path:
    """Make the report of *results* in *folder*, and return its one file.

    Args:
        command: What makes it.
        results: The folder of the results.
        folder: Where it goes; a report that is there already is replaced by a whole one.
        history: The file that Allure 3 keeps the history of earlier runs in; this run is added.
        timeout_s: How long it may take.

    Raises:
        AllureError: It could not be made.
        OSError: It cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="connector-harness-report-") as scratch:
        into = Path(scratch, "report")
        arguments = command.arguments(results.absolute(), into, history)
        said = _run([*command.words, *arguments], command.environ, timeout_s)
        made = into / FILE
        if not made.is_file():
            raise AllureError(f"allure has made no report: {_last_line(said)}")
        return _moved(made, folder)


def _moved(made: Path, folder: Path) -> Path:
    """Put *made* into *folder*, where nobody sees half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{FILE}.tmp"
    try:
        draft.write_bytes(_ANALYTICS.sub(b"", made.read_bytes()))
        return draft.replace(folder / FILE)
    finally:
        draft.unlink(missing_ok=True)


def _run(words: Sequence[str], environ: Mapping[str, str], timeout_s: float) -> str:
    """Return what a command says, which leaves no process behind.

    Raises:
        AllureError: It fails, or takes too long.
    """
    name = Path(words[0]).name
    try:
        process = subprocess.Popen(  # noqa: S603 - the command that somebody asked for
            words,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise AllureError(f"{name} cannot be started: {error.strerror or error}") from None
    try:
        told, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise AllureError(f"{name} took longer than {timeout_s:g} s") from None
    finally:
        _end(process)
    said = _COLORS.sub("", told.decode(errors="replace"))
    if process.returncode != 0:
        raise AllureError(_failed(name, process.returncode, said))
    return said


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what still runs: npx has children that outlive it."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError):
            process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _failed(name: str, code: int, said: str) -> str:
    if name.startswith("npx") and _OFFLINE.search(said):
        advice = "go online once; or have the command here, by npm install -g allure"
        return f"npx cannot reach the registry to fetch {PACKAGE}\n  next: {advice}"
    return f"{name} ended with exit code {code}: {_last_line(said)}"


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
