"""The pytest side: features in, scenarios run, evidence out.

This module holds pytest's hooks; each hands over to the module that knows.
"""

import contextlib
import dataclasses
import gc
import importlib.metadata
import importlib.util
import platform
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.plugin import (
    allure_bridge,
    fixtures,
    masking,
    options,
    terminal,
    webhooks,
)
from connector_harness.plugin.allure_results import ResultsFolder
from connector_harness.plugin.collection import SPEC, FeatureFile, ScenarioItem, Spec
from connector_harness.plugin.endpoint import ENDPOINT, EndpointUnderTest
from connector_harness.plugin.evidence import Evidence
from connector_harness.plugin.failure import FailureText
from connector_harness.plugin.guard import Finding, near_misses
from connector_harness.plugin.hearing import Remainder
from connector_harness.plugin.selection import resolve_lines
from connector_harness.plugin.stash import EVIDENCE, REDACTOR, REMAINDER
from connector_harness.plugin.workers import CollectionErrors
from connector_harness.redaction import Redactor
from connector_harness.sandbox.server import SandboxError

RESULTS = pytest.StashKey[ResultsFolder]()
NOTICES = pytest.StashKey[list[Finding | str]]()
OUTCOMES = ("passed", "failed", "skipped", "xfailed", "xpassed")
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
        lines.append(f"endpoint: {config.stash[ENDPOINT].name}")
    if importlib.util.find_spec(OTHER_ADAPTER) is not None:
        lines.append(
            "allure-pytest-bdd is installed too and switched off: it and allure-pytest cannot "
            "run together; next: pip uninstall allure-pytest-bdd"
        )
    return lines


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Keep a mere check of the spec in one process."""
    if config.getoption("--spec-check"):
        for name, value in (("numprocesses", None), ("dist", "no"), ("tx", [])):
            setattr(config.option, name, value)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set up what a run of features needs; ordinary tests are left as they are."""
    config.stash[NOTICES] = []
    config.stash[SPEC] = spec = Spec(config)
    config.args[:], spec.chosen = resolve_lines(config.args, config.invocation_params.dir)
    config.stash[REDACTOR] = redactor = Redactor()
    schemas = config.rootpath / config.getini("connector_schemas")
    config.stash[EVIDENCE] = Evidence(schemas, redactor)
    config.add_cleanup(masking.mask_log(redactor))
    config.pluginmanager.register(masking.WarningMask(redactor))
    config.pluginmanager.register(fixtures)
    config.pluginmanager.register(webhooks)
    if _wants_features(config):
        try:
            config.stash[ENDPOINT] = EndpointUnderTest(config)
        except SettingsError as error:
            raise pytest.UsageError(str(error)) from None
        _take_over_allure(config, redactor)
        if not _is_worker(config):
            config.pluginmanager.register(CollectionErrors())


def _take_over_allure(config: pytest.Config, redactor: Redactor) -> None:
    """Let our listener serve instead of allure-pytest's, in the folder that it would use."""
    if not config.pluginmanager.hasplugin("allure_pytest"):
        raise pytest.UsageError(
            "allure-pytest is switched off, and with it the results\n"
            "  next: run without -p no:allure_pytest, and install allure-pytest if it is missing"
        )
    chosen = config.option.allure_report_dir
    path = config.invocation_params.dir / chosen if chosen else _usual_results(config)
    folder = ResultsFolder(path, redactor)
    config.stash[RESULTS] = folder
    # A folder of one's own may collect several runs, as with allure-pytest.
    config.option.clean_alluredir = config.option.clean_alluredir or not chosen
    # allure-pytest registers no listener of its own where it is given no folder.
    config.option.allure_report_dir = None
    if not config.option.collectonly:
        allure_bridge.hear_scenarios(config, folder)


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
    idle = config.getoption("--spec-check") or config.option.collectonly
    return ENDPOINT in config.stash and not idle and not _is_worker(config)


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


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run nothing where only the spec is to be checked; otherwise make sure of the endpoint."""
    config = session.config
    if config.getoption("--spec-check"):
        return True
    collected = any(isinstance(item, ScenarioItem) for item in session.items)
    if _runs_here(config) and collected and not session.testsfailed:
        _reach_endpoint(config)
    config.stash[EVIDENCE].cache = getattr(config, "cache", None)
    if collected:
        # The items stay to the end; looking through them for garbage over and over costs a tenth
        # of a long run.
        gc.collect()
        gc.freeze()
    return None


def _reach_endpoint(config: pytest.Config) -> None:
    """Wait for the endpoint's settings and note them for the report.

    Raises:
        pytest.UsageError: There is no endpoint to run against.
    """
    try:
        endpoint = config.stash[ENDPOINT].endpoint
    except (SandboxError, SettingsError) as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[REDACTOR].add(endpoint.client_secret.get_secret_value())
    if config.option.clean_alluredir:
        # Not before something is sure to run: a mistyped -k shall not cost the last results.
        config.stash[RESULTS].clean()
        config.option.clean_alluredir = False
    packages = ("connector-harness", "pytest", "pytest-bdd", "allure-pytest", "httpx")
    versions = {name: importlib.metadata.version(name) for name in packages}
    config.stash[RESULTS].write_environment(
        {
            "endpoint": endpoint.name,
            "address": endpoint.address or endpoint.discovery,
            "account": endpoint.account,
            "python": platform.python_version(),
            **versions,
        }
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401
    """Tell a worker of pytest-xdist where the sandbox is."""
    if _runs_here(node.config):
        _reach_endpoint(node.config)
        node.config.stash[ENDPOINT].tell_worker(node.workerinput)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401
    """Take over what a worker noticed."""
    output = getattr(node, "workeroutput", None) or {}
    node.config.stash[NOTICES].extend(output.get("connector_harness_notices", []))
    remainder = output.get("connector_harness_remainder")
    if remainder is not None:
        node.config.stash.setdefault(REMAINDER, Remainder()).add(Remainder(**remainder))


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
    shown: object = report.longrepr
    if isinstance(shown, FailureText):
        # xdist hands over the text of a failure alone, and what stands on the report itself.
        vars(report)["reason"] = shown.reason
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Give a failure that came from a worker its short reason back."""
    reason = getattr(report, "reason", None)
    if reason is not None and isinstance(report.longrepr, str):
        report.longrepr = FailureText(report.longrepr, *reason)  # type: ignore[assignment]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what is worth a look, and where the results are."""
    config = terminalreporter.config
    notices: list[Finding | str] = config.stash[NOTICES]
    terminal.write_notices(terminalreporter, notices)
    if config.getoption("--spec-check"):
        terminal.write_check(terminalreporter, len(config.stash[SPEC].names))
    elif _runs_here(config) and any(terminalreporter.stats.get(kind) for kind in OUTCOMES):
        endpoint = config.stash[ENDPOINT].name
        terminal.write_results(terminalreporter, config.stash[RESULTS].path, endpoint)
