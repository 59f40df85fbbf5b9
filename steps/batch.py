"""Sentences that put commands into the scenario's batch, in the order they are written."""

import json
from pathlib import Path

import pytest
from pytest_bdd import given, parsers

from connector_harness.client import commands
from connector_harness.client.commands import Batch
from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonObject
from connector_harness.named_documents import NamedDocuments

DATA = Path(__file__).parents[1] / "features" / "data"

profiles = NamedDocuments(DATA / "profiles", "profile")
conversation_requests = NamedDocuments(DATA / "conversation_requests", "conversation request")


@pytest.fixture
def batch() -> Batch:
    """The commands of the scenario's create call, in order."""
    return []


def next_id(batch: Batch, named: JsonObject | None = None) -> str:
    """Return the id that *named* carries, or else the place of the next command."""
    return str((named or {}).get("id", len(batch) + 1))


@given(parsers.parse('the profile "{profile}"'), converters={"profile": profiles})
def the_profile(batch: Batch, profile: JsonObject) -> None:
    """Introduce the shopper with a named profile."""
    body = profile["body"]
    assert isinstance(body, dict)
    batch.append(commands.set_user_profile(body, id=next_id(batch, profile)))


@given("an empty profile")
def an_empty_profile(batch: Batch) -> None:
    """Introduce the shopper without saying anything of them."""
    batch.append(commands.set_user_profile(commands.user_profile(), id=next_id(batch)))


@given(
    parsers.parse('the conversation request "{request_name}"'),
    converters={"request_name": conversation_requests},
)
def the_conversation_request(batch: Batch, endpoint: Endpoint, request_name: JsonObject) -> None:
    """Ask for a conversation as a named document says, for the account under test."""
    text = json.dumps(request_name).replace("{accountid}", endpoint.account)
    body = json.loads(text)["body"]
    batch.append(commands.consumer_request_conversation(body, id=next_id(batch, request_name)))


@given("a conversation request")
def a_conversation_request(batch: Batch, endpoint: Endpoint) -> None:
    """Ask for a conversation, with nothing but the brand."""
    batch.append(commands.request_conversation(id=next_id(batch), account=endpoint.account))


@given("a conversation request that names no brand")
def a_conversation_request_that_names_no_brand(batch: Batch) -> None:
    """Ask for a conversation without saying with whom."""
    batch.append(commands.consumer_request_conversation({}, id=next_id(batch)))


@given(parsers.parse('the first message "{text}"'))
def the_first_message(batch: Batch, text: str) -> None:
    """Hand the first message over with the batch."""
    batch.append(commands.publish_event(commands.text_event(text), id=next_id(batch)))


@given("the first message")
def the_first_message_in_full(batch: Batch, docstring: str) -> None:
    """Hand a message of several lines over with the batch."""
    the_first_message(batch, docstring)


@given(parsers.parse("a first message of {length:d} characters"))
def a_first_message_of_length(batch: Batch, length: int) -> None:
    """Hand over a first message of *length* characters."""
    the_first_message(batch, "m" * length)


@given("a batch without commands")
def a_batch_without_commands(batch: Batch) -> None:
    """Expect that nothing has been put into the batch."""
    assert batch == []


@given(parsers.parse('every command carries the id "{command_id}"'))
def every_command_carries_the_id(batch: Batch, command_id: str) -> None:
    """Give all commands so far one and the same id."""
    for command in batch:
        command["id"] = command_id
