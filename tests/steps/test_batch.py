"""Tests of the sentences that put commands into a batch."""

from dataclasses import replace

import pytest

from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject
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
    sentences.first_message(batch, "Hello")
    sentences.a_conversation_request(batch, endpoint)
    sentences.an_empty_profile(batch)

    assert [(command["id"], command["type"]) for command in batch] == [
        ("1", "ms.PublishEvent"),
        ("2", "cm.ConsumerRequestConversation"),
        ("3", "userprofile.SetUserProfile"),
    ]


def test_named_profile_keeps_its_id() -> None:
    """The body and the id of a named profile are sent as they are."""
    batch: list[JsonObject] = []
    sentences.the_profile(batch, {"id": "2,", "body": {"role": "X"}})

    assert (batch[0]["id"], batch[0]["body"]) == ("2,", {"role": "X"})


def test_named_request_is_for_the_account_under_test(endpoint: Endpoint) -> None:
    """The account's place in a named document is filled, the rest of it is kept."""
    batch: list[JsonObject] = []
    document: JsonObject = {"id": "1,", "body": {"brandId": "{accountid}", "skillId": "ü"}}
    sentences.the_conversation_request(batch, endpoint, document)

    assert batch[0]["id"] == "1,"
    assert batch[0]["body"] == {"brandId": endpoint.account, "skillId": "ü"}
    assert document["body"] == {"brandId": "{accountid}", "skillId": "ü"}


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("campaign", {"campaignInfo": {"campaignId": "123", "engagementId": "456"}}),
        ("skill", {"skillId": "4711"}),
    ],
)
def test_request_is_for_what_the_settings_name(
    endpoint: Endpoint, target: str, asked: JsonObject
) -> None:
    """A campaign and a skill have their ids from the settings of the endpoint."""
    known = replace(endpoint, campaigns={"spring": "123/456"}, skills={"spring": "4711"})
    batch: list[JsonObject] = []
    sentences.a_conversation_request_for(batch, known, sentences.TARGETS(target), "spring")

    assert batch[0]["body"] == {"brandId": endpoint.account, **asked}


def test_table_is_a_batch_in_its_order(endpoint: Endpoint) -> None:
    """Each row is a command; one that names nothing is the smallest of its kind."""
    batch: list[JsonObject] = []
    rows = [["first message", "Hello"], ["conversation request", ""], ["profile", "web visitor"]]
    sentences.a_batch_of(batch, endpoint, sentences.BatchRows()(rows))

    assert [(command["id"], command["type"]) for command in batch] == [
        ("1", "ms.PublishEvent"),
        ("2", "cm.ConsumerRequestConversation"),
        ("2,", "userprofile.SetUserProfile"),
    ]
    assert batch[1]["body"] == {"brandId": endpoint.account}


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (["profil", ""], "a batch holds no 'profil'"),
        (["profile"], "a batch holds no 'profile'"),
        (["profile", "web visitr"], 'no profile is named "web visitr"'),
        (["conversation request", "nope"], 'no conversation request is named "nope"'),
    ],
)
def test_table_is_checked_before_the_run(row: list[str], finding: str) -> None:
    """A row that means nothing is found by the guard."""
    problem = sentences.BatchRows().problem([["profile", ""], row])

    assert problem is not None
    assert problem[0] == finding


def test_table_of_known_names_has_no_problem() -> None:
    """Kinds and names that exist are fine, and a message may say anything."""
    rows = [["profile", "web visitor"], ["conversation request", ""], ["first message", "nope"]]
    assert sentences.BatchRows().problem(rows) is None


def test_long_message_has_the_length_asked_for(endpoint: Endpoint) -> None:
    """A message of so many characters has exactly so many."""
    batch: list[JsonObject] = []
    sentences.a_batch_that_says_characters(batch, endpoint, 5000)

    match batch:
        case [_, _, {"body": {"event": {"message": str(text)}}}]:
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
