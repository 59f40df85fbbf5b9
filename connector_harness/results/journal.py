"""The journal of a process: one line of JSON an attempt, written when the attempt ends.

A run that is killed has every line up to the kill, and half a line at the most.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from connector_harness.results.record import (
    Attempt,
    BinaryContent,
    RecordedScenario,
    RecordedTest,
    Status,
)

ENDING: Final = "-journal.jsonl"
"""How the name of a journal ends; before it stands an id, for no two processes share one."""


# What is written may hold half a surrogate, which only an escape can spell.
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


class ResultsError(Exception):
    """The results cannot be read; the message says which file and why."""


class AttemptJournal:
    """The journal that this process writes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{uuid.uuid4()}{ENDING}"

    def append(self, attempt: Attempt) -> None:
        """Write *attempt*, which is masked by now: its whole line, or nothing of it."""
        line = f"{_encode(msgspec.to_builtins(attempt, enc_hook=_size))}\n".encode()
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            before = os.fstat(descriptor).st_size
            left = memoryview(line)
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            os.ftruncate(descriptor, before)
            raise
        finally:
            os.close(descriptor)


def journals(folder: Path) -> list[Path]:
    """Return the journals in *folder*, in the order of their names."""
    return sorted(folder.glob(f"*{ENDING}"))


def attempts(file: Path) -> Iterator[Attempt]:
    """Yield what a journal holds; half a line at its end, which a kill leaves, is left out.

    Raises:
        ResultsError: It cannot be read, or a line of it cannot.
    """
    try:
        lines = file.read_bytes().split(b"\n")[:-1]
    except OSError as error:
        raise unreadable(file, str(error)) from None
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.convert(json.loads(line), _Attempt, dec_hook=_of_size)
        except ValueError as error:
            raise unreadable(file, f"line {number}: {error}") from None


class Outcome(msgspec.Struct):
    """How an attempt ended, without all that happened in it."""

    history_id: str
    status: Status = Status.NOT_RUN
    start: int = 0
    run: str = ""


def outcomes(file: Path) -> Iterator[Outcome]:
    """Yield how each attempt in a journal ended, which takes a tenth of reading all of it.

    A line that cannot be read is left out; whoever reads the whole says so.
    """
    with contextlib.suppress(OSError):
        for line in file.read_bytes().split(b"\n")[:-1]:
            with contextlib.suppress(msgspec.MsgspecError, UnicodeError):
                yield msgspec.json.decode(line, type=Outcome)


def _size(value: object) -> object:
    return value.size if isinstance(value, BinaryContent) else value


_Attempt: TypeAlias = RecordedScenario | RecordedTest


def _of_size(_: type, value: int) -> BinaryContent:
    return BinaryContent(b"", value)


def is_cut(file: Path) -> bool:
    """Return whether a journal ends in half a line."""
    with file.open("rb") as content:
        content.seek(0, os.SEEK_END)
        content.seek(max(0, content.tell() - 1))
        return content.read() not in (b"", b"\n")


def unreadable(file: Path, why: str) -> ResultsError:
    """Return the error that says why a file of a folder of results cannot be used."""
    return ResultsError(
        f"{file.name} cannot be read: {why}\n"
        f"  at: {file.parent.as_posix()}\n"
        "  next: take the file out, or run the features again"
    )
