"""What a run says at its end."""

import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from connector_harness.plugin.collecting.quarantine import CATEGORY
from connector_harness.plugin.settings import REPORT
from connector_harness.plugin.stash import NOTICES, RESULTS
from connector_harness.plugin.telling.failures import failure_of
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.folder import CONFIG

OUTCOMES: Final = ("passed", "failed", "skipped", "xfailed", "xpassed", CATEGORY)
"""What pytest counts that has run."""


def write_notices(reporter: pytest.TerminalReporter, ended: str | None) -> None:
    """Write what is worth a look but stops nothing, and how the sandbox has *ended* by itself."""
    if ended:
        reporter.section("sandbox", red=True)
        reporter.line(ended)
    lines = list(dict.fromkeys(str(notice) for notice in reporter.config.stash[NOTICES]))
    if lines:
        reporter.section("worth a look", yellow=True)
        for line in lines:
            reporter.line(line)


def write_results(reporter: pytest.TerminalReporter, endpoint: str) -> None:
    """Write where the results of *endpoint* are and how to open them, if anything has run."""
    config, failed = reporter.config, classes(reporter)
    if not failed and not any(reporter.stats.get(kind) for kind in OUTCOMES):
        return
    # From where the command is pasted, which need not be the rootdir.
    path = os.path.relpath(config.stash[RESULTS].path, config.invocation_params.dir)
    where = Path(path).as_posix()
    reporter.section("results")
    if failed:
        reporter.line(f"failed by class: {failed}", red=True)
    reporter.line(f"endpoint: {endpoint}")
    reporter.line(f"results:  {where}")
    if not config.getoption("--report"):
        reporter.line(opening(where))


def opening(where: str) -> str:
    """Return the line that says how to open the results in the folder *where*."""
    report = (Path(where).parent / REPORT).as_posix()
    words = ["npx --yes allure generate", where, *configuration(Path(where)), "-o", report]
    return f"open:     {' '.join(words)} --open"


def configuration(results: Path) -> list[str]:
    """Return the words by which Allure 3 reads our configuration, unless there is one of one's own.

    Allure finds that by itself in the working directory.
    """
    is_own = any(Path().glob("allurerc.*"))
    return [] if is_own else ["--config", (results / CONFIG).as_posix()]


def classes(reporter: pytest.TerminalReporter) -> str:
    """Return how many failures there were of each class, as ``product 2, timeout 1``."""
    reports = [*reporter.stats.get("failed", ()), *reporter.stats.get("error", ())]
    found = Counter(told.failure_class for each in reports if (told := failure_of(each)))
    return ", ".join(f"{kind} {found[kind]}" for kind in FailureClass if kind in found)


def write_check(reporter: pytest.TerminalReporter, scenarios: int) -> None:
    """Write that the feature files are sound."""
    reporter.section("spec check", green=True)
    reporter.line(f"{scenarios} scenario(s), no finding; nothing was sent")
