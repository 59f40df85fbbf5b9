"""What the tests of webhooks let wait for delivery."""

from connector_harness.sandbox.webhooks.queue import Pending
from connector_harness.sandbox.webhooks.subscriptions import Receiver


def pending(
    body: str = "x",
    *,
    conversation: str = "c-1",
    consumer: str = "ada",
    since: float = 0.0,
    max_retries: int | None = None,
) -> Pending:
    """Return an event with *body*, pending since *since*."""
    return Pending(
        kind="ms.MessagingEventNotification.ContentEvent",
        conversation=conversation,
        consumer=consumer,
        body=body.encode(),
        receiver=Receiver("https://hooks.example.test", max_retries),
        since=since,
    )
