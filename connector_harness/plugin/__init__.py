"""The pytest side: features in, scenarios run, evidence out.

This module holds pytest's hooks; each hands over to the module that knows.
"""

import contextlib
import dataclasses
import gc
import importlib.util
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from connector_harness.client.settings import SettingsError, personal_data
from connector_harness.gherkin.guard import Finding, near_misses
from connector_harness.plugin import options
from connector_harness.plugin import settings as report_settings
from connector_harness.plugin.account import production
from connector_harness.plugin.account.guard import guard_account, tell_folder
from connector_harness.plugin.allure import bridge as allure_bridge
from connector_harness.plugin.collecting import spec_file
from connector_harness.plugin.collecting.collection import SPEC, FeatureFile, ScenarioItem, Spec
from connector_harness.plugin.collecting.selection import resolve_lines
from connector_harness.plugin.collecting.shard import ShardError, parse_shard
from connector_harness.plugin.collecting.sharding import SHARDING, Sharding
from connector_harness.plugin.ending import masking
from connector_harness.plugin.ending.documents import LivingDocument
from connector_harness.plugin.ending.findings import Findings
from connector_harness.plugin.ending.leak_audit import LeakAudit
from connector_harness.plugin.ending.not_run import Planned
from connector_harness.plugin.ending.write_errors import Unwritten
from connector_harness.plugin.endpoint import preflight
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, EndpointUnderTest
from connector_harness.plugin.endpoint.results_folder_setup import reach_endpoint
from connector_harness.plugin.failing.crashes import Crashes
from connector_harness.plugin.processes.collection_errors import CollectionErrors
from connector_harness.plugin.processes.last_reports import Farewell
from connector_harness.plugin.processes.orphans import put_on_leash
from connector_harness.plugin.processes.signals import SIGNALS, StopSignals
from connector_harness.plugin.running import fixtures, webhooks
from connector_harness.plugin.running.exchange_recorder import ExchangeRecorder
from connector_harness.plugin.running.notifications import Unclaimed
from connector_harness.plugin.stash import (
    EVIDENCE,
    HISTORY,
    NOTICES,
    REDACTOR,
    REMAINDER,
    RESULTS,
)
from connector_harness.plugin.telling import terminal
from connector_harness.plugin.telling.failures import Failures
from connector_harness.plugin.telling.quarantine import CATEGORY, QuarantineReport
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.folder import ResultsFolder

ALLURE_SELECTS = (
    *("allure_epics", "allure_features", "allure_stories", "allure_ids"),
    *("allure_severities", "allure_labels"),
)
OUTCOMES = ("passed", "failed", "skipped", "xfailed", "xpassed", CATEGORY)
OTHER_ADAPTER = "allure_pytest_bdd"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, and keep the other Allure adapter from adding its own."""
    options.add_options(parser)
    if importlib.util.find_spec(OTHER_ADAPTER) is not None:
        # Two adapters that both add --alluredir end every run with an argparse error.
        pluginmanager.set_blocked(OTHER_ADAPTER)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which endpoint is under test, and that the other Allure adapter is off."""
    lines = []
    if ENDPOINT in config.stash and not config.getoption("--spec-check"):
        lines.append(f"endpoint: {config.stash[ENDPOINT].name}{production.in_words(config)}")
    if importlib.util.find_spec(OTHER_ADAPTER) is not None:
        lines.append(
            "allure-pytest-bdd is installed too and switched off: it and allure-pytest cannot "
            "run together; next: pip uninstall allure-pytest-bdd"
        )
    return lines


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Keep what sends nothing in one process."""
    if options.is_single(config):
        for name, value in (("numprocesses", None), ("dist", "no"), ("tx", [])):
            setattr(config.option, name, value)
    if config.getoption("--steps"):
        # Before all plugins are configured; a run pays nothing for it.
        from connector_harness.plugin.collecting.step_listing import StepListing  # noqa: PLC0415

        config.pluginmanager.register(StepListing(config))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set up what a run of features needs; ordinary tests are left as they are."""
    config.stash[NOTICES] = []
    config.stash[SPEC] = spec = Spec(config)
    config.args[:], spec.chosen = resolve_lines(config.args, config.invocation_params.dir)
    config.stash[REDACTOR] = redactor = Redactor(_personal_data(config))
    schemas = config.rootpath / config.getini("connector_schemas")
    config.stash[EVIDENCE] = ExchangeRecorder(schemas, redactor)
    config.add_cleanup(masking.mask_log(redactor))
    config.pluginmanager.register(masking.WarningMask(redactor))
    config.pluginmanager.register(fixtures)
    config.pluginmanager.register(webhooks)
    _choose_shard(config)
    if _wants_features(config):
        try:
            config.stash[ENDPOINT] = EndpointUnderTest(config)
        except SettingsError as error:
            raise pytest.UsageError(str(error)) from None
        full_trace = bool(config.getoption("fulltrace", default=False))
        config.stash[SIGNALS] = signals = StopSignals(full_trace=full_trace)
        config.add_cleanup(signals.install())
        config.pluginmanager.register(signals)
        config.pluginmanager.register(Failures(config))
        if options.is_single(config):
            # The file of the last run stays as it is.
            config.option.xmlpath = None
        _tell_story(config)
        if config.option.xmlpath and not _is_worker(config):
            # For what pytest writes there of a run whose features cannot be collected.
            config.pluginmanager.register(masking.JUnitMask(config.option.xmlpath, redactor))
        _take_over_allure(config, redactor)
        _follow_plan(config)
        config.pluginmanager.register(QuarantineReport())
        _prepare_for_the_end(config)


def _personal_data(config: pytest.Config) -> tuple[str, ...]:
    """Return the members whose values are personal, as the settings name them.

    Raises:
        pytest.UsageError: They name none.
    """
    try:
        return personal_data(config.rootpath)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None


def _choose_shard(config: pytest.Config) -> None:
    """Let one shard run, where the command line names one.

    Raises:
        pytest.UsageError: It names none that there is.
    """
    written, since = config.getoption("--shard"), config.getoption("--since")
    if written is None:
        return
    try:
        shard = parse_shard(written)
    except ShardError as error:
        raise pytest.UsageError(str(error)) from None
    folder = config.invocation_params.dir / since if since is not None else None
    config.stash[SHARDING] = sharding = Sharding(shard, folder)
    config.pluginmanager.register(sharding)


def _prepare_for_the_end(config: pytest.Config) -> None:
    """Register what makes every end of a run an orderly one, as far as it goes."""
    plugins = config.pluginmanager
    config.stash[HISTORY] = history = report_settings.history(config)
    if _runs_here(config):
        planned = Planned()
        plugins.register(planned)
        # Before the next, so that it makes them from what that one has settled.
        sharding = config.stash.get(SHARDING, None)
        plugins.register(LivingDocument(config, config.stash[RESULTS], planned, sharding))
        if config.getoption("--report"):
            # A plain run does not pay for it.
            from connector_harness.plugin.ending.allure_report import AllureReport  # noqa: PLC0415

            plugins.register(AllureReport(config, config.stash[RESULTS], history))
    plugins.register(Unwritten(config.stash[RESULTS]))
    written: list[bytes] = []
    config.add_cleanup(masking.mask_streams(config.stash[REDACTOR], written))
    audit = LeakAudit(config, config.stash[RESULTS], written)
    plugins.register(audit)
    if config.getoption("--preview"):
        # A run pays nothing for it.
        from connector_harness.plugin.preview import fixtures as preview_fixtures  # noqa: PLC0415
        from connector_harness.plugin.preview.preview import Preview  # noqa: PLC0415

        plugins.register(preview_fixtures)
        plugins.register(Preview(config, audit.named))
    if _is_worker(config):
        put_on_leash(config, config.stash[SIGNALS])
        return
    plugins.register(CollectionErrors())
    plugins.register(Findings(config, config.stash[RESULTS], sends=_runs_here(config)))
    plugins.register(Farewell())
    plugins.register(Crashes(config.stash[RESULTS], config.rootpath))


def _tell_story(config: pytest.Config) -> None:
    """Show the run as the spec reads, where ``-v`` asks for that."""
    if getattr(config.option, "verbose", 0) > 0:
        # A plain run does not pay for it.
        from connector_harness.plugin.telling import verbose as story  # noqa: PLC0415

        if story.is_wanted(config):
            config.pluginmanager.register(story.StoryTeller(config))


def _take_over_allure(config: pytest.Config, redactor: Redactor) -> None:
    """Let our listener serve instead of allure-pytest's, in the folder that it would use."""
    if not config.pluginmanager.hasplugin("allure_pytest"):
        raise pytest.UsageError(
            "allure-pytest is switched off, and with it the results\n"
            "  next: run without -p no:allure_pytest, and install allure-pytest if it is missing"
        )
    chosen = config.option.allure_report_dir
    path = config.invocation_params.dir / chosen if chosen else _usual_results(config)
    folder = ResultsFolder(path, redactor, report_settings.link_patterns(config))
    config.stash[RESULTS] = folder
    # A folder of one's own may collect several runs, as with allure-pytest.
    config.option.clean_alluredir = config.option.clean_alluredir or not chosen
    # allure-pytest registers no listener of its own where it is given no folder.
    config.option.allure_report_dir = None
    if not options.is_idle(config):
        allure_bridge.hear_scenarios(config, folder)


def _follow_plan(config: pytest.Config) -> None:
    """Let a test plan of Allure choose what runs, where there is one."""
    if os.environ.get("ALLURE_TESTPLAN_PATH"):
        # A plain run does not pay for it.
        from connector_harness.plugin.collecting import test_plan  # noqa: PLC0415

        plan = test_plan.read_plan(os.environ, config.invocation_params.dir)
        is_inverted = bool(config.getoption("inversion", default=False))
        if plan is not None:
            config.pluginmanager.register(test_plan.Planning(plan, is_inverted=is_inverted))


def _usual_results(config: pytest.Config) -> Path:
    return config.rootpath / str(config.getini("connector_results"))


def _wants_features(config: pytest.Config) -> bool:
    """Return whether any of the paths asked for is a feature file or holds one."""
    paths = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    return any(
        path.suffix == ".feature" or next(path.rglob("*.feature"), None) is not None
        for path in paths
    )


def _stops_at_findings(config: pytest.Config) -> bool:
    return ENDPOINT in config.stash and not config.getoption("continue_on_collection_errors")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _runs_here(config: pytest.Config) -> bool:
    """Return whether this process controls a run that sends something."""
    return ENDPOINT in config.stash and not options.is_idle(config) and not _is_worker(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Read the settings, begin to start the sandbox, and empty the results folder."""
    config = session.config
    if not _runs_here(config):
        if ENDPOINT in config.stash:
            # What only collects needs no settings.
            with contextlib.suppress(SettingsError):
                config.stash[ENDPOINT].tell_secrets(config.stash[REDACTOR])
        return
    try:
        config.stash[ENDPOINT].start()
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[ENDPOINT].tell_secrets(config.stash[REDACTOR])
    config.add_cleanup(config.stash[ENDPOINT].stop)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Mask the secrets in what pytest shows of a file that it could not collect."""
    report = yield
    masking.mask_report(report, collector.config.stash[REDACTOR])
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect feature files."""
    if file_path.suffix != ".feature":
        return None
    collected: FeatureFile = FeatureFile.from_parent(parent, path=file_path)
    return collected


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Note the tags that look like a slip of the pen, in features and on the command line."""
    if session.testsfailed and _is_worker(config) and _stops_at_findings(config):
        # pytest stops here by itself; a worker of pytest-xdist would run what it has found.
        items.clear()
    if RESULTS in config.stash and not all(isinstance(item, ScenarioItem) for item in items):
        allure_bridge.hear_ordinary_tests(config, config.stash[RESULTS])
    if any(getattr(config.option, name, None) for name in ALLURE_SELECTS):
        # A plain run does not pay for it.
        from connector_harness.plugin.allure import marks as allure_marks  # noqa: PLC0415

        allure_marks.mark(items)
    _learn_rows(config.stash[REDACTOR], items)
    tags = config.stash[SPEC].tags
    notices = config.stash[NOTICES]
    notices.extend(str(finding) for finding in config.stash[SPEC].notices)
    notices.extend(str(finding) for finding in near_misses(tags))
    if tags and config.option.markexpr:
        for word in terminal.words(config.option.markexpr):
            # Known from a feature outside of this run, perhaps; under pytest-xdist, pytest's own
            # complaint would end in an internal error.
            config.stash[SPEC].register(word)
        names = [tag for tag, _, _ in tags]
        notices.extend(terminal.unknown_tags(config.option.markexpr, names))


def _learn_rows(redactor: Redactor, items: list[pytest.Item]) -> None:
    """Let *redactor* mask what stands in columns that are called as personal data are."""
    for item in items:
        row = item.scenario.row if isinstance(item, ScenarioItem) else None
        for name in redactor.personal_data.intersection(row or ()):
            redactor.learn_value(name, (row or {})[name])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run nothing where only the spec is to be checked; otherwise make sure of the endpoint."""
    config = session.config
    if config.getoption("--spec-check"):
        # Imported here: a run has no use for it.
        from connector_harness.plugin.collecting.not_offered import WillRun  # noqa: PLC0415

        config.pluginmanager.register(WillRun(session.items))
        return True
    collected = any(isinstance(item, ScenarioItem) for item in session.items)
    # An empty shard leaves results as well: without a scenario, but with the facts of its run.
    collected = collected or (SHARDING in config.stash and config.stash[SHARDING].is_empty)
    if ENDPOINT in config.stash and not config.option.collectonly:
        guard_account(config, session.items)
    if _runs_here(config) and collected and not session.testsfailed:
        if preflight.is_wanted(config, session.items):
            preflight.preflight(config)
            webhooks.see_to_receiver(config)
        reach_endpoint(config)
    if collected and not session.testsfailed and not config.option.collectonly:
        spec_file.keep_spec(session, config.stash[RESULTS])
    config.stash[EVIDENCE].cache = getattr(config, "cache", None)
    if collected:
        # The items stay to the end; looking through them for garbage over and over costs a tenth
        # of a long run.
        gc.collect()
        gc.freeze()
    return None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's, not loaded here
    """Tell a worker of pytest-xdist where the sandbox is."""
    if _runs_here(node.config):
        _look_once(node.config)
        reach_endpoint(node.config)
        node.config.stash[ENDPOINT].tell_worker(node.workerinput)
        tell_folder(node.config, node.workerinput)
        webhooks.share_receiver(node.config, node.workerinput)


def _look_once(config: pytest.Config) -> None:
    """See to the endpoint before the first worker starts."""
    if _LOOKED not in config.stash:
        config.stash[_LOOKED] = True
        if preflight.may_be_wanted(config):
            preflight.preflight(config)


_LOOKED = pytest.StashKey[bool]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's, not loaded here
    """Take over what a worker noticed."""
    output = getattr(node, "workeroutput", None) or {}
    node.config.stash[NOTICES].extend(output.get("connector_harness_notices", []))
    remainder = output.get("connector_harness_remainder")
    if remainder is not None:
        node.config.stash.setdefault(REMAINDER, Unclaimed()).add(Unclaimed(**remainder))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand what this worker noticed to the controlling process, which judges the whole run."""
    stash = session.config.stash
    output = getattr(session.config, "workeroutput", None)
    remainder = stash.get(REMAINDER, None)
    if output is not None:
        output["connector_harness_notices"] = stash[NOTICES]
        if remainder is not None:
            output["connector_harness_remainder"] = dataclasses.asdict(remainder)
    elif remainder is not None:
        stash[NOTICES].extend(remainder.lines())
        if remainder.late and exitstatus == pytest.ExitCode.OK:
            # Too late to fail its scenario, but not to keep the run from being green.
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mask the secrets in what pytest shows of a test."""
    report = yield
    masking.mask_report(report, item.config.stash[REDACTOR])
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what is worth a look, and where the results are."""
    config = terminalreporter.config
    obituary = config.stash[ENDPOINT].obituary() if ENDPOINT in config.stash else None
    if obituary is not None:
        terminalreporter.section("sandbox", red=True)
        terminalreporter.line(obituary)
    notices: list[Finding | str] = config.stash[NOTICES]
    terminal.write_notices(terminalreporter, notices)
    if config.getoption("--spec-check"):
        terminal.write_check(terminalreporter, len(config.stash[SPEC].names))
    elif _runs_here(config) and (
        any(terminalreporter.stats.get(kind) for kind in OUTCOMES)
        or terminal.classes(terminalreporter)
    ):
        endpoint = config.stash[ENDPOINT].name
        terminal.write_results(terminalreporter, config.stash[RESULTS].path, endpoint)
