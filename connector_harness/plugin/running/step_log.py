"""What steps and fixtures log, kept beside what they do."""

import logging
from collections.abc import Callable
from typing import Final

from connector_harness.results.record import ScenarioUnderWay

FORMAT: Final = "%(levelname)s %(name)s: %(message)s"


class StepLog(logging.Handler):
    """Keeps what passes the root logger in the part of the scenario that is under way."""

    def __init__(self, scenario: Callable[[], ScenarioUnderWay | None]) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(FORMAT))
        self._scenario = scenario

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line; what cannot be formatted is told as logging does."""
        scenario = self._scenario()
        if scenario is None:
            return
        try:
            scenario.current.logs.append(self.format(record))
        except Exception:  # noqa: BLE001  # as every handler does
            self.handleError(record)
