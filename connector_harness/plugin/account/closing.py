"""Closing conversations that are still open, in bounded time."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeAlias

from connector_harness.client import commands, fields
from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError
from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignInError
from connector_harness.json_types import JsonValue
from connector_harness.plugin.running.opened import Ledger

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
        return None if _is_closed(reply) else f"refused with status {reply.status}"

    def _wait(self, seconds: float) -> None:
        if self._now() + seconds > self._until:
            raise _OutOfTimeError
        self._pass(seconds)


def _is_closed(reply: Reply) -> bool:
    # Already, as a refusal says (API facts §6.3).
    try:
        return "conversation is close" in (reply.message or "").lower()
    except NotJsonError:
        return False
