"""A worker of pytest-xdist ends with the process that controls it."""

import contextlib
import signal
import threading
from typing import Any, Final

import pytest

from connector_harness.plugin.processes.signals import StopSignals


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
