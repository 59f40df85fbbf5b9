"""What a message costs in a long conversation: sent, answered, and heard through the webhook.

One conversation of 1,000 messages on the sandbox. Shown is the median time of a message, hundred
by hundred, from the call until its notification has been verified, judged and kept.

    python benchmarks/long_conversation.py [--messages 1000]
"""

import argparse
import statistics
import time
from pathlib import Path

from connector_harness.client import commands
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.settings import load_endpoint
from connector_harness.contract.contract import Contract, ContractError
from connector_harness.control.apps import WebhookApps
from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonValue
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification
from connector_harness.receiver.server import Receiver
from connector_harness.receiver.transcript import DialogTranscript
from connector_harness.redaction.redactor import Redactor
from connector_harness.sandbox.server import start_sandbox

ROOT = Path(__file__).parents[1]
CONTRACT = Contract(ROOT / "schemas")
GROWTH_BAR = 1.25
"""How much more the last hundred may cost than the first, on a machine that is seldom alone."""


class Unconcerned:
    """A witness that lets everything pass."""

    def sending(self, operation: str, document: JsonValue) -> None:
        """Look away."""

    def exchanged(self, exchange: Exchange) -> None:
        """Look away."""


def judge(notification: Notification) -> str | None:
    """Return what is wrong with *notification*, if anything."""
    try:
        CONTRACT.check_notification(notification.document)
    except ContractError as error:
        return str(error)
    return None


def open_conversation(connector: Connector, account: str) -> Conversation:
    """Open the conversation that is written in."""
    batch = [
        commands.set_user_profile({}, id="1"),
        commands.request_conversation(id="2", account=account),
    ]
    opened = connector.create_conversation(batch, consumer="writer").conversation_id
    if opened is None:
        raise SystemExit("no conversation was opened")
    return Conversation(connector, consumer="writer", id=opened)


def costs(conversation: Conversation, inbox: Inbox, messages: int) -> list[float]:
    """Write *messages* messages and return what each cost, in seconds.

    Raises:
        SystemExit: A message got another number than its place.
    """
    taken = []
    for number in range(messages):
        began = time.perf_counter()
        if conversation.send_text(f"Message {number}").sequence != number:
            raise SystemExit(f"message {number} got another number")
        inbox.wait_for(
            conversation.id,
            lambda change, number=number: change.sequence == number,  # type: ignore[misc]  # mypy infers no default
            what=f"message {number}",
            within_s=10,
        )
        taken.append(time.perf_counter() - began)
    return taken


def check(inbox: Inbox, conversation_id: str, messages: int) -> None:
    """End the benchmark unless every message was heard once, in order, with its number.

    Raises:
        SystemExit: It was not.
    """
    heard = DialogTranscript(inbox.of(conversation_id), conversation_id)
    texts = [line.what for line in heard.messages]
    faults = [*heard.gaps(), *heard.duplicates(), *inbox.faults_of(conversation_id)]
    if faults or texts != [f"Message {number}" for number in range(messages)]:
        raise SystemExit(f"the conversation was not heard as it was written: {faults[:3]}")


def measure(messages: int) -> list[float]:
    """Return what each message of one conversation cost, in seconds."""
    starting = start_sandbox()
    try:
        endpoint = load_endpoint(rootdir=ROOT, environ={}, name="sandbox", sandbox=starting.ready())
        control = SandboxControl.of(endpoint, is_ours=True)
        if control is None:
            raise SystemExit("the sandbox shows no control routes")
        redactor, inbox = Redactor(), Inbox()
        secret = endpoint.client_secret.get_secret_value()
        with (
            Receiver(inbox, secret, witness=judge) as receiver,
            Connector(endpoint, witness=Unconcerned(), redactor=redactor) as connector,
        ):
            WebhookApps(control, receiver, redactor).install_main()
            conversation = open_conversation(connector, endpoint.account)
            taken = costs(conversation, inbox, messages)
            check(inbox, conversation.id, messages)
        control.close()
    finally:
        starting.stop()
    return taken


def main() -> None:
    """Measure and print the medians, hundred by hundred."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=1000)
    taken = measure(parser.parse_args().messages)
    hundreds = [taken[at : at + 100] for at in range(0, len(taken), 100)]
    medians = [statistics.median(each) * 1000 for each in hundreds]
    print("ms a message, hundred by hundred:", " ".join(f"{each:.2f}" for each in medians))
    growth = medians[-1] / medians[0]
    print(f"last hundred against first: {growth:.2f} (bar {GROWTH_BAR})")
    if growth > GROWTH_BAR:
        raise SystemExit("over the bar")


if __name__ == "__main__":
    main()
