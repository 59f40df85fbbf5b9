"""Looks over an endpoint before the first run, or when something is odd.

``python -m connector_harness.doctor [--endpoint NAME] [--yes] [--json]``

Ends with 0 where nothing is wrong, with 1 where something is, with 2 after Ctrl-C, and with 4
where the settings cannot be used.
"""

import argparse
import os
import secrets
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Final

from connector_harness.client.connector import Connector
from connector_harness.client.settings import (
    Endpoint,
    SettingsError,
    endpoint_name,
    load_endpoint,
    personal_data,
    without_password,
)
from connector_harness.control.routes import SandboxControl
from connector_harness.doctor.account import scenarios
from connector_harness.doctor.examination import examine
from connector_harness.doctor.result import (
    MARKS,
    PLAIN,
    CheckResult,
    Marks,
    document,
    lines,
    wrong,
)
from connector_harness.doctor.session import ExchangeLog, Session
from connector_harness.redaction.redactor import Redactor

WRONG: Final = 1
INTERRUPTED: Final = 2
UNUSABLE: Final = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Look over the endpoint, say what was found, and return the exit code."""
    options = _parser().parse_args(arguments)
    rootdir = _rootdir(Path.cwd())
    redactor = Redactor()
    try:
        redactor = Redactor(personal_data(rootdir))
        name = endpoint_name(rootdir=rootdir, environ=os.environ, name=options.endpoint)
        endpoint = load_endpoint(rootdir=rootdir, environ=os.environ, name=options.endpoint)
    except SettingsError as error:
        shown = without_password(options.endpoint or "")
        telling = _Telling(shown, redactor, as_json=options.json)
        telling.tell(wrong("settings", str(error), ""))
        return telling.end([], "", UNUSABLE)
    telling = _Telling(name, redactor, as_json=options.json)
    # SIGTERM leaves as little open as Ctrl-C does.
    usual = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _look_over(endpoint, rootdir, telling, is_sure=options.yes)
    finally:
        signal.signal(signal.SIGTERM, usual)


def _look_over(endpoint: Endpoint, rootdir: Path, telling: "_Telling", *, is_sure: bool) -> int:
    command = f"pytest --endpoint {shlex.quote(endpoint.name)}"
    try:
        # What an adapter prints is no part of what is told.
        with redirect_stdout(sys.stderr), _session(endpoint, rootdir, telling.redactor) as session:
            _examine(session, telling, partial(_refusal, endpoint.name, is_sure))
        told = scenarios(endpoint.name, rootdir=rootdir)
    except KeyboardInterrupt:
        return telling.end(["interrupted"], command, INTERRUPTED)
    return telling.end(told, command, WRONG if telling.has_wrong else 0)


def _examine(session: Session, telling: "_Telling", refusal: Callable[[], str]) -> None:
    try:
        with closing(examine(session, refusal=refusal)) as results:
            for result in results:
                telling.tell(result)
    except Exception as error:  # noqa: BLE001  # what nobody has thought of is told like the rest
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        told = f"stopped by {type(error).__name__}: {error} ({where})"
        telling.tell(wrong("doctor", told, "see what the endpoint answers there; and report this"))


@contextmanager
def _session(endpoint: Endpoint, rootdir: Path, redactor: Redactor) -> Iterator[Session]:
    log = ExchangeLog()
    with ExitStack() as stack:
        connector = Connector(endpoint, witness=log, redactor=redactor)
        stack.enter_context(connector)
        control = SandboxControl.of(endpoint, is_ours=False)
        if control is not None:
            stack.callback(control.close)
        consumer = f"doctor-{secrets.token_hex(8)}"
        yield Session(endpoint, rootdir, connector, log, redactor, consumer, control)


class _Telling:
    """Tells what is found: line by line, or all at once at the end."""

    def __init__(self, endpoint: str, redactor: Redactor, *, as_json: bool) -> None:
        self.redactor = redactor
        self._endpoint = endpoint
        self._as_json = as_json
        self._out = sys.stdout
        self._results: list[CheckResult] = []

    @property
    def has_wrong(self) -> bool:
        return any(each.outcome == "wrong" for each in self._results)

    def tell(self, result: CheckResult) -> None:
        self._results.append(result)
        if not self._as_json:
            for line in lines(result, self._marks):
                self._write(line)

    def end(self, told: Sequence[str], command: str, exit_code: int) -> int:
        if self._as_json:
            self._write(
                document(
                    self._endpoint,
                    self._results,
                    scenarios=told,
                    command=command,
                    exit_code=exit_code,
                )
            )
            return exit_code
        for line in told:
            self._write(f"  {line}")
        if command:
            self._write(f"{'once that is mended' if self.has_wrong else 'run'}: {command}")
        return exit_code

    @property
    def _marks(self) -> Marks:
        try:
            "".join(MARKS.values()).encode(self._out.encoding or "ascii")
        except UnicodeEncodeError:
            return PLAIN
        return MARKS

    def _write(self, line: str) -> None:
        # An answer may hold what the terminal cannot show, or nobody can.
        encoding = self._out.encoding or "ascii"
        shown = self.redactor.text(line).encode(encoding, "backslashreplace").decode(encoding)
        self._out.write(f"{shown}\n")
        self._out.flush()


def _refusal(endpoint: str, is_sure: bool) -> str:  # noqa: FBT001  # bound in part
    """Ask whether a conversation may be opened, and return why not."""
    if is_sure:
        return ""
    if not sys.stdin.isatty():
        return "nobody is there to allow it; --yes does"
    sys.stderr.write(f"open and close one conversation on {endpoint}? [y/N] ")
    sys.stderr.flush()
    return "" if sys.stdin.readline().strip().lower() in {"y", "yes"} else "not wanted"


def _rootdir(folder: Path) -> Path:
    # The nearest upwards that has a ``pyproject.toml``.
    folders = (each for each in (folder, *folder.parents) if (each / "pyproject.toml").is_file())
    return next(folders, folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m connector_harness.doctor",
        description="Look over an endpoint before the first run, or when something is odd.",
    )
    parser.add_argument(
        "--endpoint", metavar="NAME", help="which endpoint (default: as a run would choose)"
    )
    parser.add_argument(
        "--yes", action="store_true", help="open and close one conversation without asking"
    )
    parser.add_argument("--json", action="store_true", help="write one JSON document instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
