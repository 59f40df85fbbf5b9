"""Skips that are counted elsewhere, and left out of pytest's own list of reasons."""

from collections.abc import Callable, Generator
from typing import Any

import pytest


class LeftOut:
    """Leaves some skips out of the list, unless ``-v`` asks for each; the totals have them.

    Args:
        is_told: Whether a report is told in another way.
    """

    def __init__(self, is_told: Callable[[Any], object]) -> None:
        self._is_told = is_told

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Let everybody else say what they have to say without them."""
        stats = terminalreporter.stats
        skipped = stats.get("skipped", [])
        if terminalreporter.config.option.verbose > 0 or not any(map(self._is_told, skipped)):
            return (yield)
        stats["skipped"] = [report for report in skipped if not self._is_told(report)]
        try:
            return (yield)
        finally:
            stats["skipped"] = skipped
