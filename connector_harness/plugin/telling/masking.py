"""No secret in what pytest itself writes: terminal, JUnit file and log."""

import contextlib
import logging
import os
import sys
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector_harness.redaction.redactor import Redactor
from connector_harness.redaction.terminal_safe import SPELLED_OUT
from connector_harness.results.ci_system import is_read_for_commands


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
        report.longrepr = (file, line, redactor.text(reason).translate(SPELLED_OUT))
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

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - passed on
        record = before(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # an argument's text may fail in any way; logging says so
            return record
        record.msg, record.args = redactor.text(message), None
        if record.exc_info:
            # Where this is set, formatters write it instead of the exception.
            record.exc_text = redactor.text(logging.Formatter().formatException(record.exc_info))
        return record

    logging.setLogRecordFactory(masked)
    return lambda: logging.setLogRecordFactory(before)


def mask_streams(redactor: Redactor, written: list[bytes]) -> Callable[[], None]:
    """Mask the secrets in what is written to standard output and error from now on.

    The streams themselves stay in place, for pytest puts its own there and takes them away again.
    Where a CI system reads commands from the output, standard output has none but our own.

    Args:
        redactor: Masks the secrets.
        written: Gets all that these streams write, as it goes out.

    Returns:
        What ends it.
    """
    stack = contextlib.ExitStack()
    usual = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    shown = _shown_to_ci(redactor) if is_read_for_commands(os.environ) else redactor.text
    for stream in {id(stream): stream for stream in usual if stream is not None}.values():
        # Whatever else stands there, as in an editor, has no bytes to look at.
        if hasattr(stream, "__dict__") and hasattr(stream, "buffer"):
            # Other plugins command by standard error.
            is_output = stream in (sys.stdout, sys.__stdout__)
            mask = shown if is_output else redactor.text
            stack.callback(_replace_write(stream, _masked_write(stream.write, mask)))
            stack.callback(_replace_write(stream.buffer, _kept_write(stream.buffer.write, written)))
    return stack.close


def _shown_to_ci(redactor: Redactor) -> Callable[[str], str]:
    # A plain run does not pay for it.
    from connector_harness.report.pipeline.ci_output import disarmed  # noqa: PLC0415

    return lambda text: disarmed(redactor.text(text))


def _masked_write(write: Callable[[str], int], mask: Callable[[str], str]) -> Callable[[str], int]:
    def masked(text: str) -> int:
        write(mask(text) if isinstance(text, str) else text)
        return len(text)

    return masked


def _kept_write(write: Callable[[bytes], int], written: list[bytes]) -> Callable[[bytes], int]:
    def kept(content: bytes) -> int:
        written.append(bytes(content))
        return write(content)

    return kept


def _replace_write(stream: object, write: Callable[..., int]) -> Callable[[], None]:
    """Let *stream* write with *write*; return what undoes that."""
    attributes = vars(stream)
    before = attributes.get("write")
    attributes["write"] = write

    def undo() -> None:
        attributes.pop("write", None)
        if before is not None:
            attributes["write"] = before

    return undo


def mask_xml(file: Path, redactor: Redactor) -> None:
    """Mask the secrets in the texts and attributes of *file*, as names of rows are.

    Raises:
        OSError: The file cannot be read or written; then it stays as it was.
    """
    try:
        tree = ET.parse(file)  # noqa: S314  # written by this very run
    except (FileNotFoundError, ET.ParseError):
        # Without a whole file there is nothing to mask, and pytest has said why.
        return
    before = ET.tostring(tree.getroot())
    for element in tree.iter():
        element.text = element.text and redactor.text(element.text)
        for name, value in element.items():
            element.set(name, redactor.text(value))
    if ET.tostring(tree.getroot()) != before:
        scratch = file.with_name(f".{file.name}.tmp")
        try:
            tree.write(scratch, encoding="utf-8", xml_declaration=True)
            scratch.replace(file)
        finally:
            scratch.unlink(missing_ok=True)
