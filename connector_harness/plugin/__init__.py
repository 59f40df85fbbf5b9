"""The pytest side: features in, scenarios run, evidence out.

Here belong the parts of a run, a room each: what is collected, run, told and left. A part brings
the options that it adds and sets itself up; it may import every other room of the package, of the
sandbox only its server, and the parts before it in the table of `tests/test_layout.py`.
"""

import importlib.util
import os
from collections.abc import Generator

import pytest

from connector_harness.plugin import beginning
from connector_harness.plugin.account import production
from connector_harness.plugin.allure import part as allure
from connector_harness.plugin.collecting import part as collecting
from connector_harness.plugin.ending import part as ending
from connector_harness.plugin.ending.run_end import run_end
from connector_harness.plugin.endpoint import part as endpoint
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.options import REQUIRED, refuse_moved_rootdir, require_plugins
from connector_harness.plugin.preview import part as preview
from connector_harness.plugin.processes import part as processes
from connector_harness.plugin.running import fixtures
from connector_harness.plugin.running import part as running
from connector_harness.plugin.telling import part as telling

OFFERING = (running, collecting, endpoint, production, allure, ending, preview)
"""The parts that bring options."""

PARTS = (running, collecting, endpoint, processes, allure, telling, beginning, ending, preview)
"""The parts that set themselves up, in that order."""

OTHER_ADAPTER = "allure_pytest_bdd"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, and keep the other Allure adapter from adding its own."""
    # Before the project's own, which so stand for ours of the same name, as under pytest.
    pluginmanager.register(fixtures)
    for part in OFFERING:
        part.add_options(parser)
    # Who lets no plugin load by itself has asked for this one, and so for what it runs with.
    for name in (*REQUIRED, "xdist") if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD") else ():
        pluginmanager.load_setuptools_entrypoints("pytest11", name)
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Tell in every output of what cannot be loaded: the sentences, or a conftest.py."""
    try:
        return (yield)
    except BaseException as error:
        run_end(early_config).cannot_begin(error)
        raise


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int, int]:
    """Prepare what has to be so before any plugin is configured, and tell how it all ended."""
    end = run_end(config)
    try:
        refuse_moved_rootdir(config)
        processes.keep_to_one_process(config)
        collecting.list_steps(config)
        preview.choose_sandbox(config)
        code = yield
    except BaseException as error:
        end.conclude(pytest.ExitCode.TESTS_FAILED, error)
        raise
    return end.conclude(code)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the parts up; ordinary tests are left as they are."""
    require_plugins(config)
    for name in ("xmlpath", "log_file", "fulltrace"):
        # The plugin of pytest's that brings the option may be off.
        vars(config.option).setdefault(name, None)
    for part in PARTS:
        part.configure(config)
