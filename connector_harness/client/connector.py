"""The connector: opens conversations, speaks in them, and keeps every exchange as evidence."""

import json
import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Final
from urllib.parse import quote, urlencode

from connector_harness.client.calls import JSON, SentHeaders, encoded
from connector_harness.client.commands import client_properties, operation_of
from connector_harness.client.files import FileAddress
from connector_harness.client.reply import Reply
from connector_harness.client.token_services import TokenServices
from connector_harness.client.tokens import SignIn
from connector_harness.json_types import JsonObject, JsonValue

MESSAGING_REST: Final = "messagingRestApiDomain"
"""The service of the Messaging REST API; not every account is let in to it."""

HISTORY: Final = "msgHist"
"""The service of the history search."""

SOURCE: Final = "connector-harness"
"""What the harness calls itself where a service asks; at most 20 characters."""

_CONVERSATION: Final = "/messaging/consumer/conversation"
_SEND: Final = f"{_CONVERSATION}/send"
_BYTES: Final = (b"Content-Type", b"application/octet-stream")


class Connector(TokenServices):
    """Speaks for consumers of one account at one endpoint.

    Statuses of refusal are outcomes and come back as replies; what raises is a call without an
    answer (`TransportError`), a sign-in that fails (`SignInError`), a service that cannot be
    found (`DomainError`), and whatever the witness raises. *consumer* is everywhere the consumer's
    id outside the endpoint.
    """

    @cached_property
    def _properties(self) -> dict[str, bytes]:
        return {}

    def announce(self, consumer: str, features: Sequence[str]) -> None:
        """Announce *features* with every later call for *consumer*: create and send alike.

        Travels as the header ``Client-Properties``; without any the header is left out again.
        Source: API facts §8.
        """
        self._properties.pop(consumer, None)
        if features:
            value = json.dumps(client_properties(features), separators=(",", ":"))
            self.announce_as(consumer, value)

    def announce_as(self, consumer: str, value: str) -> None:
        """Send *value* as ``Client-Properties`` with every later call for *consumer*.

        For headers that are wrong on purpose, or spelt in another way.
        """
        self._properties[consumer] = value.encode()

    def create_conversation(self, batch: list[JsonObject], *, consumer: str) -> Reply:
        """Open a conversation for *consumer* with the commands of *batch*.

        Signs in as needed. A 401 renews the tokens and repeats the call once; a 429 repeats it as
        `Calls` says. A 5xx, a timeout and a lost connection are never repeated, for the
        conversation may exist. Source: API facts §4 and §11.
        """
        # A list of objects is a JSON document; mypy cannot see it, lists being invariant.
        return self._speak("create_conversation", _CONVERSATION, list(batch), consumer=consumer)

    def create_conversation_as(
        self, document: JsonValue, *, sign_in: SignIn, version: str = "3"
    ) -> Reply:
        """Send *document* to the conversation service exactly as given.

        For requests that are wrong on purpose: no check, no renewal, and no repeat except of what
        was throttled, which nobody has read. A token that is None leaves its header out.
        """
        path = f"{_CONVERSATION}?v={quote(version, safe='')}"
        return self._post("create_conversation", path, sign_in, encoded(document))

    def send(self, command: JsonObject, *, consumer: str) -> Reply:
        """Send one *command* for *consumer* to a conversation that exists.

        Signs in and repeats as `create_conversation` does: after a 401 once, when throttled
        within the budget, and otherwise never, for the command may have been carried out. A
        conversation of somebody else is refused with a 401 as well: the consumer's token is
        renewed, and the second refusal is the reply. Source: API facts §5, §10.1 and §11.
        """
        return self._speak(operation_of(command), _SEND, command, consumer=consumer)

    def send_as(self, document: JsonValue, *, sign_in: SignIn, version: str = "3") -> Reply:
        """Send *document* to where commands go exactly as given.

        For requests that are wrong on purpose: no check, no renewal, and no repeat except of what
        was throttled, which nobody has read. A token that is None leaves its header out.
        """
        path = f"{_SEND}?v={quote(version, safe='')}"
        return self._post(operation_of(document), path, sign_in, encoded(document))

    def put_file(self, address: FileAddress, content: bytes) -> Reply:
        """Upload *content* to *address*, which alone permits it: no token travels.

        No refusal but a throttled call's is repeated. Source: API facts §7.
        """
        url = self.service("swift") + address.target
        return self.call("put_file", "PUT", url, headers=[_BYTES], content=content)

    def get_file(self, address: FileAddress) -> Reply:
        """Download what is at *address*, which alone permits it: no token travels.

        No refusal but a throttled call's is repeated. Source: API facts §7.
        """
        url = self.service("swift") + address.target
        return self.call("get_file", "GET", url)

    def read_conversation(self, conversation_id: str, *, consumer: str) -> Reply:
        """Read the state of a conversation of *consumer*, by the Messaging REST API.

        Signs in and repeats as `send` does; not every account has this service. Source: API facts
        §15.1.
        """
        path = f"/messaging/v1/conversations/{quote(conversation_id, safe='')}"
        return self.signed_in(
            consumer, lambda sign_in: self._get("read_conversation", path, sign_in)
        )

    def read_messages(
        self,
        conversation_id: str,
        *,
        consumer: str,
        dialog_id: str | None = None,
        newer_than: int = 0,
        limit: int = 100,
    ) -> Reply:
        """Read a page of what was said in a conversation of *consumer*, oldest first.

        Otherwise as `read_conversation`, and raises what that raises. Source: API facts §15.1.

        Args:
            conversation_id: The conversation.
            consumer: The consumer's id outside the endpoint.
            dialog_id: Which of its dialogs. Default: the main one.
            newer_than: The first sequence that is wanted; the endpoint counts it in, and may
                refuse one above the newest with 400.
            limit: The most messages, 1 to 100.
        """
        conversation = quote(conversation_id, safe="")
        dialog = conversation if dialog_id is None else quote(dialog_id, safe="")
        sorting = {"sortBy": "sequence", "sortOrder": "ASC"}
        query = urlencode({"newerThanSequence": newer_than, **sorting, "limit": limit})
        path = f"/messaging/v1/conversations/{conversation}/dialogs/{dialog}/messages?{query}"
        return self.signed_in(consumer, lambda sign_in: self._get("read_messages", path, sign_in))

    def search_history(self, conversation_id: str) -> Reply:
        """Search the history for one conversation.

        The endpoint's ``history_token`` lets in, not the connector's own tokens; without one a
        refusal is to be expected. What happened within the last minute may be missing.
        Source: API facts §15.2.
        """
        headers = [JSON]
        if self._endpoint.history_token is not None:
            bearer = f"Bearer {self._endpoint.history_token.get_secret_value()}"
            headers.append((b"Authorization", bearer.encode()))
        path = f"/messaging_history/api/account/{self._account}/conversations/conversation/search"
        url = f"{self.service(HISTORY)}{path}?source={SOURCE}"
        content = encoded({"conversationId": conversation_id})
        return self.call("search_history", "POST", url, headers=headers, content=content)

    def _get(self, operation: str, path: str, sign_in: SignIn) -> Reply:
        headers: SentHeaders = [
            # Whoever was seen to call this service says so of a GET too.
            JSON,
            (b"Authorization", (sign_in.app_token or "").encode()),
            (b"LP-On-Behalf", (sign_in.consumer_token or "").encode()),
            (b"Brand-ID", self._endpoint.account.encode()),
            (b"Client-source", SOURCE.encode()),
            (b"Request-ID", str(uuid.uuid4()).encode()),
        ]
        return self.call(operation, "GET", self.service(MESSAGING_REST) + path, headers=headers)

    def _speak(self, operation: str, path: str, document: JsonValue, *, consumer: str) -> Reply:
        self._witness.sending(operation, document)
        content = encoded(document)
        path = f"{path}?v=3"
        properties = self._properties.get(consumer)
        return self.signed_in(
            consumer,
            lambda sign_in: self._post(operation, path, sign_in, content, properties=properties),
        )

    def _post(
        self,
        operation: str,
        path: str,
        sign_in: SignIn,
        content: bytes,
        *,
        properties: bytes | None = None,
    ) -> Reply:
        headers = [JSON]
        if sign_in.app_token is not None:
            headers.append((b"Authorization", sign_in.app_token.encode()))
        if sign_in.consumer_token is not None:
            headers.append((b"X-LP-ON-BEHALF", sign_in.consumer_token.encode()))
        if properties is not None:
            headers.append((b"Client-Properties", properties))
        url = f"{self.service('asyncMessagingEnt')}/api/account/{self._account}{path}"
        return self.call(operation, "POST", url, headers=headers, content=content)
