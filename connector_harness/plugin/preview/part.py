"""What scenarios send, in pages that a review can read."""

import pytest

from connector_harness.client.settings import SANDBOX
from connector_harness.plugin.options import group, wants_features


def add_options(parser: pytest.Parser) -> None:
    """Add the option that asks for it."""
    group(parser).addoption(
        "--preview",
        action="store_true",
        help="run the scenarios on the sandbox and write what they send to reports/preview; the "
        "results of the last run stay as they are",
    )


def choose_sandbox(config: pytest.Config) -> None:
    """Let a preview run on the sandbox, whatever the settings choose.

    Raises:
        pytest.UsageError: The command line chooses another endpoint.
    """
    if config.getoption("--preview"):
        if config.getoption("--endpoint") not in (None, SANDBOX):
            raise pytest.UsageError(
                "--preview runs on the sandbox\n  next: leave --endpoint out, or --preview"
            )
        config.option.endpoint = SANDBOX


def configure(config: pytest.Config) -> None:
    """Preview, where that is asked for."""
    if wants_features(config) and config.getoption("--preview"):
        # A run pays nothing for it.
        from connector_harness.plugin.preview.preview import Preview  # noqa: PLC0415

        config.pluginmanager.register(Preview(config))
