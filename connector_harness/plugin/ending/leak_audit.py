"""The leak audit: is there a secret in anything that this run has left?

Masking as one writes is one thing, reading it back another: what went past the redactor, by
another plugin or a step that writes files itself, is found here.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from connector_harness.plugin.options import named_file
from connector_harness.plugin.processes.channel import FromWorker, is_worker, worker_id
from connector_harness.plugin.stash import AUDITED
from connector_harness.redaction.redactor import KnownSecret, Redactor
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.run_facts import Problem

TERMINAL: Final = "the terminal's output"
"""What stands for a file's name where the hit is in what was written to the terminal."""

SHOWN: Final = 20
"""How many hits are listed."""

LOST: Final = "was lost with what it knew; the secrets of its own were not looked for"
"""What is told of a worker that has crashed."""

LOOK: Final = "look through what that worker has written before it goes anywhere"
REPLACE: Final = "delete what was written, replace the secrets, and mask them where it is written"

_PIECE: Final = 4 * 1024 * 1024
# Longer than any secret in its longest form.
_OVERLAP: Final = 16 * 1024

_LONGEST_PATH: Final = 4096
_PREFIX: Final = re.compile(r"^\w+[:=](.+)", re.DOTALL)
_NO_OUTPUT: Final = frozenset(
    {"file_or_dir", "basetemp", "norecursedirs", "pythonpath", "testpaths"}
)
"""What names what is read, or is not, and where tests put what they are about to throw away."""

State: TypeAlias = tuple[int, ...]
"""What of a file changes when it is written: compared with its like alone, and with no clock."""


def states(files: Iterable[str]) -> dict[str, State]:
    """Return the state of each of *files* that is there."""
    found = {}
    for file in files:
        with contextlib.suppress(OSError):
            found[file] = _state(os.stat(file))  # noqa: PTH116  # there are thousands
    return found


def _state(stat: os.stat_result) -> State:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def leaks(
    redactor: Redactor, files: Iterable[str], before: Mapping[str, State]
) -> Iterator[tuple[str, str]]:
    """Yield for each of *files* that holds a secret its name, and which kind it is.

    What is gone by now is left out, and so is what is as it was *before*: it belongs to an earlier
    run.
    """
    for file in files:
        try:
            hits = [
                hit for piece in _pieces(file, before.get(file)) for hit in _hits(redactor, piece)
            ]
        except OSError as error:
            if states([file]).get(file) == before.get(file):
                continue
            hits = [f"cannot be searched: {error.strerror}"]
        yield from ((file, hit) for hit in dict.fromkeys(hits))


def _hits(redactor: Redactor, content: bytes) -> list[str]:
    text = content.decode(errors="surrogateescape")
    return [f"holds a secret ({kind})" for kind in redactor.kinds(text)]


def _pieces(file: str, before: State | None) -> Iterator[bytes]:
    """Yield the name of *file*, and its content in pieces that overlap."""
    try:
        # Half as dear as a buffered file, and there are thousands.
        opened = open(file, "rb", buffering=0)  # noqa: PTH123, SIM115  # closed below
    except FileNotFoundError:
        return
    with opened:
        if _state(os.fstat(opened.fileno())) != before:
            yield os.fsencode(os.path.basename(file))  # noqa: PTH119  # as above
            piece = b""
            while read := opened.read(_PIECE):
                piece = piece[-_OVERLAP:] + read
                yield piece


def _outputs(config: pytest.Config) -> Iterator[str]:
    """Yield each file, or folder of files, that the run may have been told to write.

    Whichever option or setting it is, of pytest's own or of a plugin, its value may be a path; what
    the run then leaves as it was is no output. A folder that holds the project is none either.
    """
    ini = config._inicfg  # noqa: SLF001 - which settings there are is told nowhere else
    told = [value for name, value in vars(config.option).items() if name not in _NO_OUTPUT]
    for name in ini.keys() - _NO_OUTPUT:
        with contextlib.suppress(ValueError):
            told.append(config.getini(name))
    root, here = config.rootpath, config.invocation_params.dir
    for text in dict.fromkeys(_texts([told, os.environ.get("GITHUB_STEP_SUMMARY")])):
        # Some have the kind before the path, as ``html:coverage``.
        for name in {text, *_PREFIX.findall(text)}:
            for path in {os.path.abspath(each) for each in (named_file(config, name), root / name)}:  # noqa: PTH100
                if not any(each.is_relative_to(path) for each in (root, here)):
                    yield path


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in the value of an option that can be a path."""
    match value:
        case str() | os.PathLike():
            text = os.fspath(value)
            yield from [text] if 0 < len(text) < _LONGEST_PATH and "\0" not in text else ()
        case dict():
            yield from _texts([*value.values()])
        case list() | tuple() | set():
            for each in value:
                yield from _texts(each)
        case _:
            # A file that was opened as the option was read.
            yield from _texts(name) if isinstance(name := getattr(value, "name", 0), str) else ()


class LeakAudit:
    """Looks for secrets in all that the run has written, once that is complete.

    A worker of pytest-xdist looks at what it wrote to the terminal past the controlling process,
    which looks at all the files; for that the worker hands over what it knows, in memory. What
    standard output and error were given is in *written*.
    """

    def __init__(self, config: pytest.Config, folder: ResultsFolder, written: list[bytes]) -> None:
        self._config = config
        self._folder = folder
        self._written = written
        self._redactor = folder.redactor
        self._elsewhere: list[tuple[str, str]] = []
        self._outputs = [*_outputs(config)]
        self._named: list[str] = config.stash.setdefault(AUDITED, [])
        self._before = {} if is_worker(config) else states(self._files())

    def take_over(self, worker: str, told: FromWorker | None) -> None:
        """Take over what a worker knows, before anything it has told is shown."""
        if told is None:
            self._elsewhere.append((worker, LOST))
            return
        self._redactor.take_over(KnownSecret(*each) for each in told.secrets)
        self._elsewhere += told.leaks

    def hand_over(self, told: FromWorker) -> None:
        """Add to what this worker tells what it knows, and what it has found."""
        told.secrets = [(each.kind, each.value, each.is_word) for each in self._redactor.secrets]
        told.leaks = [(f"{TERMINAL} ({worker_id(self._config)})", hit) for hit in self._said()]

    def conclude(self, session: pytest.Session) -> list[Problem]:
        """Search, tell what was found, fail the run for it, and return what to say of it.

        Of a worker that was lost, others say so.
        """
        inside = leaks(self._redactor, self._files(), self._before)
        said = ((TERMINAL, hit) for hit in self._said())
        found = [*dict.fromkeys([*inside, *self._elsewhere, *said])]
        if not found:
            return []
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            self._tell(reporter, found)
        is_clean = all(what == LOST for _, what in found)
        what = "the leak audit found secrets in what the run wrote"
        return [] if is_clean else [Problem(what, REPLACE)]

    def _tell(self, reporter: pytest.TerminalReporter, found: list[tuple[str, str]]) -> None:
        # The files and the kinds of secrets, never the secrets.
        reporter.section("leak audit", red=True)
        for name, what in found[:SHOWN]:
            reporter.line(f"{name.removeprefix(f'{self._config.rootpath}{os.sep}')}: {what}")
        if len(found) > SHOWN:
            reporter.line(f"… and {len(found) - SHOWN} more")
        advice = LOOK if all(what == LOST for _, what in found) else REPLACE
        reporter.line(f"  next: {advice}")

    def _said(self) -> list[str]:
        return _hits(self._redactor, b"".join(self._written))

    def _files(self) -> Iterator[str]:
        """Yield the files that this run may have written, and others beside them.

        Allure's report is made of the results, and full of what only looks like tokens.
        """
        folder, root = self._folder.path, self._config.rootpath
        is_beside = folder.parent != root and folder.is_relative_to(root)
        yield from dict.fromkeys(
            [
                *self._named,
                *(file for each in self._outputs for file in _files_at(each)),
                *self._files_beside([folder, *([folder.parent] if is_beside else [])]),
            ]
        )

    def _files_beside(self, places: list[Path]) -> Iterator[str]:
        for place in places:
            yield from _files_in(str(place))
            # Not there, or nothing was written there either.
            if self._folder.has_begun and not (place.is_dir() and os.access(place, os.R_OK)):
                yield str(place)


def _files_at(path: str) -> Iterator[str]:
    # Reading from a pipe or a terminal would wait.
    if os.path.isfile(path):  # noqa: PTH113 - no error in a circle of links
        yield path
    else:
        yield from _files_in(path, deep=True)


def _files_in(folder: str, *, deep: bool = False) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        if not deep:
            folders.clear()
        files = (os.path.join(place, name) for name in names)  # noqa: PTH118 - there are thousands
        yield from filter(os.path.isfile, files)
