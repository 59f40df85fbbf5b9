"""What people see at the terminal and in the log, without a secret in it."""

import contextlib
import errno
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, Final, TextIO, TypeAlias

import pytest

from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.plugin.options import wants_features
from connector_harness.plugin.stash import REDACTOR
from connector_harness.plugin.telling.crashes import Crashes
from connector_harness.plugin.telling.failures import Failures
from connector_harness.results.ci_system import is_read_for_commands

_RETURN: Final = re.compile(r"(^\r)")
_OWN: Final = re.compile(r"(^\r|\x1b\[[\d;]*m)")

Mask: TypeAlias = Callable[[str], str]
"""Returns a text without its secrets."""

TOLD: Final = (
    *("longrepr", "sections", "user_properties", "wasxfail"),
    *("failure", "findings", "quarantine", "story"),
)
"""What is shown of a report, or travels with it."""


class ReportMask:
    """A plugin that masks what pytest hands to whoever tells of it, before anybody gets it."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Mask what plugins write to the terminal themselves."""
        mask_terminal(session.config, self._mask)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Mask what is told of a test."""
        self._mask_report(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Mask what is told of a file that could not be collected."""
        self._mask_report(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Mask a warning."""
        warning_message.message = _masked(warning_message.message, self._mask)

    def _mask_report(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        told = vars(report)
        for name in TOLD:
            if value := told.get(name):
                told[name] = _masked(value, self._mask)
        if isinstance(report.longrepr, tuple):
            file, line, reason = report.longrepr
            report.longrepr = (file, line, spelled_out(reason))


def mask_terminal(config: pytest.Config, mask: Mask) -> None:
    """Mask what is written to the terminal, and spell out what would steer it, but for colours.

    By now every plugin that listens there, as for a paste bin, has what is written from us.
    """
    reporter = config.pluginmanager.getplugin("terminalreporter")
    # Others steer it themselves.
    if type(reporter) is not pytest.TerminalReporter:
        return
    writer = config.get_terminal_writer()
    write = writer.write

    def masked(text: str, **style: Any) -> None:  # noqa: ANN401 - passed on
        shown = mask(text)
        # Its own colours, and where it begins a line anew.
        pieces = (_OWN if writer.hasmarkup else _RETURN).split(shown)
        pieces[::2] = map(spelled_out, pieces[::2])
        write("".join(pieces), **style)

    patch = pytest.MonkeyPatch()
    patch.setattr(writer, "write", masked)
    config.add_cleanup(patch.undo)


def _masked(value: Any, mask: Mask) -> Any:  # noqa: ANN401  # whatever pytest holds
    """Return *value* with its texts masked; what shows a secret as a text is that text then."""
    match value:
        case list() | tuple():
            return type(value)(_masked(each, mask) for each in value)
        case dict():
            return {name: _masked(each, mask) for name, each in value.items()}
    text = str(value)
    masked = mask(text)
    return value if masked == text else masked


def mask_log(mask: Mask) -> Callable[[], None]:
    """Mask the secrets in every log record of this process, and return what ends that."""
    before = logging.getLogRecordFactory()

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - passed on
        record = before(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # an argument's text may fail in any way; logging says so
            return record
        record.msg, record.args = mask(message), None
        if record.exc_info:
            # Where this is set, formatters write it instead of the exception.
            record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
        return record

    logging.setLogRecordFactory(masked)
    return lambda: logging.setLogRecordFactory(before)


def mask_trace(config: pytest.Config, mask: Mask) -> None:
    """Mask what ``--debug`` writes of each call from now on, where it writes anything."""
    root = config.trace.root
    write = root._writer  # noqa: SLF001 - what it was set to is told nowhere else
    if write is not None:
        root.setwriter(lambda text: write(mask(text)))


def mask_streams(mask: Mask, written: list[bytes], *streams: TextIO | None) -> Callable[[], None]:
    """Mask what is written to standard output and error, or *streams*, and return what ends that.

    The streams themselves stay in place, for pytest puts its own there and takes them away again.
    Where a CI system reads commands from the output, standard output has none but our own. All
    that goes out is added to *written*.
    """
    stack = contextlib.ExitStack()
    usual = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    given = streams or usual
    for stream in {id(stream): stream for stream in given if stream is not None}.values():
        # Whatever else stands there, as in an editor, has no bytes to look at.
        if hasattr(stream, "__dict__") and hasattr(stream, "buffer"):
            # Other plugins command by standard error.
            is_output = stream in (sys.stdout, sys.__stdout__)
            shown = _shown_to_ci(mask) if is_output else mask
            stack.callback(_replace(stream, "write", _masked_write(stream.write, shown)))
            stack.callback(_replace(stream, "flush", _while_heard(stream.flush)))
            stack.callback(
                _replace(stream.buffer, "write", _kept_write(stream.buffer.write, written))
            )
    return stack.close


def _shown_to_ci(mask: Mask) -> Mask:
    if not is_read_for_commands(os.environ):
        return mask
    # A plain run does not pay for it.
    from connector_harness.report.pipeline.ci_output import disarming  # noqa: PLC0415

    disarm = disarming()
    return lambda text: disarm(mask(text))


def _masked_write(write: Callable[[str], int], mask: Mask) -> Callable[[str], int]:
    heard = _while_heard(write)

    def masked(text: str) -> int:
        heard(mask(text) if isinstance(text, str) else text)
        return len(text)

    return masked


def _while_heard(call: Callable[..., object]) -> Callable[..., object]:
    """Return *call*, which does nothing where the terminal that it writes to has hung up.

    Nobody reads that any more; the end of the run has still to come.
    """

    def called(*args: object) -> object:
        try:
            return call(*args)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return None

    return called


def _kept_write(write: Callable[[bytes], int], written: list[bytes]) -> Callable[[bytes], int]:
    def kept(content: bytes) -> int:
        written.append(bytes(content))
        return write(content)

    return kept


def _replace(stream: object, name: str, call: Callable[..., object]) -> Callable[[], None]:
    attributes = vars(stream)
    before = attributes.get(name)
    attributes[name] = call

    def undo() -> None:
        # What has been put in its place since stays.
        if attributes.get(name) is call:
            attributes[name] = before
            if before is None:
                del attributes[name]

    return undo


def configure(config: pytest.Config) -> None:
    """Mask what pytest shows, tell failures in one shape, and show the spec under ``-v``."""
    mask, plugins = config.stash[REDACTOR].text, config.pluginmanager
    config.add_cleanup(mask_log(mask))
    mask_trace(config, mask)
    if wants_features(config):
        plugins.register(Failures(config, mask))
        # Only the controlling process is ever asked to tell of a crash.
        plugins.register(Crashes(config))
        if getattr(config.option, "verbose", 0) > 0:
            # A plain run does not pay for it.
            from connector_harness.plugin.telling import verbose  # noqa: PLC0415

            if verbose.is_wanted(config):
                plugins.register(verbose.StoryTeller(config))
    plugins.register(ReportMask(mask))
