"""Sentences that put commands into the scenario's batch, in the order they are written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from pytest_bdd import given, parsers

from connector_harness.client import commands, events
from connector_harness.client.commands import Batch
from connector_harness.client.settings import Endpoint
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.json_types import JsonObject
from steps.account import campaign, for_account, placeholder_problem, skill_id
from steps.vocabulary import Vocabulary

DATA = Path(__file__).parents[1] / "features" / "data"

MEMBERS = {"body": dict, "id": str}
"""What a named command holds: its body, and its id where that matters."""

profiles = NamedDocuments(DATA / "profiles", "profile", MEMBERS)
conversation_requests = NamedDocuments(
    DATA / "conversation_requests", "conversation request", MEMBERS, placeholder_problem
)

Target = Callable[[Endpoint, str, str], JsonObject]
"""Returns the request for what settings call by a name, with the id of the command."""


def request_for_campaign(endpoint: Endpoint, name: str, id_: str) -> JsonObject:
    """Return the request of a shopper who comes from a campaign."""
    wanted = campaign(endpoint, name)
    return commands.request_conversation(id=id_, account=endpoint.account, campaign=wanted)


def request_for_skill(endpoint: Endpoint, name: str, id_: str) -> JsonObject:
    """Return the request of a shopper whom agents with a skill should answer."""
    wanted = skill_id(endpoint, name)
    return commands.request_conversation(id=id_, account=endpoint.account, skill_id=wanted)


TARGETS: Final[Vocabulary[Target]] = Vocabulary(
    "target", {"campaign": request_for_campaign, "skill": request_for_skill}
)


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
    batch.append(commands.set_user_profile({}, id=next_id(batch)))


@given(
    parsers.parse('the conversation request "{request_name}"'),
    converters={"request_name": conversation_requests},
)
def the_conversation_request(batch: Batch, endpoint: Endpoint, request_name: JsonObject) -> None:
    """Ask for a conversation as a named document says, for the account under test."""
    body = for_account(request_name, endpoint)["body"]
    assert isinstance(body, dict)
    batch.append(commands.consumer_request_conversation(body, id=next_id(batch, request_name)))


@given("a conversation request")
def a_conversation_request(batch: Batch, endpoint: Endpoint) -> None:
    """Ask for a conversation, with nothing but the brand."""
    batch.append(commands.request_conversation(id=next_id(batch), account=endpoint.account))


@given(
    parsers.parse('a conversation request for the {target} "{name}"'),
    converters={"target": TARGETS},
)
def a_conversation_request_for(batch: Batch, endpoint: Endpoint, target: Target, name: str) -> None:
    """Ask for a conversation where the brand has planned it, by a name of the settings."""
    batch.append(target(endpoint, name, next_id(batch)))


@given("a conversation request that names no brand")
def a_conversation_request_that_names_no_brand(batch: Batch) -> None:
    """Ask for a conversation without saying with whom."""
    batch.append(commands.consumer_request_conversation({}, id=next_id(batch)))


@given("a conversation request for another brand")
def a_conversation_request_for_another_brand(batch: Batch, endpoint: Endpoint) -> None:
    """Ask for a conversation with an account that is not ours."""
    other = f"9{endpoint.account}"
    batch.append(commands.request_conversation(id=next_id(batch), account=other))


@given(parsers.parse('the first message "{text}"'))
def first_message(batch: Batch, text: str) -> None:
    """Hand the first message over with the batch."""
    batch.append(commands.publish_event(events.text_event(text), id=next_id(batch)))


class BatchRows:
    """The converter from the rows of a batch to commands; the guard asks it before the run.

    A row is a kind of command and the name of its document, or the text of a message.
    """

    documents: Final = {"profile": profiles, "conversation request": conversation_requests}

    def __call__(self, rows: Sequence[Any]) -> list[tuple[str, JsonObject]]:
        """Return each row's kind with its document; an empty one where the row names none."""
        return [(kind, self._document(kind, name)) for kind, name in rows]

    def _document(self, kind: str, name: str) -> JsonObject:
        if kind == "first message":
            return {"text": name}
        return self.documents[kind](name) if name else {}

    def problem(self, rows: list[list[str]]) -> tuple[str, str] | None:
        """Return what is wrong with *rows* and what to do next, or None where nothing is."""
        kinds = [*self.documents, "first message"]
        for row in rows:
            if len(row) != 2 or row[0] not in kinds:
                return f"a batch holds no {row[0]!r}", f"write two columns: {' or '.join(kinds)}"
            problem = self.documents[row[0]].problem(row[1]) if self._is_named(row) else None
            if problem is not None:
                return problem
        return None

    def _is_named(self, row: list[str]) -> bool:
        return bool(row[1]) and row[0] in self.documents


@given("a batch of", converters={"datatable": BatchRows()})
def a_batch_of(batch: Batch, endpoint: Endpoint, datatable: list[tuple[str, JsonObject]]) -> None:
    """Put one command a row into the batch, the smallest where a row names no document."""
    for kind, document in datatable:
        if kind == "first message":
            first_message(batch, str(document["text"]))
        elif kind == "profile":
            the_profile(batch, document or {"body": {}})
        elif document:
            the_conversation_request(batch, endpoint, document)
        else:
            a_conversation_request(batch, endpoint)


@given(parsers.parse('a batch that says "{text}"'))
def a_batch_that_says(batch: Batch, endpoint: Endpoint, text: str) -> None:
    """Put the smallest batch with a first message together."""
    an_empty_profile(batch)
    a_conversation_request(batch, endpoint)
    first_message(batch, text)


@given("a batch that says", target_fixture="text")
def a_batch_that_says_lines(batch: Batch, endpoint: Endpoint, docstring: str) -> str:
    """Put the smallest batch with a first message of several lines together."""
    a_batch_that_says(batch, endpoint, docstring)
    return docstring


@given(parsers.parse("a batch that says {length:d} characters"))
def a_batch_that_says_characters(batch: Batch, endpoint: Endpoint, length: int) -> None:
    """Put the smallest batch with a first message of *length* characters together."""
    a_batch_that_says(batch, endpoint, "m" * length)


@given("a batch without commands")
def a_batch_without_commands(batch: Batch) -> None:
    """Expect that nothing has been put into the batch."""
    assert batch == []


@given(parsers.parse('every command carries the id "{command_id}"'))
def every_command_carries_the_id(batch: Batch, command_id: str) -> None:
    """Give all commands so far one and the same id."""
    for command in batch:
        command["id"] = command_id
