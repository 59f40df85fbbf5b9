"""Dialogs: numbers, participants, and how they end."""

from connector_harness.sandbox.state.state import Dialog, Participant

AGENT = Participant("agent-7", "ASSIGNED_AGENT")


def test_dialog_numbers_from_zero() -> None:
    """Each dialog counts its own messages and receipts."""
    dialog = Dialog("d")

    sequences = [dialog.publish({}, author="0a").sequence for _ in range(3)]

    assert sequences == [0, 1, 2]


def test_typing_takes_no_number() -> None:
    """Typing is told to everybody, but neither kept nor counted."""
    dialog = Dialog("d")
    dialog.publish({"type": "ContentEvent"}, author="0a")

    typing = dialog.publish({"type": "ChatStateEvent"}, author="0a")
    receipt = dialog.publish({"type": "AcceptStatusEvent"}, author="0a")

    assert (typing.sequence, receipt.sequence) == (None, 1)
    assert [message.sequence for message in dialog.messages] == [0, 1]


def test_dialog_knows_when_it_was_last_active() -> None:
    """Everything that is published, typing too, makes the dialog active."""
    dialog = Dialog("d", active_ms=5)

    dialog.publish({"type": "ChatStateEvent"}, author="0a", at_ms=9)

    assert dialog.active_ms == 9


def test_participants_come_and_go() -> None:
    """Who joins takes part until they leave; both are changes of the dialog."""
    dialog = Dialog("d")

    dialog.add(AGENT, at_ms=3)
    assert (dialog.participants, dialog.changed_ms) == ([AGENT], 3)

    dialog.remove(AGENT, at_ms=4)
    assert (dialog.participants, dialog.changed_ms) == ([], 4)


def test_closed_dialog_knows_by_whom_and_why() -> None:
    """The end of a dialog is kept with its author, cause and time."""
    dialog = Dialog("d")

    dialog.close(by="AGENT", at_ms=8, cause="Completed")

    assert (dialog.state, dialog.closed_by, dialog.closed_cause) == ("CLOSE", "AGENT", "Completed")
    assert (dialog.ended_ms, dialog.changed_ms) == (8, 8)
