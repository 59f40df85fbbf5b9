"""A conversation that is not spoken in, and an inbox that is told no more of it."""

from collections.abc import Callable
from typing import Final, cast

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxView
from connector_harness.json_types import JsonValue
from connector_harness.receiver.inbox import Inbox
from steps.notification import SettledInbox
from steps.shown_message import MessageCounts

TALK: Final = Conversation(cast("Connector", None), consumer="ada", id="c-1")


class Told:
    """A sandbox that has told everything."""

    def wait_until_told(self, consumer: str) -> None:
        """Wait for nothing."""
        assert consumer


def settled(inbox: Inbox, counts: MessageCounts | None = None) -> SettledInbox:
    """Return what knows of *inbox* that nothing further is under way."""
    view = cast("SandboxView", Told())
    endpoint = cast("Endpoint", None)
    return SettledInbox(inbox, view, cast("Connector", None), endpoint, counts or MessageCounts())


Build = Callable[[Conversation], JsonValue]
