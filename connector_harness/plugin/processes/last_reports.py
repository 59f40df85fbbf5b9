"""What the workers of an interrupted run have still to say."""

import queue
from typing import Any

import pytest


class Farewell:
    """Hears the workers of pytest-xdist out before an interrupted run sums up.

    Registered in the process that controls the run. pytest-xdist ends the workers of an
    interrupted run in order, and then reads neither their last reports nor what they noticed.
    """

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """End the workers, and take over all that they have told."""
        distributed = session.config.pluginmanager.getplugin("dsession")
        if distributed is None or exitstatus != pytest.ExitCode.INTERRUPTED:
            return
        if distributed.nodemanager is not None:
            distributed.nodemanager.teardown_nodes()
        while True:
            try:
                event, told = distributed.queue.get_nowait()
            except queue.Empty:
                return
            _take_over(session.config, event, told)


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
