"""Feature files that a run passes by, which nobody would miss before they are missed."""

import difflib
import errno
import fnmatch
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from connector_harness.plugin.collecting.collection import relative
from connector_harness.plugin.stash import NOTICES

ENDING: Final = ".feature"

COVERS: Final = (".txt", ".md")
"""What editors and other tools add behind the ending."""

LEFT_BY_EDITORS: Final = ("~", "#")

REPOSITORIES: Final = (".git", ".hg", ".svn")
"""Folders in which files bear the names of branches."""

SHOWN: Final = 3
"""How many files of a folder are named."""


def refuse_lost_paths(config: pytest.Config) -> None:
    """Refuse paths to collect that lead nowhere, with the link at fault; pytest says not found.

    Raises:
        pytest.UsageError: One does, or is a file where testpaths mean a folder.
    """
    is_by_settings = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    for arg in config.args:
        path = config.invocation_params.dir / arg.partition("::")[0]
        problem: tuple[str, str] | None = None
        if is_by_settings and not path.suffix and path.is_file():
            problem = "a file, where testpaths mean a folder", "move it into a folder"
        for each in (path, *path.parents):
            try:
                each.stat()
            except OSError as error:
                if each.is_symlink():
                    path, problem = each, _of_link(error, str(each))
        if problem:
            place = relative(path, config.rootpath)
            raise pytest.UsageError(f"{place}: {problem[0]}\n  next: {problem[1]}")


class Unseen:
    """Notes what looks like a feature file below the paths asked for, and is not collected.

    What ``--ignore``, ``collect_ignore`` or a plugin leaves out is left out on purpose, and not
    noted; a folder that pytest skips for its name or what is in it may not be.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._notices = config.stash[NOTICES]
        self._rootpath = config.rootpath
        args = (config.invocation_params.dir / each.partition("::")[0] for each in config.args)
        self._asked = tuple(each.absolute() for each in args)

    @pytest.hookimpl(wrapper=True)
    def pytest_ignore_collect(
        self, collection_path: Path, config: pytest.Config
    ) -> Generator[None, bool | None, bool | None]:
        """Note the features in a folder that is skipped, and skip one that leads back to itself."""
        is_ignored = yield
        if not self._is_asked_for(collection_path):
            return is_ignored
        if is_ignored:
            if cause := _skipping(collection_path, config):
                self._note_folder(collection_path, cause)
        elif collection_path.is_symlink() and collection_path.parent.resolve().is_relative_to(
            collection_path.resolve()
        ):
            self._note(collection_path, "a link to a folder around it", "remove the link")
            return True
        return is_ignored

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_file(self, file_path: Path) -> None:
        """Note a file whose name is nearly that of a feature file."""
        if self._is_asked_for(file_path) and _is_near(file_path.name):
            stem = file_path.name.strip().partition(".")[0] or "a_name"
            what = f"it is not called something{ENDING}"
            self._note(file_path, what, f"rename it, as {stem}{ENDING}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path) -> None:
        """Note what in a folder looks like a feature file and is no file at all."""
        if self._is_asked_for(path):
            with os.scandir(path) as entries:
                for entry in sorted(entries, key=lambda each: each.name):
                    problem = _problem(entry)
                    if problem and not _is_left_out(path / entry.name, self._config):
                        self._note(path / entry.name, *problem)

    def _is_asked_for(self, path: Path) -> bool:
        return any(path.is_relative_to(each) for each in self._asked)

    def _note_folder(self, folder: Path, cause: str) -> None:
        found = [
            Path(place, name)
            for place, _, names in os.walk(folder)
            for name in sorted(names)
            if Path(name).suffix == ENDING
        ]
        if found:
            listed = ", ".join(relative(each, folder) for each in sorted(found)[:SHOWN])
            files = "a feature file" if len(found) == 1 else f"{len(found)} feature files"
            more = ", …" if len(found) > SHOWN else ""
            what = f"{files} ({listed}{more}), for pytest skips {cause}"
            option = f"--ignore={relative(folder, self._rootpath)}"
            self._note(folder, what, f"move what is to run elsewhere; or say {option}")

    def _note(self, path: Path, what: str, next_: str) -> None:
        place = repr(relative(path, self._rootpath))[1:-1]
        self._notices.append(f"{place}: not run: {what}\n    next: {next_}")


def _is_left_out(path: Path, config: pytest.Config) -> bool:
    """Return whether the command line leaves *path* out."""
    base, ignored = config.invocation_params.dir, config.option.ignore or ()
    globs = config.option.ignore_glob or ()
    return path in [base / each for each in ignored] or any(
        fnmatch.fnmatch(str(path), str(base / each)) for each in globs
    )


def _skipping(folder: Path, config: pytest.Config) -> str | None:
    """Return why pytest itself skips *folder*; None where somebody asked for that."""
    if not folder.is_dir() or folder.name in REPOSITORIES or _is_left_out(folder, config):
        return None
    for pattern in config.getini("norecursedirs"):
        if fnmatch.fnmatch(str(folder) if os.sep in pattern else folder.name, pattern):
            return f"folders called {pattern} (norecursedirs)"
    is_environment = (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta/history").is_file()
    return "virtual environments" if is_environment else None


def _problem(entry: os.DirEntry[str]) -> tuple[str, str] | None:
    """Return why *entry* is no file, and what to do, if it looks like a feature file or folder."""
    suffix = Path(entry.name).suffix
    # A link whose name has no ending may have been meant to lead to a folder.
    if not (suffix == ENDING or _is_near(entry.name) or (entry.is_symlink() and not suffix)):
        return None
    try:
        mode = Path(entry.path).stat().st_mode
    except OSError as error:
        return _of_link(error, entry.path)
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or not suffix:
        return None
    return "it is no ordinary file", "replace it with the file itself"


def _of_link(error: OSError, path: str) -> tuple[str, str]:
    if not Path(path).is_symlink():
        return error.strerror or str(error), "let it be read"
    where = "in a circle" if error.errno == errno.ELOOP else f"to {os.readlink(path)!r}"  # noqa: PTH115 - as it is written
    return f"a link that leads {where}: {error.strerror}", "mend the link, or remove it"


def _is_near(name: str) -> bool:
    """Return whether *name* is meant to end as feature files do, and does not."""
    if Path(name).suffix == ENDING:
        return False
    # Blanks and dots at its end are what Windows takes away.
    file = Path(name.rstrip(" .").casefold())
    if file.suffix in COVERS:
        return file.with_suffix("").suffix == ENDING
    ending = file.suffix or file.name
    if not ending.startswith(".") or ending.endswith(LEFT_BY_EDITORS):
        return False
    return bool(difflib.get_close_matches(ending, [ENDING], cutoff=0.85))
