"""The beginning of a run: one sequence before the first scenario."""

import contextlib
import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from connector_harness.gherkin.identity import is_scenario
from connector_harness.plugin.account import preflight
from connector_harness.plugin.collecting import spec_file
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.collecting.sharding import SHARDING
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.endpoint.part import prepare_results, reach_endpoint, take_folder
from connector_harness.plugin.endpoint.rate_limit import is_shared
from connector_harness.plugin.options import documents_folder, is_idle, named_file, wants_features
from connector_harness.plugin.processes import channel
from connector_harness.plugin.processes.channel import shared_folder
from connector_harness.plugin.running import fixtures
from connector_harness.plugin.settings import REPORT
from connector_harness.plugin.stash import RESULTS
from connector_harness.report.names import OUTPUTS


def configure(config: pytest.Config) -> None:
    """Begin runs, and nothing that is none."""
    if wants_features(config):
        config.pluginmanager.register(Beginning())


class Beginning:
    """Makes sure of the endpoint, the account and the results folder before anything runs."""

    _has_looked = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Take the results folder, before anything is read there or sent."""
        # Hooks of pytest-xdist do not tell it.
        self._session = session
        if not is_idle(session.config) and not channel.is_worker(session.config):
            take_folder(session.config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Guard the account, look at the endpoint, keep the spec; run nothing of a spec check."""
        config = session.config
        if config.getoption("--spec-check"):
            return True
        if is_idle(config):
            return None
        _guard_account(config, session.items)
        scenarios = any(isinstance(item, ScenarioItem) for item in session.items)
        if _is_sure_to_run(session):
            if not channel.is_worker(config):
                if preflight.is_wanted(config, session.items):
                    preflight.preflight(config)
                    fixtures.see_to_receiver(config)
                reach_endpoint(config)
                begin(config, [item.nodeid for item in session.items])
            spec_file.keep_spec(session, config.stash[RESULTS])
        if scenarios:
            # The items stay to the end; looking through them for garbage over and over costs a
            # tenth of a long run.
            gc.collect()
            gc.freeze()
        return None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:  # noqa: ANN401 - as below
        """Begin the run in the results folder, before the first worker is given something to do."""
        if ids and not _is_stopped(self._session):
            begin(node.config, ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist's, not loaded here
        """Tell a worker of pytest-xdist what it needs, once the endpoint is there."""
        config = node.config
        if is_idle(config):
            return
        if not self._has_looked:
            self._has_looked = True
            if preflight.may_be_wanted(config):
                preflight.preflight(config)
        reach_endpoint(config)
        under_test, sharding = config.stash[ENDPOINT], config.stash.get(SHARDING, None)
        told = channel.ToWorker(
            run=config.stash[RESULTS].run.id,
            sandbox=under_test.address_of_sandbox(),
            folder=str(shared_folder(config)) if is_shared(under_test.endpoint) else "",
            relay=fixtures.shared_receiver(config),
            durations=sharding.durations if sharding else {},
        )
        channel.tell(node, told)


def _is_sure_to_run(session: pytest.Session) -> bool:
    """Return whether something runs in this process.

    An empty shard leaves results as well: without a scenario, but with the facts of its run.
    """
    sharding = session.config.stash.get(SHARDING, None)
    has_something = session.items or (sharding and sharding.split.is_empty)
    return bool(has_something) and not _is_stopped(session)


def _is_stopped(session: pytest.Session) -> bool:
    """Return whether what could not be collected keeps the run from beginning."""
    goes_on = session.config.getoption("continue_on_collection_errors")
    return bool(session.testsfailed) and not goes_on


def begin(config: pytest.Config, planned: Sequence[str]) -> None:
    """Let the results folder be this run's, once, and take away the outputs of the run before."""
    folder = config.stash[RESULTS]
    if folder.has_begun or is_idle(config):
        return
    # Of a run that was killed, results tell by these names which scenarios it came to.
    prepare_results(config, [*filter(is_scenario, planned)])
    remove_outputs(config, documents_folder(config, folder.path))


def remove_outputs(config: pytest.Config, beside: Path) -> None:
    """Take away the outputs of the run before, in the folder *beside* and where options say.

    What cannot be taken away is told when it cannot be written either.
    """
    named = (config.option.xmlpath, config.getoption("--messages"))
    report = [beside / REPORT / "index.html"] if config.getoption("--report") else []
    for file in (
        *(beside / name for name in OUTPUTS),
        *(named_file(config, name) for name in named if name),
        *report,
    ):
        with contextlib.suppress(OSError):
            if file.is_file():
                file.unlink()


def _guard_account(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let only run what may, and have closed at the end what is opened.

    The sandbox of the run needs neither: it ends with it.
    """
    if config.stash[ENDPOINT].name == SANDBOX:
        return
    config.stash[ENDPOINT].watch(shared_folder(config) if channel.is_worker(config) else None)
    # Imported here: a run on its own sandbox has no use for them.
    from connector_harness.plugin.account import held_back  # noqa: PLC0415
    from connector_harness.plugin.account.cleanup import CLEANUP, Cleanup  # noqa: PLC0415
    from connector_harness.plugin.account.production import hold_back_unsafe  # noqa: PLC0415

    hold_back_unsafe(config, items)
    held_back.hold_back(config, items)
    config.stash[held_back.HELD_BACK] = told = held_back.HeldBack(config.stash[ENDPOINT].name)
    config.pluginmanager.register(told)
    config.stash[CLEANUP] = Cleanup(config)
