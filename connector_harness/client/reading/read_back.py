"""What a conversation holds, read back where no webhook tells. Source: API facts §15."""

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Final, TypeAlias

from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError
from connector_harness.client.http.exchange import Exchange, NotJsonError
from connector_harness.client.reading.held_messages import (
    HeldMessage,
    UnreadableError,
    history_message,
    messaging_rest_message,
    sequence_in,
)
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject, JsonValue, inside

PAGE: Final = 100
"""How many messages are asked for at once, the most there may be."""

MOST_PAGES: Final = 100
"""How many pages are read before an endpoint is given up that always has one more."""

HISTORY_LAG_S: Final = 60.0
"""How late the history may be, in seconds. Source: API facts §15.2."""

_Call: TypeAlias = Callable[[], Reply]

_INSTEAD: Final = "or leave `read_back` out of the endpoint's table"
_REST_ADVICE: Final = (
    "see that the conversation is this consumer's, and that LivePerson has let the account in to "
    f"the Messaging REST API, {_INSTEAD}"
)
_HISTORY_ADVICE: Final = (
    f"set CONNECTOR_HISTORY_TOKEN to the token of a user who may read the history, {_INSTEAD}"
)
_LOOK: Final = "see the attached exchange, and whether the endpoint is what `read_back` says"
_EXCERPT: Final = 200


class ReadBackError(Exception):
    """What a conversation holds could not be read: not served, not let in, or not understood."""

    def __init__(
        self,
        what: str,
        *,
        exchange: Exchange,
        answer: str = "",
        advice: str = _LOOK,
    ) -> None:
        """Word what went wrong in *exchange*, with the begin of its *answer*, secrets masked."""
        self.exchange = exchange
        answered = f"; it answered {answer[:_EXCERPT]!r}" if answer else ""
        super().__init__(
            f"what a conversation holds could not be read: {what}\n"
            f"  at: {exchange.title}{answered}\n"
            f"  next: {advice}"
        )


def read_back(connector: Connector, endpoint: Endpoint) -> "ReadBack | None":
    """Return the way to read back that *endpoint* names; None where it names none."""
    match endpoint.read_back:
        case "messaging-rest":
            return MessagingRest(connector)
        case "history":
            return HistorySearch(connector)
        case None:
            return None


class MessagingRest:
    """Reads by the Messaging REST API, as the consumer, at once. Source: API facts §15.1."""

    lag_s = 0.0

    def __init__(self, connector: Connector) -> None:
        """Read with the tokens of *connector*."""
        self._connector = connector

    def messages(
        self, conversation_id: str, *, consumer: str, dialog_id: str | None = None
    ) -> list[HeldMessage]:
        """Return all that was said in a dialog, by default the main one, in its order.

        Raises:
            ReadBackError: The endpoint does not serve it, does not let the harness in, or answers
                otherwise than documented.
            SignInError: A token service refused, or answered without a token.
            TransportError: No answer arrived.
        """
        dialog = dialog_id or conversation_id
        held: dict[int, HeldMessage] = {}
        newest = 0
        for number in range(MOST_PAGES):
            page = self._page(conversation_id, consumer, dialog, newest)
            if page is None:
                return []
            reply = page
            items = _list(reply, "data")
            page_held = _by_number(reply, _messages(reply, items, dialog))
            if any(held.get(number, each) != each for number, each in page_held.items()):
                raise _off(reply, "a message reads otherwise than on the page before")
            held |= page_held
            if not _has_more(reply, items):
                return [held[sequence] for sequence in sorted(held)]
            last = max((sequence_in(each.get("sequence")) or 0 for each in items), default=0)
            if number and last <= newest:
                raise _off(reply, "a page that says more is to come brings nothing new")
            newest = last
        raise _off(reply, f"there are more than {MOST_PAGES} pages")

    def _page(self, conversation_id: str, consumer: str, dialog: str, newest: int) -> Reply | None:
        """Return the page that begins with the newest that is known; None for an empty dialog.

        Asked for what comes after that, the endpoint would refuse where nothing does.
        """
        accepted = [HTTPStatus.OK, *([HTTPStatus.BAD_REQUEST] if newest == 0 else [])]
        reply = _answered(
            lambda: self._connector.read_messages(
                conversation_id, consumer=consumer, dialog_id=dialog, newer_than=newest, limit=PAGE
            ),
            _REST_ADVICE,
            *accepted,
        )
        if reply.status == HTTPStatus.OK:
            return reply
        # Where nothing was said even 0 may count as above the newest; if all else is right.
        dialogs = _list(self._conversation(conversation_id, consumer), "dialogs")
        if dialog not in [each.get("id") for each in dialogs]:
            raise _refused(reply, _REST_ADVICE)
        return None

    def _conversation(self, conversation_id: str, consumer: str) -> Reply:
        return _answered(
            lambda: self._connector.read_conversation(conversation_id, consumer=consumer),
            _REST_ADVICE,
        )


class HistorySearch:
    """Reads by the history search, as a user of the account. Source: API facts §15.2.

    What it does not have yet is no message: it may be `lag_s` seconds late.
    """

    lag_s = HISTORY_LAG_S

    def __init__(self, connector: Connector) -> None:
        """Read with the history token of the endpoint that *connector* speaks to."""
        self._connector = connector

    def messages(
        self,
        conversation_id: str,
        *,
        consumer: str,  # noqa: ARG002  # a user reads everybody's
        dialog_id: str | None = None,
    ) -> list[HeldMessage]:
        """Return all that was said in a dialog, as `MessagingRest.messages` does."""
        reply, record = self._record(conversation_id)
        items = _objects(reply, (record or {}).get("messageRecords", []), "messageRecords")
        held = _messages(reply, items, dialog_id or conversation_id, read=history_message)
        return [each for _, each in sorted(_by_number(reply, held).items())]

    def _record(self, conversation_id: str) -> tuple[Reply, JsonObject | None]:
        reply = _answered(lambda: self._connector.search_history(conversation_id), _HISTORY_ADVICE)
        return reply, _records(reply).get(conversation_id)


ReadBack: TypeAlias = MessagingRest | HistorySearch
"""A way to read what conversations hold."""


def _answered(call: _Call, advice: str, *accepted: int) -> Reply:
    """Return the reply to *call*, which must have a status that is *accepted*, by default 200."""
    try:
        reply = call()
    except DomainError as error:
        what = str(error).partition("\n")[0]
        raise ReadBackError(what, exchange=error.exchange, advice=advice) from None
    if reply.status not in (accepted or (HTTPStatus.OK,)):
        raise _refused(reply, advice)
    return reply


def _refused(reply: Reply, advice: str) -> ReadBackError:
    what = f"refused with status {reply.status}"
    return ReadBackError(what, exchange=reply.exchange, answer=reply.text, advice=advice)


def _off(reply: Reply, what: str) -> ReadBackError:
    return ReadBackError(what, exchange=reply.exchange, answer=reply.text)


def _object(reply: Reply) -> JsonObject:
    try:
        document = reply.document
    except NotJsonError as error:
        raise _off(reply, f"the answer is {error.what}") from None
    if not isinstance(document, dict):
        raise _off(reply, "the answer is no object")
    return document


def _list(reply: Reply, name: str) -> list[JsonObject]:
    return _objects(reply, _object(reply).get(name), name)


def _objects(reply: Reply, found: JsonValue, name: str) -> list[JsonObject]:
    if isinstance(found, list):
        objects = [each for each in found if isinstance(each, dict)]
        if len(objects) == len(found):
            return objects
    raise _off(reply, f"{name} is no list of objects")


def _messages(
    reply: Reply,
    items: list[JsonObject],
    dialog: str,
    read: Callable[..., HeldMessage | None] = messaging_rest_message,
) -> Iterator[HeldMessage]:
    for item in items:
        try:
            message = read(item, dialog_id=dialog)
        except UnreadableError as error:
            raise _off(reply, str(error)) from None
        if message is not None:
            yield message


def _by_number(reply: Reply, messages: Iterable[HeldMessage]) -> dict[int, HeldMessage]:
    found: dict[int, HeldMessage] = {}
    for each in messages:
        if each.sequence in found:
            raise _off(reply, f"two messages have the number {each.sequence}")
        found[each.sequence] = each
    return found


def _has_more(reply: Reply, items: list[JsonObject]) -> bool:
    return isinstance(inside(_object(reply), "links", "next"), str) or len(items) >= PAGE


def _records(reply: Reply) -> dict[str, JsonObject]:
    """Return the records of the history by the ids of their conversations."""
    found: dict[str, JsonObject] = {}
    for record in _list(reply, "conversationHistoryRecords"):
        match record:
            case {"info": {"conversationId": str(id_)}}:
                found[id_] = record
            case _:
                raise _off(reply, "a record names no conversation")
    return found
