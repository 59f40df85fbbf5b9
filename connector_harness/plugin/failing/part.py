"""What a scenario fails with, where pytest alone could not say it."""

import pytest

from connector_harness.plugin.failing.crashes import Crashes
from connector_harness.plugin.options import wants_features
from connector_harness.plugin.stash import RESULTS


def add_options(parser: pytest.Parser) -> None:
    """Add nothing."""


def configure(config: pytest.Config) -> None:
    """Report scenarios whose worker crashed; only the controlling process is ever asked to."""
    if wants_features(config):
        config.pluginmanager.register(Crashes(config.stash[RESULTS], config.rootpath))
