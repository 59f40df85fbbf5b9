"""What people see at the terminal while a run goes on, without a secret in it."""

import pytest

from connector_harness.plugin.failing.crashes import Crashes
from connector_harness.plugin.options import wants_features
from connector_harness.plugin.stash import REDACTOR, RESULTS
from connector_harness.plugin.telling import masking
from connector_harness.plugin.telling.failures import Failures


def add_options(parser: pytest.Parser) -> None:
    """Add nothing: ``-v`` and ``--full-trace`` are pytest's."""


def configure(config: pytest.Config) -> None:
    """Mask what pytest shows, tell failures in one shape, and show the spec under ``-v``."""
    mask, plugins = config.stash[REDACTOR].text, config.pluginmanager
    config.add_cleanup(masking.mask_log(mask))
    if wants_features(config):
        plugins.register(Failures(config, mask))
        # Only the controlling process is ever asked to tell of a crash.
        plugins.register(Crashes(config.stash[RESULTS], config.rootpath))
        if getattr(config.option, "verbose", 0) > 0:
            # A plain run does not pay for it.
            from connector_harness.plugin.telling import verbose  # noqa: PLC0415

            if verbose.is_wanted(config):
                plugins.register(verbose.StoryTeller(config))
    plugins.register(masking.ReportMask(mask))
