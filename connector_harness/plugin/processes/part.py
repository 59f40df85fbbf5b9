"""More than one process: what workers found and have still to say, and how each ends."""

import contextlib
import queue
import signal
import threading
from collections.abc import Generator
from typing import Any, Final

import pytest

from connector_harness.plugin.options import is_idle, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.processes.process_end import guard_process
from connector_harness.plugin.processes.signals import SIGNALS, StopSignals


def keep_to_one_process(config: pytest.Config) -> None:
    """Keep in one process what is no run."""
    if is_idle(config):
        for name, value in (("numprocesses", None), ("dist", "no"), ("tx", [])):
            setattr(config.option, name, value)


def configure(config: pytest.Config) -> None:
    """Take over what ends a run, and let a worker end with its controller."""
    if not wants_features(config):
        return
    config.add_cleanup(guard_process())
    full_trace = bool(config.getoption("fulltrace", default=False))
    config.stash[SIGNALS] = signals = StopSignals(full_trace=full_trace)
    config.add_cleanup(signals.install())
    config.pluginmanager.register(signals)
    if is_worker(config):
        guard_against_orphans(config, signals)
    else:
        config.pluginmanager.register(CollectionErrors())


class CollectionErrors:
    """Ends a run whose workers could not collect everything as pytest ends one without workers.

    Registered in the process that controls the run. The workers themselves run nothing then.
    """

    def __init__(self) -> None:
        self._count = 0

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count what could not be collected; pytest-xdist hands each over once."""
        self._count += report.failed

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Stop as pytest does, once all workers have told what they found.

        Raises:
            pytest.Session.Interrupted: There were errors.
        """
        done = yield
        if self._count and not session.config.getoption("continue_on_collection_errors"):
            errors = "error" if self._count == 1 else "errors"
            raise session.Interrupted(f"{self._count} {errors} during collection")
        return done


def hear_out(config: pytest.Config) -> None:
    """End the workers of an interrupted run, and take over all that they have told.

    pytest-xdist ends them in order, and then reads neither their last reports nor what they
    noticed.
    """
    distributed = config.pluginmanager.getplugin("dsession")
    if distributed is None:
        return
    if distributed.nodemanager is not None:
        distributed.nodemanager.teardown_nodes()
    while True:
        try:
            event, told = distributed.queue.get_nowait()
        except queue.Empty:
            return
        _take_over(config, event, told)


def _take_over(config: pytest.Config, event: str, told: dict[str, Any]) -> None:
    """Take over one event; those that would start or schedule something are left out."""
    if event == "testreport":
        report, node = told["rep"], told["node"]
        report.node = node
        config.hook.pytest_runtest_logreport(report=report)
    elif event == "warning_recorded":
        config.hook.pytest_warning_recorded.call_historic(kwargs=told)
    elif event in ("workerfinished", "errordown"):
        config.hook.pytest_testnodedown(node=told["node"], error=told.get("error"))


class OrphanGuard:
    """Ends this worker once nobody controls it any more, instead of five seconds later.

    Made in workers. Without it a worker goes on, against an endpoint that may be gone, until
    pytest-xdist notices that the controlling process was killed or has been interrupted alone.
    """

    def __init__(self, channel: Any) -> None:  # noqa: ANN401  # execnet's, which has no stubs here
        self._channel = channel
        self._is_needed = True
        threading.Thread(target=self._watch, name="orphan-guard", daemon=True).start()

    def release(self) -> None:
        """Let go: from now on the worker ends by itself."""
        self._is_needed = False

    def _watch(self) -> None:
        with contextlib.suppress(EOFError, self._channel.RemoteError):
            self._channel.waitclose()
        if self._is_needed:
            # Not to the process: the signal has to wake the thread that runs the scenarios.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def guard_against_orphans(config: pytest.Config, signals: StopSignals) -> None:
    """Let the worker that *config* belongs to end with the process that controls it."""
    channels = (getattr(plugin, "channel", None) for plugin in config.pluginmanager.get_plugins())
    channel = next((channel for channel in channels if hasattr(channel, "waitclose")), None)
    if channel is not None and signals.hears_sigterm and hasattr(signal, "pthread_kill"):
        config.stash[ORPHANS] = guard = OrphanGuard(channel)
        config.add_cleanup(guard.release)


ORPHANS: Final = pytest.StashKey[OrphanGuard]()
"""What ends this worker with the process that controls it; there where that is possible."""
