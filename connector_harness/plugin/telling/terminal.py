"""What a run says at its end."""

import difflib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from connector_harness.gherkin.guard import Finding
from connector_harness.plugin.settings import REPORT
from connector_harness.plugin.telling.failures import failure_of
from connector_harness.results.failure_class import FailureClass

_WORD = re.compile(r"[^\s()]+")
_OPERATORS = frozenset({"and", "or", "not"})


def write_notices(reporter: pytest.TerminalReporter, notices: Sequence[Finding | str]) -> None:
    """Write what is worth a look, but stops nothing."""
    lines = list(dict.fromkeys(str(notice) for notice in notices))
    if lines:
        reporter.section("worth a look", yellow=True)
        for line in lines:
            reporter.line(line)


def write_results(reporter: pytest.TerminalReporter, folder: Path, endpoint: str) -> None:
    """Write where the results are and how to open them."""
    # From where the command is pasted, which need not be the rootdir.
    where = Path(os.path.relpath(folder, reporter.config.invocation_params.dir)).as_posix()
    reporter.section("results")
    failed = classes(reporter)
    if failed:
        reporter.line(f"failed by class: {failed}", red=True)
    reporter.line(f"endpoint: {endpoint}")
    reporter.line(f"results:  {where}")
    if not reporter.config.getoption("--report"):
        reporter.line(opening(where))


def opening(where: str) -> str:
    """Return the line that says how to open the results in the folder *where*."""
    report = (Path(where).parent / REPORT).as_posix()
    return f"open:     npx --yes allure generate {where} -o {report} --open"


def classes(reporter: pytest.TerminalReporter) -> str:
    """Return how many failures there were of each class, as ``product 2, timeout 1``."""
    reports = [*reporter.stats.get("failed", ()), *reporter.stats.get("error", ())]
    found = Counter(told.failure_class for each in reports if (told := failure_of(each)))
    return ", ".join(f"{kind} {found[kind]}" for kind in FailureClass if kind in found)


def write_check(reporter: pytest.TerminalReporter, scenarios: int) -> None:
    """Write that the feature files are sound, unless they are not."""
    if not reporter.stats.get("error"):
        reporter.section("spec check", green=True)
        reporter.line(f"{scenarios} scenario(s), no finding; nothing was sent")


def words(expression: str) -> Iterator[str]:
    """Yield the names in a ``-m`` expression."""
    yield from (word for word in _WORD.findall(expression) if word not in _OPERATORS)


def unknown_tags(expression: str, tags: Iterable[str]) -> Iterator[str]:
    """Yield a notice for each name in a ``-m`` expression that is no tag but looks like one."""
    known = sorted(set(tags))
    for word in words(expression):
        if word in known:
            continue
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
        if close:
            yield f"-m {word}: no scenario has this tag\n    next: did you mean {close[0]}?"
