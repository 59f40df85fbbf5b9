"""What a person is asked for is said in words that need no knowledge of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_harness.control.agent import NotSupportedError
from connector_harness.control.manual_agent import ManualAgent, Person

HEAD = "conversation c-1: please, in the agent workspace, "


class Willing(Person):
    """Somebody who does all that is asked."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.asked: list[str] = []

    def ask(self, request: str) -> None:
        """Do it."""
        self.asked.append(request)


@pytest.fixture
def person() -> Willing:
    """Who is asked."""
    return Willing()


@pytest.fixture
def agent(person: Willing) -> Iterator[ManualAgent]:
    """The agent that asks them."""
    agent = ManualAgent(person)
    yield agent
    agent.sign_out()


def test_person_is_asked_in_words(person: Willing, agent: ManualAgent) -> None:
    """Each thing to do is one request, about one conversation."""
    agent.join("c-1")
    agent.say("c-1", "On its way.")
    agent.type("c-1", "COMPOSING")
    agent.receipt("c-1", "READ", [0, 2])
    agent.transfer("c-1", "1234")
    agent.close("c-1")

    assert person.asked == [
        f"{HEAD}take up the conversation",
        f"{HEAD}answer 'On its way.'",
        f"{HEAD}begin to type, and send nothing",
        f"{HEAD}open the conversation and look at message(s) 0, 2",
        f"{HEAD}transfer to the skill with the id 1234",
        f"{HEAD}close the conversation",
    ]


def test_lines_stand_below_each_other(person: Willing, agent: ManualAgent) -> None:
    """A text of several lines can be copied."""
    agent.say("c-1", "Two lines:\n  the second")

    assert person.asked == [
        f"{HEAD}answer in 2 lines, without the indentation:\n    Two lines:\n      the second"
    ]


def test_file_lies_ready(person: Willing, agent: ManualAgent) -> None:
    """The person finds the very bytes on disk, until the agent signs out."""
    agent.send_file("c-1", b"\x89PNG", file_type="PNG", caption="As you asked")

    [request] = person.asked
    path = Path(request.split()[10])
    assert request == f"{HEAD}send the file {path} with the caption 'As you asked'"
    assert path.read_bytes() == b"\x89PNG"
    agent.sign_out()
    assert not path.exists()


def test_each_file_has_a_name_of_its_own(person: Willing, agent: ManualAgent) -> None:
    """The second does not take the place of the first, which may not have been sent yet."""
    for content in (b"one", b"two"):
        agent.send_file("c-1", content, file_type="PNG")

    paths = [Path(request.split()[10]) for request in person.asked]
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]


def test_what_no_button_does_is_not_asked_for(person: Willing, agent: ManualAgent) -> None:
    """It skips the scenario and bothers nobody."""
    with pytest.raises(NotSupportedError, match="appear as GONE"):
        agent.type("c-1", "GONE")
    with pytest.raises(NotSupportedError, match="the receipt NACK"):
        agent.receipt("c-1", "NACK", [0])
    with pytest.raises(NotSupportedError, match="metadata"):
        agent.say("c-1", "Hello", metadata=[{}])
    assert person.asked == []
