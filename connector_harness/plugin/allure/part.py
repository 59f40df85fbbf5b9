"""Results for Allure, from scenarios and from ordinary tests."""

from collections.abc import Iterable, Iterator

import pytest
from allure_commons.types import LabelType, Severity

from connector_harness.gherkin.tags import ID_LABELS, SEVERITY
from connector_harness.plugin.allure import bridge
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.options import is_idle, results_folder, wants_features
from connector_harness.plugin.processes.channel import told
from connector_harness.plugin.running.scenario import now
from connector_harness.plugin.settings import link_patterns
from connector_harness.plugin.stash import REDACTOR, RESULTS
from connector_harness.report.allure.result import tag_labels, usual_labels
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.record import RecordedScenario
from connector_harness.results.run_facts import Run, new_run_id

SELECTS = (
    *("allure_epics", "allure_features", "allure_stories", "allure_ids"),
    *("allure_severities", "allure_labels"),
)
"""The options by which allure-pytest selects."""


def add_options(parser: pytest.Parser) -> None:
    """Add the setting that names the folder of the results."""
    parser.addini(
        "connector_results",
        "folder of the Allure results, from the rootdir; --alluredir beats it",
        default="reports/allure-results",
    )


def configure(config: pytest.Config) -> None:
    """Let our listener serve instead of allure-pytest's, in the folder that it would use.

    Raises:
        pytest.UsageError: A link leads nowhere.
    """
    if not wants_features(config):
        return
    chosen = config.option.allure_report_dir
    run = Run(now(), id=told(config).run or new_run_id())
    config.stash[RESULTS] = folder = ResultsFolder(
        results_folder(config), config.stash[REDACTOR], link_patterns(config), run
    )
    # A folder of one's own may collect several runs, as with allure-pytest.
    config.option.clean_alluredir = config.option.clean_alluredir or not chosen
    # allure-pytest registers no listener of its own where it is given no folder.
    config.option.allure_report_dir = None
    if not is_idle(config):
        bridge.hear_scenarios(config, folder)
    config.pluginmanager.register(OrdinaryTests())


class OrdinaryTests:
    """Lets the ordinary tests of a run leave results beside its scenarios."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Listen to ordinary tests, where there are any, and give scenarios Allure's marks."""
        if not all(isinstance(item, ScenarioItem) for item in items):
            bridge.hear_ordinary_tests(config, config.stash[RESULTS])
        if any(getattr(config.option, name, None) for name in SELECTS):
            mark(items)


def mark(items: Iterable[pytest.Item]) -> None:
    """Put the labels of each scenario on it, in the form that allure-pytest's decorators have."""
    for item in items:
        for name, value in labels_of(item) if isinstance(item, ScenarioItem) else ():
            kind = LabelType.ID if name in ID_LABELS else name
            # Two texts that are equal, and not the same to a set.
            told = Severity(value) if name == SEVERITY else value
            item.add_marker(pytest.mark.allure_label(told, label_type=kind))


def labels_of(item: ScenarioItem) -> Iterator[tuple[str, str]]:
    """Yield name and value of each label that a scenario has wherever and however it runs."""
    yield from usual_labels(RecordedScenario.of(item.feature, item.scenario))
    yield from ((each.name, each.value) for each in tag_labels(item.scenario.tags))
