"""Which scenarios there are, and which of them run."""

import difflib
import os
import re
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from connector_harness.gherkin.guard import near_misses
from connector_harness.plugin.collecting.collection import (
    SPEC,
    FeatureFile,
    ScenarioItem,
    Spec,
    note_findings,
)
from connector_harness.plugin.collecting.selection import resolve_lines
from connector_harness.plugin.collecting.sharding import SHARDING, Sharding, parse_shard
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.options import group, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.stash import NOTICES, REDACTOR
from connector_harness.redaction.redactor import Redactor

_WORD: Final = re.compile(r"[^\s()]+")

if TYPE_CHECKING:
    from connector_harness.plugin.collecting.test_plan import Planning

PLANNING: "pytest.StashKey[Planning]" = pytest.StashKey()
"""What follows the test plan, where there is one."""


def add_options(parser: pytest.Parser) -> None:
    """Add the options that choose, or only look."""
    group(parser).addoption(
        "--spec-check",
        action="store_true",
        help="check the feature files and run nothing: no network, no sandbox",
    )
    group(parser).addoption(
        "--steps",
        nargs="?",
        const="text",
        choices=("text", "json"),
        default=None,
        help="print the sentences that features can use, with where they are defined and how often "
        "they are used, and run nothing; --steps=json prints them for editors",
    )
    group(parser).addoption(
        "--shard",
        metavar="N/OF",
        default=None,
        help="run one part of what is selected, as 2/5: each scenario is in exactly one of the "
        "parts; balanced by the durations in the --since folder, which all of them must be given",
    )


def list_steps(config: pytest.Config) -> None:
    """Let ``--steps`` list the sentences; before all plugins are configured."""
    if config.getoption("--steps"):
        # A run pays nothing for it.
        from connector_harness.plugin.collecting.step_listing import StepListing  # noqa: PLC0415

        config.pluginmanager.register(StepListing(config))


def configure(config: pytest.Config) -> None:
    """Read what the command line chooses.

    Raises:
        pytest.UsageError: There is no such scenario, shard or plan.
    """
    config.stash[SPEC] = spec = Spec(config)
    config.args[:], spec.chosen = resolve_lines(config.args, config.invocation_params.dir)
    _choose_shard(config)
    if wants_features(config) and os.environ.get("ALLURE_TESTPLAN_PATH"):
        _follow_plan(config)
    config.pluginmanager.register(Collecting())


def _choose_shard(config: pytest.Config) -> None:
    written, since = config.getoption("--shard"), config.getoption("--since")
    if written is None:
        return
    folder = config.invocation_params.dir / since if since is not None else None
    config.stash[SHARDING] = sharding = Sharding(parse_shard(written), folder)
    config.pluginmanager.register(sharding)


def _follow_plan(config: pytest.Config) -> None:
    # A plain run does not pay for it.
    from connector_harness.plugin.collecting import test_plan  # noqa: PLC0415

    is_inverted = bool(config.getoption("inversion", default=False))
    base = config.invocation_params.dir
    planning = test_plan.read_plan(os.environ, base, is_inverted=is_inverted)
    if planning is not None:
        config.stash[PLANNING] = planning
        config.pluginmanager.register(planning)


class Collecting:
    """Collects feature files, and notes the tags that look like a slip of the pen."""

    def pytest_collect_file(self, file_path: Any, parent: pytest.Collector) -> FeatureFile | None:  # noqa: ANN401 - as pytest has it
        """Collect feature files."""
        if file_path.suffix != ".feature":
            return None
        collected: FeatureFile = FeatureFile.from_parent(parent, path=file_path)
        return collected

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Let the report of a feature file say what its guard has found."""
        report = yield
        note_findings(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Note what is worth a look, before anything is selected by name or tag."""
        stops = ENDPOINT in config.stash and not config.getoption("continue_on_collection_errors")
        if session.testsfailed and is_worker(config) and stops:
            # pytest stops here by itself; a worker of pytest-xdist would run what it has found.
            items.clear()
        _learn_rows(config.stash[REDACTOR], items)
        spec, notices = config.stash[SPEC], config.stash[NOTICES]
        tags = [(tag, each.path, n) for each, _ in spec.features for tag, n in each.tag_lines]
        notices.extend(str(finding) for finding in near_misses(tags))
        words = _WORD.findall(config.option.markexpr or "") if tags else ()
        for word in (each for each in words if each not in ("and", "or", "not")):
            # Known from a feature outside of this run, perhaps; under pytest-xdist, pytest's own
            # complaint would end in an internal error.
            spec.register(word)
            notices.extend(_unknown_tag(word, sorted({tag for tag, _, _ in tags})))


def _unknown_tag(word: str, known: list[str]) -> Iterator[str]:
    """Yield a notice where a name in a ``-m`` expression is no tag but looks like one."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    if close and word not in known:
        yield f"-m {word}: no scenario has this tag\n    next: did you mean {close[0]}?"


# What columns hold that are called as personal data are is masked as well.
def _learn_rows(redactor: Redactor, items: list[pytest.Item]) -> None:
    for item in items:
        row = item.scenario.row if isinstance(item, ScenarioItem) else None
        for name in redactor.personal_data.intersection(row or ()):
            redactor.learn_value(name, (row or {})[name])
