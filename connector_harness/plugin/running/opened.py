"""Which conversations a process has opened, for whom, and what has become of them."""

import contextlib
import json
import os
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from connector_harness.client.http.exchange import Exchange, NotJsonError, header
from connector_harness.client.reply import conversation_ids
from connector_harness.client.tokens import MAX_CONSUMERS, claims

CLOSING: Final = frozenset({"ConversationStateField", "Stage"})
"""The fields that close a whole conversation. Source: API facts §6.2."""

UNSENT: Final = ("connection refused", "unreachable", "no TLS", "interrupted before")
"""How the failure of a call begins that cannot have arrived."""

_REFUSED: Final = range(300, 500)
_DONE: Final = range(200, 300)


class Ledger:
    """Reads from the exchanges which conversations are open, and for whom they were opened.

    It is kept in a file as well, line by line, for the process that controls the run; a process
    that is killed leaves it behind. No token gets there.

    Attributes:
        left: Whose each conversation is that is still open, by id; empty for nobody known.
        owners: Whose each conversation is or was, by id, where that is known.
        kept: Why each of the others could not be closed, by id.
        unanswered: For whom a conversation may have been opened that nobody knows the id of, and
            what came instead of an answer.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.left: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.unanswered: list[tuple[str, str]] = []
        self._consumers: OrderedDict[str, str] = OrderedDict()
        self._consumers_there: dict[str, str] = {}
        self._closed: set[str] = set()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._descriptor = None if file is None else os.open(file, flags, 0o600)
        self._readers = {
            "consumer_token": self._read_token,
            "create_conversation": self._read_creation,
            "update_conversation_field": self._read_update,
        }

    @classmethod
    def of(cls, file: Path) -> Self:
        """Return the ledger that another process has kept in *file*."""
        ledger = cls()
        for line in file.read_text(encoding="utf-8").splitlines():
            # The last line is half a line where its process died while writing.
            with contextlib.suppress(ValueError):
                ledger._take(*json.loads(line))
        return ledger

    @property
    def tokens(self) -> dict[str, str]:
        """The consumer tokens that are remembered, by consumer."""
        return {consumer: token for token, consumer in self._consumers.items()}

    def note(self, exchange: Exchange) -> None:
        """Take what *exchange* tells, whatever else is wrong with it."""
        read = self._readers.get(exchange.operation)
        if read is not None:
            # What cannot be read as JSON tells nothing; others judge it.
            with contextlib.suppress(ValueError):
                read(exchange)

    def adopt(self, id_: str) -> None:
        """Take a conversation that was found out of in another way than by an answer.

        It is that of the last call without an answer, if there was one.
        """
        if id_ not in self.left and id_ not in self._closed:
            if self.unanswered:
                self._write("found", id_, self.unanswered[-1][0])
            else:
                self.opened(id_, "")

    def claim(self, id_: str, endpoints_ids: Iterable[str]) -> bool:
        """Take a conversation that a webhook tells of, where a call for it had no usable answer.

        Returns:
            Whether it is taken: a call for one of the consumers, called as the endpoint calls
            them, had no usable answer.
        """
        waiting = {consumer for consumer, _ in self.unanswered}
        whose = (self._consumers_there.get(each) for each in endpoints_ids)
        consumer = next((each for each in whose if each in waiting), None)
        if consumer is None or id_ in self.left or id_ in self._closed:
            return False
        self._write("found", id_, consumer)
        return True

    def remember(self, token: str, consumer: str) -> None:
        """Remember whose a consumer token is."""
        self._consumers[token] = consumer
        # What the endpoint itself calls the consumer (API facts §3); webhooks do, too.
        there = (claims(token) or {}).get("lp_consumer_id")
        if isinstance(there, str):
            self._consumers_there[there] = consumer
        if len(self._consumers) > MAX_CONSUMERS:
            self._consumers.popitem(last=False)

    def opened(self, id_: str, consumer: str) -> None:
        """Note that a conversation has been opened, and for whom."""
        self._write("opened", id_, consumer)

    def closed(self, id_: str) -> None:
        """Note that a conversation has been closed."""
        self._write("closed", id_)

    def keep(self, id_: str, why: str) -> None:
        """Note that a conversation could not be closed, and why."""
        self._write("kept", id_, why)

    def end(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _read_token(self, exchange: Exchange) -> None:
        match exchange.request_document, exchange.document:
            case {"ext_consumer_id": str(consumer)}, {"token": str(token)}:
                self.remember(token, consumer)

    def _read_creation(self, exchange: Exchange) -> None:
        if exchange.status in _REFUSED or (exchange.failure or "").startswith(UNSENT):
            return
        token = header(exchange.request_headers, "x-lp-on-behalf") or ""
        consumer = self._consumers.get(token, "")
        ids: list[str] = []
        with contextlib.suppress(NotJsonError):
            ids = list(conversation_ids(exchange.document)) if exchange.status in _DONE else []
        for id_ in ids:
            self.opened(id_, consumer)
        if not ids:
            self._write("unanswered", consumer, exchange.failure or f"status {exchange.status}")

    def _read_update(self, exchange: Exchange) -> None:
        if exchange.status not in _DONE:
            return
        match exchange.request_document:
            case {"body": {"conversationId": str(id_), "conversationField": field}}:
                for each in field if isinstance(field, list) else [field]:
                    if isinstance(each, dict) and str(each.get("field")) in CLOSING:
                        self.closed(id_)

    def _write(self, *entry: str) -> None:
        self._take(*entry)
        if self._descriptor is not None:
            os.write(self._descriptor, f"{json.dumps(entry)}\n".encode())

    def _take(self, kind: str, subject: str, about: str = "") -> None:
        match kind:
            case "opened":
                self.left[subject] = about
                self.owners |= {subject: about} if about else {}
            case "found":
                self._take("opened", subject, about)
                calls = (each for each in reversed(self.unanswered) if each[0] == about)
                self.unanswered.remove(next(calls, self.unanswered[-1]))
            case "closed":
                self._closed.add(subject)
                self.left.pop(subject, None)
            case "kept":
                consumer = self.left.pop(subject, "")
                self.kept[subject] = f"of {consumer!r}: {about}" if consumer else about
            case "unanswered":
                self.unanswered.append((subject, about))
