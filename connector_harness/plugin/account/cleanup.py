"""At its end, a run closes what it has opened on an endpoint that outlives it."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Final, TypeAlias

import pytest

from connector_harness.client import commands, fields
from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError
from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.tokens import SignInError
from connector_harness.json_types import JsonValue
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.endpoint.rate_limit import throttle, turn
from connector_harness.plugin.processes.channel import shared_folder, worker_count, worker_id
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.opened import Ledger
from connector_harness.plugin.stash import REDACTOR
from connector_harness.redaction.terminal_safe import one_line

CALL_S: Final = 5.0
"""The longest a call that closes a conversation may take, in seconds."""

IN_A_ROW: Final = 3
"""How many calls may fail one after the other before the endpoint is given up."""

MakeConnector: TypeAlias = Callable[[Callable[[float], None]], Connector]
"""Makes a connector, given what passes the seconds that it must wait."""


class Unconcerned:
    """A witness of calls that belong to no scenario."""

    def sending(self, operation: str, document: JsonValue) -> None:
        """Let a request pass."""

    def exchanged(self, exchange: Exchange) -> None:
        """Let an exchange pass."""


class _OutOfTimeError(Exception):
    """Waiting for a turn would take longer than there is time."""


class Closer:
    """Closes conversations until its time is up, or the endpoint has stopped answering."""

    def __init__(
        self,
        make: MakeConnector,
        *,
        within_s: float,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._until = now() + within_s
        self._now = now
        self._pass = wait
        self._call_s = min(CALL_S, within_s)
        self._connector = make(self._wait)
        self._failed_in_a_row = 0
        self._given_up: str | None = None

    def close(self, ledger: Ledger) -> None:
        """Close what *ledger* has as open, and note there what came of each."""
        with self._connector as connector, connector.with_deadline(within_s=self._call_s):
            for consumer, token in ledger.tokens.items():
                connector.hold_consumer_token(consumer, token)
            for id_, consumer in list(ledger.left.items()):
                why = self._try(id_, consumer)
                if why is None:
                    ledger.closed(id_)
                else:
                    ledger.keep(id_, why)

    def _try(self, id_: str, consumer: str) -> str | None:
        if self._given_up is None and self._now() >= self._until:
            self._given_up = "no time was left"
        if self._given_up is not None:
            return self._given_up
        if not consumer:
            return "nobody knows whose it is"
        try:
            why = self._close(id_, consumer)
        except KeyboardInterrupt:
            why = self._given_up = "interrupted"
        except _OutOfTimeError:
            why = self._given_up = "no time was left"
        except (DomainError, SignInError, TransportError) as error:
            why = str(error).partition("\n")[0]
            self._failed_in_a_row += 1
            if self._failed_in_a_row == IN_A_ROW:
                self._given_up = "the endpoint had been given up"
        else:
            self._failed_in_a_row = 0
        return why

    def _close(self, id_: str, consumer: str) -> str | None:
        # The second closes a survey that is still open where the conversation counts as closed.
        for field in (fields.conversation_state_field(), fields.stage_field()):
            command = commands.update_conversation_field(field, id="1", conversation_id=id_)
            reply = self._connector.send(command, consumer=consumer)
            if reply.status == HTTPStatus.OK:
                return None
            if reply.status != HTTPStatus.BAD_REQUEST:
                break
        with contextlib.suppress(NotJsonError):
            # Already, as a refusal says (API facts §6.3).
            if "conversation is close" in (reply.message or "").lower():
                return None
        return f"refused with status {reply.status}"

    def _wait(self, seconds: float) -> None:
        if self._now() + seconds > self._until:
            raise _OutOfTimeError
        self._pass(seconds)


INTERRUPTED_S: Final = 4.0
"""How long is spent on closing after Ctrl-C; pytest-xdist ends its workers soon after."""

ENDED: Final = frozenset({pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED})
"""The exit codes of a run that came to its end."""

SHOWN: Final = 20
"""How many of the calls without an answer are listed."""

NEXT: Final = (
    "  next: close them by hand, or wait until the account closes what has long been silent"
)


class Cleanup:
    """Closes the conversations of a run at its end, whatever the end.

    Every process closes its own; the controlling one then closes those of workers that died
    or were cut short, and lists what is left.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker = worker_id(config)
        self._keeps = bool(config.getoption("keep_conversations"))
        folder = shared_folder(config)
        ledger = Ledger(folder / f"{self._worker}.ledger" if self._worker else None)
        self._ledgers = [ledger]
        config.stash[EVIDENCE].ledger = ledger
        config.add_cleanup(ledger.end)

    def close(self, exitstatus: int) -> None:
        """Close what is open, once pytest-xdist has ended its workers."""
        if not self._worker and self._config.pluginmanager.hasplugin("dsession"):
            self._ledgers += map(Ledger.of, sorted(shared_folder(self._config).glob("*.ledger")))
        count = sum(len(ledger.left) for ledger in self._ledgers)
        if count and not self._keeps:
            endpoint = self._config.stash[ENDPOINT].endpoint
            rate, workers = endpoint.requests_per_second, worker_count(self._config)
            enough_s = 10 + count * (1 if rate is None else 1 + 2 * workers / rate)
            within_s = enough_s if exitstatus in ENDED else INTERRUPTED_S
            closer = Closer(self._connector, within_s=within_s)
            for ledger in self._ledgers:
                closer.close(ledger)

    def _connector(self, wait: Callable[[float], None]) -> Connector:
        endpoint = self._config.stash[ENDPOINT].endpoint
        return Connector(
            endpoint,
            witness=Unconcerned(),
            redactor=self._config.stash[REDACTOR],
            wait=wait,
            turn=turn(self._config, endpoint, wait=wait),
            throttle=throttle(self._config, endpoint, wait=wait),
        )

    def tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List the conversations that are still open, whether or not they should be."""
        lines = list(_lines(self._ledgers))
        if lines:
            lines.append(NEXT)
        if self._keeps:
            lines[:0] = _kept(self._ledgers)
        if lines:
            name = self._config.stash[ENDPOINT].name
            terminalreporter.section(f"conversations left open at {name}", yellow=True)
            for line in lines:
                terminalreporter.line(line)


def _kept(ledgers: Sequence[Ledger]) -> Iterator[str]:
    kept = [each for ledger in ledgers for each in ledger.left.items()]
    for id_, consumer in kept[:SHOWN]:
        yield f"kept: {id_} of {consumer!r}" if consumer else f"kept: {id_}"
    if len(kept) > SHOWN:
        yield f"kept: … and {len(kept) - SHOWN} more"


def _lines(ledgers: Sequence[Ledger]) -> Iterator[str]:
    for ledger in ledgers:
        yield from (f"not closed: {one_line(id_)} {why}" for id_, why in ledger.kept.items())
    unanswered = [each for ledger in ledgers for each in ledger.unanswered]
    for consumer, why in unanswered[:SHOWN]:
        whose = f"of {consumer!r} " if consumer else ""
        yield f"perhaps opened, by a call without a usable answer: one {whose}({why})"
    if len(unanswered) > SHOWN:
        yield f"perhaps opened: … and {len(unanswered) - SHOWN} more"


CLEANUP: Final = pytest.StashKey[Cleanup]()
"""What closes conversations at the end; there where the endpoint outlives the run."""
