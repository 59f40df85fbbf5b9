"""An endpoint at which nobody answers any more: after a few scenarios the rest fail at once."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import TransportError

if TYPE_CHECKING:
    from connector_harness.results.record import RecordedExchange, ScenarioUnderWay

ENOUGH: Final = 3
"""How many scenarios in a row must fail without a single answer from a host."""

SILENCE: Final = frozenset({"refused", "unreachable", "tls", "timed_out", "closed"})
"""The kinds of failures in which nobody has said anything that could be used."""

MARK: Final = "no-connection"
"""The file, in the folder that the processes of a run share, that says that nobody answers."""


class EndpointLostError(Exception):
    """Nobody answered in the scenarios before, so this one was not tried."""


class Connectivity:
    """Counts the scenarios in a row that failed for want of an answer from one and the same host.

    The processes of the run meet in *folder*, where there are several.
    """

    def __init__(self, folder: Path | None) -> None:
        self._mark = None if folder is None else folder / MARK
        self._silent = ""
        self._in_a_row = 0
        self._why = ""

    def require(self) -> None:
        """Raise where nobody answers any more, in this process or another one of the run.

        Raises:
            EndpointLostError: So it is.
        """
        if not self._why and self._mark is not None and self._mark.exists():
            self._why = self._mark.read_text(encoding="utf-8")
        if self._why:
            raise EndpointLostError(
                f"not tried: {ENOUGH} scenarios in a row had no answer from the endpoint\n"
                f"  the last of them: {self._why}\n"
                "  next: see whether the endpoint is up, then run what is left with --lf"
            )

    def note(self, record: "ScenarioUnderWay", error: BaseException | None) -> None:
        """Take note of what happened in a scenario, and what ended it; None where it passed."""
        host = ""
        if isinstance(error, TransportError) and error.kind in SILENCE:
            host = _host(error.exchange)
        answered = {_host(each) for each in record.kept.all_exchanges if each.status is not None}
        if not host and not answered:
            # It has asked nobody, so it shows nothing.
            return
        if not host or host in answered:
            self._silent, self._in_a_row = "", 0
            return
        self._in_a_row = self._in_a_row + 1 if host == self._silent else 1
        self._silent = host
        if self._in_a_row >= ENOUGH:
            self._why = f"{str(error).partition(chr(10))[0]}, at {host}"
            if self._mark is not None:
                # Whole or not at all: another process may be reading it.
                draft = self._mark.with_suffix(f".{os.getpid()}")
                draft.write_text(self._why, encoding="utf-8")
                draft.replace(self._mark)


def _host(exchange: "Exchange | RecordedExchange") -> str:
    return urlsplit(exchange.url).netloc
