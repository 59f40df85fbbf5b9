"""What the workers of an interrupted run have still to say."""

import queue
from typing import Any

import pytest


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
