"""What the tests of webhooks owe to apps."""

from connector_harness.sandbox.webhooks.pending import Owed
from connector_harness.sandbox.webhooks.subscriptions import Receiver


def owed(
    body: str = "x",
    *,
    conversation: str = "c-1",
    consumer: str = "ada",
    since: float = 0.0,
    max_retries: int | None = None,
) -> Owed:
    """Return an event with *body*, owed since *since*."""
    return Owed(
        kind="ms.MessagingEventNotification.ContentEvent",
        conversation=conversation,
        consumer=consumer,
        body=body.encode(),
        receiver=Receiver("https://hooks.example.test", max_retries),
        since=since,
    )
