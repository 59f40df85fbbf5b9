"""Which scenarios there are, and which of them run."""

import difflib
import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from connector_harness.gherkin.feature import FeatureSpec, FeatureSyntaxError, read_feature
from connector_harness.gherkin.guard import Finding, near_misses
from connector_harness.gherkin.written_lines import shown_in_a_name
from connector_harness.plugin.collecting.collection import (
    OURS,
    SPEC,
    FeatureFile,
    ScenarioItem,
    Spec,
    findings_in,
    note_findings,
    relative,
)
from connector_harness.plugin.collecting.excuses import Excuses
from connector_harness.plugin.collecting.left_out import LEFT_OUT, LeftOut
from connector_harness.plugin.collecting.project_findings import tell_project_findings
from connector_harness.plugin.collecting.sharding import SHARDING, Sharding, parse_shard
from connector_harness.plugin.collecting.unseen import Unseen, refuse_lost_paths
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.options import group, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.running.bdd import hiding_fixtures
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.stash import NOTICES, REDACTOR
from connector_harness.redaction.redactor import Redactor

_LINE = re.compile(r"(?P<file>.+\.feature):(?P<line>\d+)")


def resolve_lines(args: list[str], base: Path) -> tuple[list[str], dict[Path, set[str]]]:
    """Return *args* without lines, and the scenarios that ``file.feature:LINE`` stands for.

    A line of a scenario, of its steps or tags stands for that scenario; a line of an example
    row for that row; a line of a rule's head or background for the rule's scenarios; a line
    above the first scenario for all of the file. Relative paths start from *base*.

    Raises:
        pytest.UsageError: There is no such file, or no scenario at that line.
    """
    paths: list[str] = []
    chosen: dict[Path, set[str]] = {}
    for arg in args:
        match = _LINE.fullmatch(arg)
        paths.append(arg if match is None else match["file"])
        names = None if match is None else _names(match["file"], int(match["line"]), base)
        if match is not None and names is not None:
            chosen.setdefault((base / match["file"]).resolve(), set()).update(names)
    for arg in args:
        asked, _, name = arg.partition("::")
        # Unlike a path that resolves, one that leads in a circle has a real path.
        path = Path(os.path.realpath(base / asked))
        if name and path in chosen:
            # Behind the name of one with parameters stands which of them.
            chosen[path] |= {name, name.rpartition("[")[0]}
        elif not name:
            chosen = {
                each: names for each, names in chosen.items() if not each.is_relative_to(path)
            }
    return list(dict.fromkeys(paths)), chosen


def _names(path: str, line: int, base: Path) -> list[str] | None:
    """Return the names of the scenarios at *line*; None where the guard will tell what is wrong."""
    file = base / path
    if not file.is_file():
        raise pytest.UsageError(f"no such feature file: {path}\n  next: check the path")
    try:
        feature = read_feature(file, path)
    except FeatureSyntaxError:
        return None
    if feature is None:
        return None
    names = names_at(feature, line)
    if not names:
        known = ", ".join(f"{outline.line} ({outline.title})" for outline in feature.outlines)
        raise pytest.UsageError(
            f"no scenario at {path}:{line}\n"
            f"  next: name a line of a scenario; they start at {known or 'no line'}"
        )
    return names


def names_at(feature: FeatureSpec, line: int) -> list[str]:
    """Return the names of the scenarios that *line* stands for, in file order."""
    rows = [s.name for s in feature.scenarios if s.row is not None and s.line == line]
    if rows:
        return rows
    for outline in feature.outlines:
        if outline.first_line <= line <= outline.last_line:
            return [s.name for s in feature.scenarios if s.outline is outline]
    for first, last in feature.rules:
        if first <= line <= last:
            return [
                s.name for s in feature.scenarios if s.rule is not None and s.rule.line == first
            ]
    if line < min((outline.first_line for outline in feature.outlines), default=0):
        return [scenario.name for scenario in feature.scenarios]
    return []


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
    refuse_lost_paths(config)
    config.stash[SPEC] = spec = Spec(config)
    config.args[:], spec.chosen = resolve_lines(config.args, config.invocation_params.dir)
    _choose_shard(config)
    if wants_features(config):
        config.stash[LEFT_OUT] = left_out = LeftOut()
        for plugin in (Unseen(config), left_out, Excuses()):
            config.pluginmanager.register(plugin)
        if os.environ.get("ALLURE_TESTPLAN_PATH"):
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
        path = relative(file_path, parent.config.rootpath)
        shown = shown_in_a_name(path)
        names: Any = {} if shown == path else {"name": Path(shown).name, "nodeid": shown}
        collected: FeatureFile = FeatureFile.from_parent(parent, path=file_path, **names)
        return collected

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Remember which schemas are sound, where pytest keeps a cache."""
        config = session.config
        config.stash[EVIDENCE].cache = getattr(config, "cache", None)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Let the report of a feature file say what its guard has found."""
        report = yield
        note_findings(report)
        if findings_in(report) and isinstance(collector, FeatureFile):
            collector.config.stash[SPEC].refused.append(collector.path)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Note what is worth a look, before anything is selected by name or tag."""
        if wants_features(config) and not config.getoption("--steps"):
            # What checks nothing is a finding wherever it stands.
            tell_project_findings(config)
        stops = ENDPOINT in config.stash and not config.getoption("continue_on_collection_errors")
        if session.testsfailed and is_worker(config) and stops:
            # pytest stops here by itself; a worker of pytest-xdist would run what it has found.
            items.clear()
        _learn_rows(config.stash[REDACTOR], items)
        spec, notices = config.stash[SPEC], config.stash[NOTICES]
        notices.extend(_hiding(config))
        tags = [(tag, each.path, n) for each, _ in spec.features for tag, n in each.tag_lines]
        notices.extend(str(finding) for finding in near_misses(tags))
        words = _WORD.findall(config.option.markexpr or "") if tags else ()
        for word in (each for each in words if each not in ("and", "or", "not")):
            # Known from a feature outside of this run, perhaps; under pytest-xdist, pytest's own
            # complaint would end in an internal error.
            spec.register(word)
            notices.extend(_unknown_tag(word, sorted({tag for tag, _, _ in tags})))


def _hiding(config: pytest.Config) -> Iterator[Finding]:
    """Yield a notice for each fixture of the project in whose way the harness's own is not met."""
    features = [path for _, path in config.stash[SPEC].features]
    for file, line, name in hiding_fixtures(config.pluginmanager, ours=OURS):
        # What a conftest.py defines is met below its folder.
        below = file.parent if file.name == "conftest.py" else Path(file.anchor)
        if not any(path.is_relative_to(below) for path in features):
            continue
        what = f"fixture {name!r} hides that of the harness, which others ask for by this name"
        advice = f"give it another name; or let it ask for {name!r} itself, and go on from there"
        yield Finding(relative(file, config.rootpath), line, what, advice)


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
