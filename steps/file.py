"""Sentences about files: where they are put, shown, and fetched."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from pytest_bdd import given, parsers, then, when

from connector_harness.client import commands, events
from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.client.files import FileAddress
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.control.agent import Agent
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.json_types import JsonObject
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who_is
from steps.answer import accepted
from steps.batch import DATA
from steps.conversation import answered, minimal_batch, stranger
from steps.faulty_command import NOWHERE, send
from steps.shown_message import MessageCounts
from steps.vocabulary import Vocabulary
from steps.webhook import hear

ADDRESS_PARTS: Final = ("relativePath", "temp_url_sig", "temp_url_expires", "queryParams")
"""What an answer with an address in it has (API facts §7)."""

LARGEST: Final = 3 * 1024 * 1024
"""The documented limit, 3 MB (API facts §7)."""


@dataclass(frozen=True)
class Picture:
    """A file as it lies on somebody's device."""

    type: str
    content: bytes = field(repr=False)


files = NamedDocuments(DATA / "files", "file", {"base64": str, "type": str})


def picture_of(document: JsonObject) -> Picture:
    """Return the picture that a named document holds."""
    return Picture(str(document["type"]), base64.b64decode(str(document["base64"])))


def of_size(size: int) -> Picture:
    """Return a picture of *size* bytes, of which no two neighbours are alike."""
    pattern = bytes(range(256))
    return Picture("PNG", (pattern * (size // 256 + 1))[:size])


@given(parsers.parse('the file "{file}"'), converters={"file": files}, target_fixture="picture")
def the_file(file: JsonObject) -> Picture:
    """Take a named file."""
    return picture_of(file)


@given("a file of 3 MB", target_fixture="picture")
def a_picture_of_3_mb() -> Picture:
    """Take the largest file there may be."""
    return of_size(LARGEST)


@given("a file of 3 MB and one byte", target_fixture="picture")
def a_picture_of_more_than_3_mb() -> Picture:
    """Take the smallest file that is too large."""
    return of_size(LARGEST + 1)


@given(parsers.parse("a file of type {file_type}"), target_fixture="picture")
def a_file_of_type(file_type: str) -> Picture:
    """Take a file that is no picture."""
    return Picture(file_type, b"not a picture")


@when("the shopper sends it", target_fixture="reply")
def the_shopper_sends_it(
    conversation: Conversation, counts: MessageCounts, picture: Picture
) -> Reply:
    """Ask for an address, put the file there, and tell."""
    return counts.note(conversation.upload_file(picture.content, file_type=picture.type))


@given("the shopper has sent it", target_fixture="relative_path")
def the_shopper_has_sent_it(
    conversation: Conversation, counts: MessageCounts, picture: Picture
) -> str:
    """Send the file, which must be accepted."""
    reply = the_shopper_sends_it(conversation, counts, picture)
    accepted(reply, "the file accepted")
    match reply.exchange.request_document:
        case {"body": {"event": {"message": {"relativePath": str(path)}}}}:
            return path
    raise AssertionError(f"no file was told of: {reply.exchange.title}")


@when(parsers.parse('the shopper sends it with the caption "{caption}"'), target_fixture="reply")
def the_shopper_sends_it_with_the_caption(
    conversation: Conversation, counts: MessageCounts, picture: Picture, caption: str
) -> Reply:
    """Send the file with some words below it."""
    return counts.note(
        conversation.upload_file(picture.content, file_type=picture.type, caption=caption)
    )


@when("the shopper sends it all the same", target_fixture="reply")
def the_shopper_sends_it_all_the_same(
    connector: Connector, conversation: Conversation, picture: Picture
) -> Reply:
    """Ask for an address for what may not be sent."""
    command = commands.generate_upload_url(
        size=len(picture.content), file_type=picture.type, id="f-1"
    )
    return send(connector, conversation, command)


@given("the connector has asked where to put it", target_fixture="address")
def the_connector_has_asked_where_to_put_it(
    conversation: Conversation, picture: Picture
) -> FileAddress:
    """Ask for an address to put the file to."""
    return place_for(conversation, picture)


def place_for(conversation: Conversation, picture: Picture) -> FileAddress:
    """Return an address to put *picture* to."""
    reply = conversation.request_upload(size=len(picture.content), file_type=picture.type)
    accepted(reply, "an address")
    return FileAddress.of(reply)


@given("the connector has asked where to fetch it", target_fixture="address")
def the_connector_has_asked_where_to_fetch_it(
    conversation: Conversation, relative_path: str
) -> FileAddress:
    """Ask for an address to fetch the file from."""
    reply = conversation.request_download(relative_path)
    accepted(reply, "an address")
    return FileAddress.of(reply)


@given("the connector has put it there")
def the_connector_has_put_it_there(
    connector: Connector, address: FileAddress, picture: Picture
) -> None:
    """Put the file to its address, which must be taken."""
    the_file_is_taken(connector.put_file(address, picture.content))


@given("the connector has put nothing there")
def the_connector_has_put_nothing_there(connector: Connector, address: FileAddress) -> None:
    """Put an empty file to the address, which must be taken."""
    the_file_is_taken(connector.put_file(address, b""))


@given("the connector has put half of it there")
def the_connector_has_put_half_of_it_there(
    connector: Connector, address: FileAddress, picture: Picture
) -> None:
    """Put the first half of the file to its address, which must be taken."""
    half = picture.content[: len(picture.content) // 2]
    the_file_is_taken(connector.put_file(address, half))


@given("another shopper has put the file in a place of their own", target_fixture="address")
def another_shopper_has_put_it_there(
    connector: Connector, endpoint: Endpoint, conversation: Conversation, picture: Picture
) -> FileAddress:
    """Let somebody else upload the file in a conversation of their own."""
    other = stranger(connector, conversation)
    opened = connector.create_conversation(minimal_batch(endpoint), consumer=other.consumer)
    assert opened.status == 200, answered(opened, "another shopper's conversation")
    address = place_for(other, picture)
    the_connector_has_put_it_there(connector, address, picture)
    return address


Spoil: TypeAlias = Callable[[FileAddress, FileAddress], FileAddress]
SPOILT: Final[dict[str, Spoil]] = {
    "signed by somebody else": lambda own, _: own.forged(),
    "made to last longer": lambda own, _: own.prolonged(seconds=3600),
    "for another file": lambda own, other: replace(own, relative_path=other.relative_path),
    "without its signature": lambda own, _: own.unsigned(),
}
"""What can be wrong with an address, in the words of the features."""


@given(
    parsers.parse("the address is {spoil}"),
    converters={"spoil": Vocabulary("mistake in an address", SPOILT)},
    target_fixture="address",
)
def the_address_is_spoilt(
    conversation: Conversation, picture: Picture, address: FileAddress, spoil: Spoil
) -> FileAddress:
    """Spoil the address."""
    return spoil(address, place_for(conversation, picture))


@when("the connector puts it there", target_fixture="reply")
def the_connector_puts_it_there(
    connector: Connector, address: FileAddress, picture: Picture
) -> Reply:
    """Put the file to the address as it is."""
    return connector.put_file(address, picture.content)


@when("the connector fetches it", target_fixture="reply")
@when("the connector fetches it from there", target_fixture="reply")
def the_connector_fetches_it(connector: Connector, address: FileAddress) -> Reply:
    """Fetch the file from the address as it is."""
    return connector.get_file(address)


@when("the shopper shows the agent the file", target_fixture="reply")
def the_shopper_shows_the_file(
    conversation: Conversation, counts: MessageCounts, picture: Picture, address: FileAddress
) -> Reply:
    """Tell of the file, whether it is there or not."""
    event = events.hosted_file_event(address.relative_path, file_type=picture.type)
    return counts.note(conversation.send_event(event))


@when(parsers.parse('the agent sends it with the caption "{caption}"'))
def the_agent_sends_it(
    agent: Agent, conversation: Conversation, counts: MessageCounts, picture: Picture, caption: str
) -> None:
    """Let the agent send the file."""
    agent.send_file(conversation.id, picture.content, file_type=picture.type, caption=caption)
    counts.note_agents(conversation.id, None)


@given(
    parsers.parse('the agent has sent the file "{file}"'),
    converters={"file": files},
    target_fixture="picture",
)
def the_agent_has_sent_the_file(
    agent: Agent, conversation: Conversation, counts: MessageCounts, file: JsonObject
) -> Picture:
    """Let the agent send a named file."""
    picture = picture_of(file)
    the_agent_sends_it(agent, conversation, counts, picture, "As you asked")
    return picture


@when("the connector asks where to fetch a file that is nowhere", target_fixture="reply")
def the_connector_asks_for_nothing(conversation: Conversation) -> Reply:
    """Ask for the address of what does not exist."""
    return conversation.request_download(NOWHERE)


@when("another shopper asks where to fetch it", target_fixture="reply")
def another_shopper_asks_where_to_fetch_it(
    connector: Connector, messages: Inbox, conversation: Conversation
) -> Reply:
    """Let somebody else ask for the address of the file."""
    change = file_told(messages, conversation)
    return stranger(connector, conversation).request_download(path_in(change))


@then("the file is taken")
def the_file_is_taken(reply: Reply) -> None:
    """Expect the documented status of an upload (API facts §7)."""
    assert reply.status == 201, answered(reply, "the file taken", of=("put_file",))


@then("no address is given")
def no_address_is_given(reply: Reply) -> None:
    """Expect a refusal without anything that could be used as an address."""
    assert reply.status != 200, answered(
        reply, "no address", of=("generate_upload_url", "generate_download_url")
    )
    given = [each for each in ADDRESS_PARTS if each in reply.text]
    assert given == [], answered(reply, f"no address, and nothing of one, as {given}")


@then("the address is refused")
def the_address_is_refused(reply: Reply) -> None:
    """Expect the documented status of an address that does not hold (API facts §7)."""
    assert reply.status == 401, answered(reply, "the address refused", of=("put_file", "get_file"))


@then("the address is refused, with no further word of the file")
def the_address_is_refused_without_the_file(reply: Reply, picture: Picture) -> None:
    """Expect the same when fetching, and none of the bytes (API facts §7 and §16)."""
    the_address_is_refused(reply)
    assert picture.content not in reply.content, "the answer holds the file"


@then("no further file can be fetched")
def no_further_file_can_be_fetched(
    connector: Connector, conversation: Conversation, address: FileAddress
) -> None:
    """Expect that nothing is there: no address is given, or it leads to nothing."""
    asked = conversation.request_download(address.relative_path)
    if asked.status == 200:
        fetched = connector.get_file(FileAddress.of(asked))
        assert fetched.status in (401, 404), answered(fetched, "no file")
    else:
        assert asked.status == 400, answered(asked, "no address")


@then(parsers.parse("the shopper's " + 'file comes back with the caption "{caption}"'))
def the_shoppers_file_comes_back(
    messages: Inbox, conversation: Conversation, picture: Picture, wait_s: float, caption: str
) -> None:
    """Expect the echo of the shopper's file message."""
    file_told(messages, conversation, wait_s, of=("CONSUMER", picture, caption))


@then(parsers.parse("the agent's " + 'file arrives with the caption "{caption}"'))
def the_agents_file_arrives(
    messages: Inbox, conversation: Conversation, picture: Picture, wait_s: float, caption: str
) -> None:
    """Expect to be told of the agent's file."""
    file_told(messages, conversation, wait_s, of=("ASSIGNED_AGENT", picture, caption))


@then("the file can be fetched, byte for byte")
def the_file_can_be_fetched(messages: Inbox, conversation: Conversation, picture: Picture) -> None:
    """Expect exactly the bytes that were sent, from where the message says."""
    file_told(messages, conversation)
    came = []
    for change in messages.of(conversation.id):
        if change.kind == "file":
            fetched = conversation.download_file(path_in(change))
            assert fetched.status == 200, answered(fetched, "the file")
            came.append(fetched.content)
    sent, sizes = picture.content, " and ".join(str(len(each)) for each in came)
    assert sent in came, f"expected the {len(sent)} bytes that were sent; {sizes} others came"


def file_told(
    inbox: Inbox,
    conversation: Conversation,
    wait_s: float | None = None,
    *,
    of: tuple[str, Picture, str] | None = None,
) -> Change:
    """Return the notification of a file, as soon as it is there; *of* that one if it is given.

    It is given by its sender's role, what it is, and the words with it.
    """
    expected = f"a file of {who_is(of[0])}: {of[1].type}, with the caption {of[2]!r}" if of else ""
    return hear(
        inbox,
        conversation,
        lambda change: change.kind == "file",
        what="a file",
        within_s=wait_s,
        fits=lambda change: of is None or tells_of(change, *of),
        rest=expected,
    )


def path_in(change: Change) -> str:
    """Return where the file is that *change* tells of."""
    match change.event:
        case {"message": {"relativePath": str(path)}}:
            return path
    raise AssertionError(f"{change} says nothing of a place")


def tells_of(change: Change, role: str, picture: Picture, caption: str) -> bool:
    """Return whether *change* tells that somebody in this role sent that file with those words."""
    match change.event:
        case {"message": {"fileType": file_type, "caption": words}}:
            return (change.role, file_type, words) == (role, picture.type, caption)
    return False
