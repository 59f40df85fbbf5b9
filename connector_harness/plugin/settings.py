"""The settings of the Allure report: where links lead, and the history of earlier runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from connector_harness.client.settings import SettingsError, settings_table

TABLE: Final = "[tool.connector_harness]"
OPTION: Final = "--history"

REPORT: Final = "allure-report"
"""The folder of the report, beside the other documents."""

HISTORY: Final = (
    "history.json",
    "history-trend.json",
    "duration-trend.json",
    "retry-trend.json",
    "categories-trend.json",
)
"""What an Allure 2 report keeps of the runs before, in its folder ``history``."""


@dataclass(frozen=True, slots=True)
class History:
    """The history of earlier runs: a file that Allure 3 keeps, or the folder of Allure 2."""

    path: Path
    is_file: bool

    def files(self) -> list[Path]:
        """Return the files of the folder; none where there is no earlier run yet."""
        inside = self.path / "history"
        folder = inside if inside.is_dir() else self.path
        return [folder / name for name in HISTORY if (folder / name).is_file()]


def link_patterns(config: pytest.Config) -> dict[str, str]:
    """Return for each kind of link an address with ``{}`` in the place of what it leads to.

    ``--allure-link-pattern`` beats the table ``links``.

    Raises:
        pytest.UsageError: One is no such address.
    """
    table = _settings(config).get("links", {})
    place = f"pyproject.toml, {TABLE[:-1]}.links]"
    if not isinstance(table, dict):
        raise _wrong(f"links = {table!r} is no table", place)
    told = dict(config.getoption("allure_link_pattern", None) or [])
    for patterns, where in ((table, place), (told, "--allure-link-pattern")):
        for kind, pattern in patterns.items():
            if not isinstance(pattern, str) or "{}" not in pattern:
                raise _wrong(f"{kind} = {pattern!r} has no {{}} for what the link leads to", where)
    return {**table, **told}


def _wrong(what: str, where: str) -> pytest.UsageError:
    advice = 'write an address with {}, as issue = "https://issues.example.test/browse/{}"'
    return pytest.UsageError(f"{what}\n  at: {where}\n  next: {advice}")


def history(config: pytest.Config) -> History | None:
    """Return the history that is given; ``--history`` beats the setting ``history``.

    Raises:
        pytest.UsageError: It is neither kind of history.
    """
    told = config.getoption(OPTION)
    setting = _settings(config).get("history")
    if told is None and setting is None:
        return None
    base = config.rootpath if told is None else config.invocation_params.dir
    where = f"pyproject.toml, {TABLE}" if told is None else OPTION
    given = setting if told is None else told
    path = base / str(given)
    if path.suffix == ".jsonl" and not path.is_dir():
        return History(path, is_file=True)
    if isinstance(given, str) and given and not path.is_file():
        return History(path, is_file=False)
    raise pytest.UsageError(
        f"{given!r} is no history of earlier runs\n  at: {where}\n"
        "  next: name a file for Allure 3 to keep it in, as reports/history.jsonl, or the folder "
        "history of a report of Allure 2"
    )


def _settings(config: pytest.Config) -> dict[str, Any]:
    try:
        return settings_table(config.rootpath / "pyproject.toml")
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None


HISTORY_KEY: Final = pytest.StashKey[History | None]()
"""What is known of earlier runs, if anything; there where the run has features."""
