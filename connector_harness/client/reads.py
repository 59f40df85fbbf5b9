"""The calls that read what a conversation holds: no part of the Connector API.

Source: API facts §15.1 and §15.2.
"""

import uuid
from typing import Final
from urllib.parse import quote, urlencode

from connector_harness.client.calls import JSON, Calls, SentHeaders, encoded
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.client.tokens import SignIn

MESSAGING_REST: Final = "messagingRestApiDomain"
"""The service of the Messaging REST API; not every account is let in to it."""

HISTORY: Final = "msgHist"
"""The service of the history search."""

SOURCE: Final = "connector-harness"
"""What the harness calls itself where a service asks; at most 20 characters."""


class Reads:
    """Makes the calls, each once, and returns the replies."""

    def __init__(self, endpoint: Endpoint, calls: Calls) -> None:
        """Prepare to read at *endpoint* with *calls*; nothing is called yet."""
        self._account = endpoint.account
        self._history_token = endpoint.history_token
        self._calls = calls

    def conversation(self, conversation_id: str, sign_in: SignIn) -> Reply:
        """Read the state of a conversation, as `Connector.read_conversation` says."""
        path = f"/messaging/v1/conversations/{quote(conversation_id, safe='')}"
        return self._get("read_conversation", path, sign_in)

    def messages(
        self, conversation_id: str, dialog_id: str, sign_in: SignIn, *, newer_than: int, limit: int
    ) -> Reply:
        """Read a page of a dialog, as `Connector.read_messages` says."""
        conversation, dialog = (quote(each, safe="") for each in (conversation_id, dialog_id))
        query = urlencode(
            {
                "newerThanSequence": newer_than,
                "sortBy": "sequence",
                "sortOrder": "ASC",
                "limit": limit,
            }
        )
        path = f"/messaging/v1/conversations/{conversation}/dialogs/{dialog}/messages?{query}"
        return self._get("read_messages", path, sign_in)

    def search(self, conversation_id: str) -> Reply:
        """Search the history for a conversation, as `Connector.search_history` says."""
        headers = [JSON]
        if self._history_token is not None:
            bearer = f"Bearer {self._history_token.get_secret_value()}"
            headers.append((b"Authorization", bearer.encode()))
        account = quote(self._account, safe="")
        path = f"/messaging_history/api/account/{account}/conversations/conversation/search"
        url = f"{self._calls.service(HISTORY)}{path}?source={SOURCE}"
        content = encoded({"conversationId": conversation_id})
        return self._calls.call("search_history", "POST", url, headers=headers, content=content)

    def _get(self, operation: str, path: str, sign_in: SignIn) -> Reply:
        headers: SentHeaders = [
            # Whoever was seen to call this service says so of a GET too.
            JSON,
            (b"Authorization", (sign_in.app_token or "").encode()),
            (b"LP-On-Behalf", (sign_in.consumer_token or "").encode()),
            (b"Brand-ID", self._account.encode()),
            (b"Client-source", SOURCE.encode()),
            (b"Request-ID", str(uuid.uuid4()).encode()),
        ]
        url = self._calls.service(MESSAGING_REST) + path
        return self._calls.call(operation, "GET", url, headers=headers)
