"""Tests of the sentences that put commands into a batch."""

import pytest

from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonObject
from steps import batch as sentences


@pytest.mark.parametrize(
    ("commands", "named", "expected"),
    [
        (0, None, "1"),
        (2, None, "3"),
        (2, {"body": {}}, "3"),
        (2, {"id": "2,", "body": {}}, "2,"),
        (0, {"id": 7, "body": {}}, "7"),
    ],
)
def test_id_is_the_documents_or_else_the_place(
    commands: int, named: JsonObject | None, expected: str
) -> None:
    """A command has the id its document carries, or else counts from 1."""
    assert sentences.next_id([{}] * commands, named) == expected


def test_commands_keep_the_order_of_the_sentences(endpoint: Endpoint) -> None:
    """A batch is built as it is told, also where the order is wrong."""
    batch: list[JsonObject] = []
    sentences.the_first_message(batch, "Hello")
    sentences.a_conversation_request(batch, endpoint)
    sentences.an_empty_profile(batch)

    assert [(command["id"], command["type"]) for command in batch] == [
        ("1", "ms.PublishEvent"),
        ("2", "cm.ConsumerRequestConversation"),
        ("3", "userprofile.SetUserProfile"),
    ]


def test_named_request_is_for_the_account_under_test(endpoint: Endpoint) -> None:
    """The account's place in a named document is filled, the rest of it is kept."""
    batch: list[JsonObject] = []
    document: JsonObject = {"id": "1,", "body": {"brandId": "{accountid}", "skillId": "ü"}}
    sentences.the_conversation_request(batch, endpoint, document)

    assert batch[0]["id"] == "1,"
    assert batch[0]["body"] == {"brandId": endpoint.account, "skillId": "ü"}
    assert document["body"] == {"brandId": "{accountid}", "skillId": "ü"}


def test_long_message_has_the_length_asked_for() -> None:
    """A message of so many characters has exactly so many."""
    batch: list[JsonObject] = []
    sentences.a_first_message_of_length(batch, 5000)

    match batch:
        case [{"body": {"event": {"message": str(text)}}}]:
            assert len(text) == 5000
        case _:
            pytest.fail(f"not one message: {batch!r}"[:200])


def test_one_id_for_all_commands() -> None:
    """Every command so far gets the id, and nothing else of it changes."""
    batch: list[JsonObject] = [{"id": "1", "kind": "req"}, {"id": "2", "kind": "req"}]
    sentences.every_command_carries_the_id(batch, "1,")

    assert batch == [{"id": "1,", "kind": "req"}] * 2


def test_batch_without_commands_has_none() -> None:
    """The sentence is refused after one that adds a command."""
    with pytest.raises(AssertionError):
        sentences.a_batch_without_commands([{"id": "1"}])
