"""No secret in what pytest itself writes: terminal, JUnit file and log."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.redaction import Redactor


def mask_report(report: pytest.TestReport | pytest.CollectReport, redactor: Redactor) -> None:
    """Mask the secrets in a report: its failure text and the output captured with it."""
    if report.sections:
        report.sections = [(name, redactor.text(text)) for name, text in report.sections]
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
        return record

    logging.setLogRecordFactory(masked)
    return lambda: logging.setLogRecordFactory(before)
