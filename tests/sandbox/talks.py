"""The tests' way to hold a conversation in a sandbox without HTTP."""

import json
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, QueryParams

from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.fields import update_field
from connector_harness.sandbox.api.messages import publish_event
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.control.agent import play_agent
from connector_harness.sandbox.http import Answer, Call, RefusedError
from connector_harness.sandbox.rules.commands import ClientProperties
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Consumer, Tokens
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.webhooks import Webhooks
from tests.sandbox.callers import Clock

ADA, BEN = Consumer("ada", "0a"), Consumer("ben", "0b")


def answered(carry: Callable[..., Answer], *about: object) -> Answer:
    """Return the answer to a call or a command, a refusal among them."""
    try:
        return carry(*about)
    except RefusedError as exc:
        return exc.answer


class Kept(Webhooks):
    """Keeps what is to be told instead of delivering it."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []

    def notify(self, account_id: str, notification: Notification) -> None:
        """Keep one notification."""
        assert account_id == "70000001"
        self.notifications.append(notification)


class Talk:
    """An open conversation of Ada's in account 70000001, with nobody there to answer yet."""

    def __init__(self, account: Account, tokens: Tokens, assumptions: Assumptions) -> None:
        self.account = account
        self.clock = Clock()
        clocks = Clocks(self.clock)
        self.kept = Kept()
        self.sandbox = Sandbox(
            Store(account),
            tokens,
            assumptions,
            clock=self.clock,
            clocks=clocks,
            webhooks=self.kept,
        )
        self.conversation = account.open(ADA, {}, at_ms=int(self.clock() * 1000))

    @property
    def survey(self) -> str:
        """The id of the survey dialog, which must be there."""
        dialog = self.conversation.survey
        assert dialog is not None
        return dialog.id

    @property
    def heard(self) -> list[tuple[Any, ...]]:
        """Number, role and text of every event that was told to the apps."""
        events = [each for each in self.changes if "event" in each]
        return [
            (each.get("sequence"), each["originatorMetadata"]["role"], each["event"].get("message"))
            for each in events
        ]

    @property
    def changes(self) -> list[Any]:
        """Every change that was told to the apps."""
        documents: list[Any] = [notification.document for notification in self.kept.notifications]
        return [change for document in documents for change in document["body"]["changes"]]

    @property
    def details(self) -> Any:  # noqa: ANN401
        """The state of the conversation as the apps were told it last."""
        results = [change["result"] for change in self.changes if "result" in change]
        return results[-1]["conversationDetails"]

    def command(self, body: Any, **members: Any) -> Command:  # noqa: ANN401
        """Return a command of Ada's; ``features`` are what its call announces."""
        features = members.pop("features", [])
        document = {"type": ".ClientProperties", "features": features} if features else None
        given = {
            "sandbox": self.sandbox,
            "account": self.account,
            "consumer": ADA,
            "id": "7",
            "kind": "",
            "body": body,
            "properties": ClientProperties(frozenset(features), document),
        }
        return Command(**{**given, **members})

    def publish(
        self,
        event: Any,  # noqa: ANN401
        *,
        dialog: str | None = None,
        conversation: str | None = None,
        **members: Any,  # noqa: ANN401
    ) -> Answer:
        """Return the answer to an event of Ada's, in the main dialog or the one given."""
        body = {
            "dialogId": dialog or self.conversation.id,
            "conversationId": conversation or self.conversation.id,
            "event": event,
        }
        return answered(publish_event, self.command(body, **members))

    def say(self, text: str, **members: Any) -> Answer:  # noqa: ANN401
        """Return the answer to a text of Ada's."""
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        return self.publish(event, **members)

    def update(self, field: Any, **members: Any) -> Answer:  # noqa: ANN401
        """Return the answer to a change of a field, or of several."""
        body = {"conversationId": self.conversation.id, "conversationField": field}
        return answered(update_field, self.command(body, **members))

    def close(self, **members: Any) -> Answer:  # noqa: ANN401
        """Return the answer to Ada's closing everything at once."""
        field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        return self.update(field, **members)

    def close_dialog(self, dialog: str | None = None, **members: Any) -> Answer:  # noqa: ANN401
        """Return the answer to Ada's closing a dialog, the main one or the one given."""
        change = {
            "dialogId": dialog or self.conversation.id,
            "state": "CLOSE",
            "closedCause": "Closed by consumer",
        }
        return self.update({"field": "DialogChange", "type": "UPDATE", "dialog": change}, **members)

    def agent(self, action: str, **members: Any) -> Answer:  # noqa: ANN401
        """Return the answer to an action of the agent."""
        request = {"account": self.account.id, "conversation": self.conversation.id}
        return self.control({**request, "action": action, **members})

    def agent_says(self, text: str, **members: Any) -> Answer:  # noqa: ANN401
        """Return the answer to a text of the agent, or of the survey bot."""
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        return self.agent("publish", event=event, **members)

    def control(self, request: object) -> Answer:
        """Return the answer to a request for the agent, of any form."""
        body = json.dumps(request).encode()
        call = Call("POST", "/_sandbox/agent", {}, QueryParams(), Headers(), body)
        return answered(play_agent, self.sandbox, call)
