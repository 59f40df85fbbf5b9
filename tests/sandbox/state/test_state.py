"""Accounts, conversations, dialogs and messages."""

import uuid

import pytest

from connector_harness.sandbox.state.state import Account, Dialog, Participant, StateError, Store
from connector_harness.sandbox.state.tokens import Consumer

ADA = Consumer("ada", "0a")


def test_account_ids_are_never_used_twice() -> None:
    """An invented id avoids those in use."""
    store = Store()
    store.add("70000001")

    assert store.add().id == "70000002"
    assert store.add().id == "70000003"


def test_existing_account_is_not_replaced() -> None:
    """Adding an account again is an error and leaves the first one alone."""
    store = Store()
    first = store.add("70000001")

    with pytest.raises(StateError, match="account '70000001' exists already"):
        store.add("70000001")

    assert store.get("70000001") is first


def test_secret_is_not_shown(account: Account) -> None:
    """The text form of an account keeps the secret to itself."""
    assert account.client_secret not in repr(account)


def test_conversation_starts_with_its_main_dialog(account: Account) -> None:
    """The main dialog has the id of the conversation, which cannot be guessed."""
    conversation = account.open(ADA, {})

    assert conversation.main.id == conversation.id
    assert uuid.UUID(conversation.id).version == 4


def test_closed_conversation_is_not_open(account: Account) -> None:
    """Only a conversation whose stage is open stands in the way of the next."""
    conversation = account.open(ADA, {})
    assert account.open_conversation_of(ADA) is conversation

    conversation.stage = "CLOSE"

    assert account.open_conversation_of(ADA) is None


def test_survey_may_count_or_not(account: Account) -> None:
    """While the survey runs, the state is closed and the stage is open."""
    account.open(ADA, {}).state = "CLOSE"

    assert account.open_conversation_of(ADA, survey_counts=True) is not None
    assert account.open_conversation_of(ADA, survey_counts=False) is None


def test_everybody_takes_part_once_for_each_role(account: Account) -> None:
    """The participants of a conversation are those of its dialogs."""
    conversation = account.open(ADA, {})
    agent, reader = Participant("7", "ASSIGNED_AGENT"), Participant("7", "READER")
    person = Participant(ADA.lp_id, "CONSUMER")
    conversation.main.add(agent, at_ms=1)
    conversation.dialogs.append(Dialog("s", participants=[person, reader]))

    assert conversation.participants == [person, agent, reader]
    assert (conversation.agent, conversation.survey) == (agent, conversation.dialogs[1])


def test_dialog_is_found_by_its_id(account: Account) -> None:
    """A conversation knows its own dialogs only."""
    conversation = account.open(ADA, {})

    assert conversation.dialog(conversation.id) is conversation.main
    assert (conversation.dialog("x"), conversation.agent, conversation.survey) == (None,) * 3


def test_each_change_is_later_than_the_last(account: Account) -> None:
    """Two changes within one millisecond can still be told apart."""
    conversation = account.open(ADA, {}, at_ms=5)

    assert [conversation.touch(at) for at in (5, 5, 9, 3)] == [6, 7, 9, 10]
