"""What the command line offers."""

import os
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

IDLE: Final = (
    *("spec_check", "preview", "steps", "collectonly", "setuponly", "setupplan"),
    *("showfixtures", "show_fixtures_per_test", "markers", "cacheshow", "help", "version"),
)
"""The options, by the names of their values, that ask for something else than to run."""


def is_idle(config: pytest.Config) -> bool:
    """Return whether the command line asks for something else than to run.

    One process does it, however many are given, and the last results stay as they are.
    """
    # Some are options of plugins that may be off.
    return any(getattr(config.option, name, None) not in (None, False, 0) for name in IDLE)


def named_file(config: pytest.Config, name: str) -> Path:
    """Return the file that an option such as ``--junit-xml`` names, as pytest itself finds it.

    It counts from where pytest was started, whatever the working directory is by now.
    """
    return config.invocation_params.dir / Path(os.path.expandvars(name)).expanduser()


def results_folder(config: pytest.Config) -> Path:
    """Return where results go; allure-pytest's option beats the setting."""
    chosen = getattr(config.option, "allure_report_dir", None)
    usual = config.rootpath / str(config.getini("connector_results"))
    return Path(config.invocation_params.dir / chosen) if chosen else usual


def documents_folder(config: pytest.Config, results: Path) -> Path:
    """Return where documents go: beside *results* of this project, else inside their folder."""
    usual = config.rootpath / str(config.getini("connector_results"))
    is_beside = results == usual and results.parent != config.rootpath
    return results.parent if is_beside else results


def require_plugins(config: pytest.Config) -> None:
    """Refuse to run features without the plugins that they run with.

    Raises:
        pytest.UsageError: One is switched off, or missing.
    """
    plugins = config.pluginmanager
    loaded = {getattr(each, "__name__", "") for each in plugins.get_plugins()}
    off = [name for name, (module, _) in REQUIRED.items() if module not in loaded]
    if not off or not wants_features(config):
        return
    told = "\n".join(REQUIRED[name][1] for name in off)
    blocked = " ".join(f"-p no:{name}" for name in off if plugins.is_blocked(name))
    without = blocked or "--disable-plugin-autoload"
    raise pytest.UsageError(f"{told}\n  next: run without {without}, and install what is missing")


REQUIRED: Final = {
    "pytest-bdd": ("pytest_bdd.plugin", "pytest-bdd is switched off, and with it the steps"),
    "allure_pytest": (
        "allure_pytest.plugin",
        "allure-pytest is switched off, and with it the results",
    ),
}
"""The plugins that features run with, by the names that pytest has for them."""


def refuse_moved_rootdir(config: pytest.Config) -> None:
    """Refuse the value of an option of ours that has moved the rootdir away from the project.

    pytest decides on the rootdir before it knows the options of plugins, and takes a value that
    stands behind a blank for a path.

    Raises:
        pytest.UsageError: It has, and the configuration of the project was not read.
    """
    here, args = config.invocation_params.dir, [str(arg) for arg in config.invocation_params.args]
    between = [each for each in (here, *here.parents) if each.is_relative_to(config.rootpath)]
    blank = [(option, value) for option, value in pairwise(args) if option in VALUED]
    for option, value in blank:
        if (here / value).exists() and any(map(_is_project, between[:-1])):
            raise pytest.UsageError(
                f"{option} {value}: pytest takes the value for a path to collect, and "
                f"{config.rootpath} for the project\n"
                f"  next: write {option}={value}"
            )


def _is_project(folder: Path) -> bool:
    """Return whether a folder has settings of pytest's, and not those of other tools alone."""
    files = [folder / name for name in CONFIGS]
    return any(each.is_file() and "pytest" in each.read_text("utf-8", "replace") for each in files)


VALUED: Final = frozenset({"--since", "--history", "--messages", "--endpoint", "--shard"})
"""The options of ours that take a value."""

CONFIGS: Final = ("pytest.toml", "pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
"""The files that a project keeps pytest's settings in."""


def group(parser: pytest.Parser) -> pytest.OptionGroup:
    """Return where all parts add their options."""
    return parser.getgroup("connector harness", "scenarios of feature files")


def wants_features(config: pytest.Config) -> bool:
    """Return whether any of the paths asked for is a feature file or holds one.

    A name that is nearly that of one counts: what is meant to run is not passed by in silence.
    """
    if _WANTED not in config.stash:
        paths = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
        config.stash[_WANTED] = any(
            # A line may stand behind it that could not be resolved.
            path.suffix.partition(":")[0] == ".feature" or _holds_features(path)
            for path in paths
        )
    return config.stash[_WANTED]


_WANTED: Final = pytest.StashKey[bool]()


def _holds_features(folder: Path) -> bool:
    """Return whether a feature file is in *folder*, or where a link in it leads, as to pytest."""
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        if any(".feature" in name.casefold() for name in (*names, *folders)):
            return True
        here = os.path.realpath(place)
        if here in seen:
            folders.clear()
        seen.add(here)
    return False
