"""Why a scenario failed, in one look."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from connector_harness.client.exchange import Exchange
from connector_harness.plugin.record import ScenarioRecord, StepRecord
from connector_harness.plugin.stash import REDACTOR

if TYPE_CHECKING:
    from connector_harness.plugin.collection import ScenarioItem

SHOWN = 600
"""How many characters of a body the terminal shows; the report holds it whole."""

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")}
SPELLED_OUT = {code: f"\\x{code:02x}" for code in _CONTROLS}
"""Control characters as text: an answer must not steer the terminal."""

MARKS = {"passed": "passed ", "failed": "FAILED ", "broken": "FAILED ", None: "not run"}


class Writer(Protocol):
    """What pytest writes a failure to."""

    def line(self, text: str = "", /) -> None:
        """Write one line."""


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a scenario failed and why, under the names that pytest reads."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        """Return it in one line, for ``--tb=line``."""
        return f"{self.path}:{self.lineno}: {self.message}"


class FailureText:
    """A failure that pytest, xdist and JUnit show as it stands.

    Args:
        text: The whole message.
        reason: Its gist, for the line in the short summary.
        path: The feature file.
        line: The line of the step.
    """

    def __init__(self, text: str, reason: str, path: str, line: int) -> None:
        self.text = text
        self.reason = [reason, path, line]
        self.reprcrash = Crash(path, line, reason)

    def __str__(self) -> str:
        """Return the message."""
        return self.text

    def toterminal(self, writer: Writer) -> None:
        """Write the message to the terminal."""
        for line in self.text.splitlines():
            writer.line(line)


def describe(
    item: "ScenarioItem", record: ScenarioRecord, excinfo: pytest.ExceptionInfo[BaseException]
) -> tuple[str, str, str, int]:
    """Return the message, its gist, the feature file and the line of the step that failed."""
    path = item.feature.path
    failed = record.failed
    line = failed.spec.line if failed is not None and failed.spec else item.scenario.line
    what = message(excinfo.value)
    place = _place(excinfo.value, item.config.rootpath)
    lines = [f"Scenario: {item.scenario.name}", *_steps(record, path), "", what]
    if place:
        lines.append(f"  checked in {place}")
    if record.last_exchange is not None:
        lines += ["", *_exchange(record.last_exchange, item)]
    if "next: " not in what:
        lines += ["", f"next: {_advice(excinfo.value, place)}"]
    name = failed.name if failed is not None else item.scenario.title
    reason = f"{name} ({path}:{line}): {what.splitlines()[0]}"
    redactor = item.config.stash[REDACTOR]
    text = redactor.text("\n".join(lines)).translate(SPELLED_OUT)
    return text, redactor.text(reason).translate(SPELLED_OUT), path, line


def message(error: BaseException) -> str:
    """Return what *error* says, with its kind where that is not an unmet expectation."""
    if isinstance(error, pytest.FixtureLookupError):
        return error.msg or (
            f"no earlier step has given {error.argname!r}, and no fixture has that name\n"
            f"  next: write the step that gives it (target_fixture), or a fixture {error.argname}"
        )
    text = str(error).strip()
    notes = "\n".join(getattr(error, "__notes__", ()))
    text = "\n".join(part for part in (text, notes) if part)
    if isinstance(error, AssertionError | pytest.fail.Exception) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _steps(record: ScenarioRecord, path: str) -> list[str]:
    return [
        f"  {MARKS.get(step.status, step.status)}  {_step(step, path)}" for step in record.steps
    ]


def _step(step: StepRecord, path: str) -> str:
    line = step.spec.line if step.spec else 0
    return f"{step.name}  ({path}:{line})" if step.status in ("failed", "broken") else step.name


def _place(error: BaseException, rootpath: Path) -> str:
    """Return where in the project's own step code *error* came up, as ``steps/batch.py:12``."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        inside = file.is_relative_to(rootpath) and not _is_ours(file, rootpath)
        if inside:
            return f"{file.relative_to(rootpath).as_posix()}:{frame.lineno}"
    return ""


def _is_ours(file: Path, rootpath: Path) -> bool:
    parts = file.relative_to(rootpath).parts
    return file.is_relative_to(Path(__file__).parents[1]) or "site-packages" in parts


def _exchange(exchange: Exchange, item: "ScenarioItem") -> list[str]:
    redactor = item.config.stash[REDACTOR]
    # Masked before it is cut: half a secret is not recognised as one.
    answer = redactor.text(exchange.response_body.decode(errors="replace"))
    if len(answer) > SHOWN:
        answer = f"{answer[:SHOWN]} … ({len(exchange.response_body)} bytes)"
    lines = [f"last exchange: {exchange.title} in {exchange.elapsed_s * 1000:.0f} ms"]
    if exchange.status is not None:
        lines.append(f"  answer: {answer or 'empty'}")
    curl = redactor.curl(exchange)
    hint = ["  (with the tokens where *** stands)"] if "***" in curl else []
    return [*lines, f"  repeat: {curl}", *hint]


def _advice(error: BaseException, place: str) -> str:
    if isinstance(error, AssertionError):
        return "compare the answer above with the sentence that failed"
    where = f" ({place})" if place else ""
    return f"mend the step's code{where}; --full-trace shows the whole way there"
