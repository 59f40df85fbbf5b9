"""The endpoint under test, from its choice to its end."""

import contextlib

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, EndpointUnderTest
from connector_harness.plugin.options import group, is_idle, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.stash import REDACTOR


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
        under_test, redactor = config.stash[ENDPOINT], config.stash[REDACTOR]
        if is_idle(config) or is_worker(config):
            # What only collects needs no settings.
            with contextlib.suppress(SettingsError):
                under_test.tell_secrets(redactor)
            # A preview lets the sandbox start when it first needs it.
            config.add_cleanup(under_test.stop)
            return
        try:
            under_test.start()
        except SettingsError as error:
            raise pytest.UsageError(str(error)) from None
        under_test.tell_secrets(redactor)
        config.add_cleanup(under_test.stop)
