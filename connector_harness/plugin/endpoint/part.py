"""The endpoint under test, from its choice to its end, with room for results."""

import contextlib
import importlib.metadata
import os
import platform
from collections.abc import Iterable

import msgspec
import pytest

from connector_harness.client.settings import Endpoint, SettingsError
from connector_harness.plugin.endpoint.agents import meet_agent
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX, EndpointUnderTest
from connector_harness.plugin.options import group, is_idle, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.settings import HISTORY_KEY
from connector_harness.plugin.stash import NOTICES, RESULTS
from connector_harness.results.ci_system import commit, executor
from connector_harness.results.failure_class import categories
from connector_harness.results.folder_lock import FolderInUseError
from connector_harness.sandbox.server import SandboxError


def add_options(parser: pytest.Parser) -> None:
    """Add the option that chooses the endpoint."""
    group(parser).addoption(
        "--endpoint",
        metavar="NAME",
        default=None,
        help="the endpoint under test: a name from [tool.connector_harness.endpoints] in "
        "pyproject.toml, or an address such as http://127.0.0.1:9999 (default: sandbox)",
    )


def configure(config: pytest.Config) -> None:
    """Choose the endpoint.

    Raises:
        pytest.UsageError: There is none of that name.
    """
    if wants_features(config):
        try:
            config.stash[ENDPOINT] = EndpointUnderTest(config)
        except SettingsError as error:
            raise pytest.UsageError(str(error)) from None
        config.pluginmanager.register(EndpointStart())


class EndpointStart:
    """Starts the sandbox, where that is chosen, while features are collected."""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Read the settings, and let the sandbox start.

        Raises:
            pytest.UsageError: Something in the settings is missing or wrong.
        """
        config = session.config
        under_test = config.stash[ENDPOINT]
        config.add_cleanup(under_test.stop)
        # A preview lets the sandbox start when it first needs it.
        runs = not (is_idle(config) or is_worker(config))
        try:
            under_test.start(sandbox=runs)
        except SettingsError as error:
            # What only collects needs no settings.
            if runs:
                raise pytest.UsageError(str(error)) from None


def reach_endpoint(config: pytest.Config) -> None:
    """Wait for the endpoint's settings, and see that its agent is there.

    Raises:
        pytest.UsageError: There is no endpoint to run against.
    """
    try:
        endpoint = config.stash[ENDPOINT].endpoint
        meet_agent(config, endpoint)
    except (SandboxError, SettingsError) as error:
        raise pytest.UsageError(str(error)) from None


def prepare_results(config: pytest.Config, planned: Iterable[str]) -> None:
    """Make the results folder this run's, and note there what is under test.

    Not before something is sure to run: a mistyped -k shall not cost the last results.

    Args:
        config: pytest's configuration.
        planned: The node ids of what is going to run.

    Raises:
        pytest.UsageError: The results cannot be written, or another run has the folder.
    """
    endpoint, folder = config.stash[ENDPOINT].endpoint, config.stash[RESULTS]
    run = msgspec.structs.replace(
        folder.run,
        not_run=tuple(planned),
        endpoint=_in_words(endpoint),
        commit=commit(os.environ, config.rootpath),
    )
    try:
        folder.begin(run, clean=config.option.clean_alluredir)
        _note_subject(config, endpoint)
    except FolderInUseError as error:
        raise _in_use(error) from None
    except OSError as error:
        raise pytest.UsageError(
            f"the results cannot be written: {error}\n"
            "  next: make room, or let connector_results or --alluredir name another folder"
        ) from None


def take_folder(config: pytest.Config) -> None:
    """Keep other runs from the results, if there are any yet, for as long as this one lasts.

    Raises:
        pytest.UsageError: Another run has the folder.
    """
    folder = config.stash[RESULTS]
    config.add_cleanup(folder.lock.release)
    # What cannot be written there is told when something has to be.
    with contextlib.suppress(OSError):
        try:
            folder.lock.take()
        except FolderInUseError as error:
            raise _in_use(error) from None


def _in_use(error: FolderInUseError) -> pytest.UsageError:
    return pytest.UsageError(
        f"{error}\n  next: wait for its end, or name another folder, as --alluredir reports/second"
    )


def _in_words(endpoint: Endpoint) -> str:
    """Return what is the same for all runs against one endpoint."""
    place = endpoint.address or endpoint.discovery
    # That of a sandbox is another in every run.
    where = "" if endpoint.name == SANDBOX else f" at {place}"
    return f"{endpoint.name}{where}, account {endpoint.account}"


def _note_subject(config: pytest.Config, endpoint: Endpoint) -> None:
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
    config.stash[RESULTS].write_categories(categories())
    _note_pipeline(config)


def _note_pipeline(config: pytest.Config) -> None:
    told = executor(os.environ)
    if told is not None:
        config.stash[RESULTS].write_executor(told)
    history = config.stash[HISTORY_KEY]
    if history is not None and not history.is_file:
        files = history.files()
        if files:
            config.stash[RESULTS].write_history(files)
        else:
            what = f"history: nothing in {history.path.as_posix()!r} yet"
            config.stash[NOTICES].append(f"{what}\n    next: give the history of a report")
