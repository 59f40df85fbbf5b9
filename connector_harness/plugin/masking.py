"""No secret in what pytest itself writes: terminal, JUnit file and log."""

import logging
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.redaction import Redactor


def mask_report(report: pytest.TestReport | pytest.CollectReport, redactor: Redactor) -> None:
    """Mask the secrets in a report: its failure text and the output captured with it."""
    if report.sections:
        report.sections = [(name, redactor.text(text)) for name, text in report.sections]
    if isinstance(report, pytest.TestReport):
        report.user_properties = [
            (redactor.text(str(name)), _masked(value, redactor))
            for name, value in report.user_properties
        ]
    if report.longrepr is None:
        return
    if isinstance(report.longrepr, tuple):
        file, line, reason = report.longrepr
        report.longrepr = (file, line, redactor.text(reason))
        return
    text = str(report.longrepr)
    masked = redactor.text(text)
    if masked != text:
        report.longrepr = masked


def _masked(value: object, redactor: Redactor) -> object:
    """Return *value*, or its text where a secret shows in that."""
    text = str(value)
    masked = redactor.text(text)
    return value if masked == text else masked


class WarningMask:
    """A plugin that masks the secrets in what pytest's summary shows of a warning.

    Args:
        redactor: Masks the secrets.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Mask a warning before the terminal, or the controlling process, gets it."""
        text = str(warning_message.message)
        masked = self._redactor.text(text)
        if masked != text:
            warning_message.message = masked


def mask_log(redactor: Redactor) -> Callable[[], None]:
    """Mask the secrets in every log record of this process from now on.

    Returns:
        What ends it.
    """
    before = logging.getLogRecordFactory()

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401
        record = before(*args, **kwargs)
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            return record
        record.msg, record.args = redactor.text(message), None
        if record.exc_info:
            # Where this is set, formatters write it instead of the exception.
            record.exc_text = redactor.text(logging.Formatter().formatException(record.exc_info))
        return record

    logging.setLogRecordFactory(masked)
    return lambda: logging.setLogRecordFactory(before)
