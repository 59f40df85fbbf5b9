"""Sentences about receipts."""

import re
from dataclasses import dataclass
from typing import Final

from pytest_bdd import given, parsers, then, when

from connector_harness.client.conversation import Conversation
from connector_harness.client.reply import Reply
from connector_harness.control.agent import Agent
from connector_harness.receiver.inbox import Inbox
from connector_harness.wording import changes
from connector_harness.wording.roles import who_is
from steps.shown_message import MessageCounts
from steps.vocabulary import Vocabulary
from steps.webhook import hear

RECEIPTS: Final = Vocabulary(
    "receipt", {words: status for status, words in changes.RECEIPTS.items()}
)
"""What can become of a message (API facts §5.7)."""


_SEVERAL: Final = re.compile(r"messages? (\d+(?:(?:, | and )\d+)*)")
_RECEIPT: Final = re.compile(r'"([^"]*)" for (messages? .*)')


class Numbers:
    """The converter from the words for messages to their numbers; the guard asks it first."""

    def __call__(self, words: str) -> list[int]:
        """Return the numbers in *words*, as ``message 0`` or ``messages 0 and 1``."""
        found = _SEVERAL.fullmatch(words)
        return [int(number) for number in re.findall(r"\d+", found[1])] if found else []

    def problem(self, words: str) -> tuple[str, str] | None:
        """Return what is wrong with *words* and what to do next, or None where nothing is."""
        if self(words):
            return None
        return f"{words!r} names no messages", "write message 0, or messages 0, 1 and 2"


NUMBERS: Final = Numbers()


@dataclass(frozen=True)
class Receipt:
    """What became of which messages."""

    status: str
    numbers: list[int]


class Receipts:
    """The converter from words to a receipt; the guard asks it before the run."""

    def __call__(self, words: str) -> Receipt:
        """Return the receipt in *words*, as ``"read" for messages 0 and 1``."""
        found = _RECEIPT.fullmatch(words)
        assert found
        return Receipt(RECEIPTS(found[1]), NUMBERS(found[2]))

    def problem(self, words: str) -> tuple[str, str] | None:
        """Return what is wrong with *words* and what to do next, or None where nothing is."""
        found = _RECEIPT.fullmatch(words)
        if found is None:
            return f"{words!r} is no receipt", 'write "read" for message 0'
        return RECEIPTS.problem(found[1]) or NUMBERS.problem(found[2])


@when(
    parsers.parse("the shopper marks {numbers} as {receipt}"),
    converters={"numbers": NUMBERS, "receipt": RECEIPTS},
    target_fixture="reply",
)
def the_shopper_marks(
    conversation: Conversation, counts: MessageCounts, numbers: list[int], receipt: str
) -> Reply:
    """Send one receipt for all of them."""
    return counts.note(conversation.send_receipt(receipt, numbers))


@given(
    parsers.parse("the agent has marked {numbers} as {receipt}"),
    converters={"numbers": NUMBERS, "receipt": RECEIPTS},
)
@when(
    parsers.parse("the agent marks {numbers} as {receipt}"),
    converters={"numbers": NUMBERS, "receipt": RECEIPTS},
)
def the_agent_marks(
    agent: Agent,
    conversation: Conversation,
    counts: MessageCounts,
    numbers: list[int],
    receipt: str,
) -> None:
    """Let the agent send one receipt for all of them."""
    counts.note_agents(conversation.id, agent.receipt(conversation.id, receipt, numbers))


@then(
    parsers.parse("the shopper's receipt {receipt} comes back with number {n:d}"),
    converters={"receipt": Receipts()},
)
def the_shoppers_receipt_comes_back(
    inbox: Inbox, conversation: Conversation, wait_s: float, receipt: Receipt, n: int
) -> None:
    """Expect the echo of the shopper's receipt."""
    hear_receipt(inbox, conversation, "CONSUMER", receipt, wait_s=wait_s, number=n)


@then(
    parsers.parse("the agent's receipt {receipt} arrives with number {n:d}"),
    converters={"receipt": Receipts()},
)
def the_agents_receipt_arrives(
    inbox: Inbox, conversation: Conversation, wait_s: float, receipt: Receipt, n: int
) -> None:
    """Expect to be told of the agent's receipt."""
    hear_receipt(inbox, conversation, "ASSIGNED_AGENT", receipt, wait_s=wait_s, number=n)


def hear_receipt(
    inbox: Inbox,
    conversation: Conversation,
    role: str,
    receipt: Receipt,
    *,
    wait_s: float,
    number: int,
) -> None:
    """Expect somebody's receipt for exactly these messages, with its *number*."""
    hear(
        inbox,
        conversation,
        lambda change: change.role == role and change.event.get("status") == receipt.status,
        what=f"{who_is(role)}'s receipt {RECEIPTS.words_for(receipt.status)!r}",
        within_s=wait_s,
        fits=lambda change: (
            (change.event["sequenceList"], change.sequence) == (receipt.numbers, number)
        ),
        rest=f"number {number} and a receipt for {receipt.numbers}",
    )
