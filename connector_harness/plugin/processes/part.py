"""More than one process, and signals."""

import pytest

from connector_harness.plugin.options import is_single, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.processes.signals import SIGNALS, StopSignals
from connector_harness.plugin.processes.workers import CollectionErrors, guard_against_orphans


def add_options(parser: pytest.Parser) -> None:
    """Add nothing: pytest-xdist has the options."""


def keep_to_one_process(config: pytest.Config) -> None:
    """Keep what sends nothing in one process."""
    if is_single(config):
        for name, value in (("numprocesses", None), ("dist", "no"), ("tx", [])):
            setattr(config.option, name, value)


def configure(config: pytest.Config) -> None:
    """Take the signals over that end a run, and let a worker end with its controller."""
    if not wants_features(config):
        return
    full_trace = bool(config.getoption("fulltrace", default=False))
    config.stash[SIGNALS] = signals = StopSignals(full_trace=full_trace)
    config.add_cleanup(signals.install())
    config.pluginmanager.register(signals)
    if is_worker(config):
        guard_against_orphans(config, signals)
    else:
        config.pluginmanager.register(CollectionErrors())
