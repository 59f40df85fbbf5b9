"""The Allure report, made when a run is over, where ``--report`` asks for it.

What becomes of the report changes nothing about how the run has ended.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connector_harness.plugin.settings import REPORT, History
from connector_harness.plugin.telling.terminal import configuration, opening

TIMEOUT_S: Final = 120.0
"""How long the command may take, fetching it included."""

GET_IT: Final = "install Node.js, which has npx, or the command with npm install -g allure"


def report_lines(results: Path, where: Path, history: History | None) -> list[str]:
    """Make the report of *results* in the folder *where*, and return what is said of it.

    The command is `allure`, or the one that npx fetches.
    """
    try:
        return [*_made(results, where / REPORT / "index.html", history)]
    except (OSError, subprocess.SubprocessError, KeyboardInterrupt) as error:
        return [f"report:   not made: {error or 'interrupted'}", opening(_shown(results))]


def _made(results: Path, page: Path, history: History | None) -> Iterator[str]:
    command = _command()
    is_second = _run([*command, "--version"]).strip().startswith("2.")
    words = ["generate", "--clean"] if is_second else ["awesome", *configuration(results)]
    words += [str(results), "--single-file", "--output", str(page.parent)]
    if history is not None and history.is_file is is_second:
        kind = "a folder" if is_second else "a file, such as reports/history.jsonl"
        told = f"history:  {_shown(history.path)} is left out"
        yield f"{told}; Allure {2 if is_second else 3} keeps it in {kind}"
    elif history is not None and history.is_file:
        words += ["--history-path", str(history.path)]
    said = _run([*command, *words])
    if not page.is_file():
        raise OSError(f"allure has made none: {_last_line(said)}")
    yield f"report:   {_shown(page)}"


def _command() -> list[str]:
    if allure := shutil.which("allure"):
        return [allure]
    if npx := shutil.which("npx"):
        return [npx, "--yes", "allure@3"]
    raise OSError(f"neither allure nor npx is here\n  next: {GET_IT}")


def _run(words: list[str]) -> str:
    # Whatever npx fetches is told nothing of the harness's settings.
    environ = {name: each for name, each in os.environ.items() if not name.startswith("CONNECTOR_")}
    # npm asks again for minutes otherwise.
    environ |= {"npm_config_fetch_retries": "1", "npm_config_update_notifier": "false"}
    with subprocess.Popen(  # noqa: S603 - the command that somebody asked for
        words,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=TIMEOUT_S)
        finally:
            # npx has children that outlive it.
            with contextlib.suppress(AttributeError, ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
    if process.returncode != 0:
        name = Path(words[0]).name
        raise OSError(f"{name} ended with exit code {process.returncode}: {_last_line(said)}")
    return said


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _shown(file: Path) -> str:
    return Path(os.path.relpath(file)).as_posix()
