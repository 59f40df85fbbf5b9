"""Results for Allure, from scenarios and from ordinary tests."""

from pathlib import Path

import pytest

from connector_harness.plugin.allure import bridge
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.options import is_idle, wants_features
from connector_harness.plugin.settings import link_patterns
from connector_harness.plugin.stash import REDACTOR, RESULTS
from connector_harness.results.folder import ResultsFolder

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
        pytest.UsageError: allure-pytest is switched off, or a link leads nowhere.
    """
    if not wants_features(config):
        return
    if not config.pluginmanager.hasplugin("allure_pytest"):
        raise pytest.UsageError(
            "allure-pytest is switched off, and with it the results\n"
            "  next: run without -p no:allure_pytest, and install allure-pytest if it is missing"
        )
    chosen = config.option.allure_report_dir
    usual = config.rootpath / str(config.getini("connector_results"))
    path = Path(config.invocation_params.dir / chosen) if chosen else usual
    config.stash[RESULTS] = folder = ResultsFolder(
        path, config.stash[REDACTOR], link_patterns(config)
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
            # A plain run does not pay for it.
            from connector_harness.plugin.allure import marks  # noqa: PLC0415

            marks.mark(items)
