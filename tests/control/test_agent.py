"""What an agent can do is what its class says."""

import pytest

from connector_harness.control.agent import METHODS, Agent, NotSupportedError
from connector_harness.control.manual_agent import ManualAgent
from connector_harness.control.sandbox_agent import SandboxAgent


class Closer(Agent):
    """An agent who closes conversations, and does nothing else."""

    def close(self, conversation_id: str) -> None:
        """Close it."""


class PoliteCloser(Closer):
    """One who has learned it from another class."""


def test_what_a_class_does_not_write_its_agents_cannot_do() -> None:
    """No list has to be kept beside the methods."""
    assert Closer().cannot == PoliteCloser().cannot == {*METHODS} - {"close"}


def test_what_an_agent_cannot_do_is_a_reason_to_skip() -> None:
    """Where it is asked for all the same, nothing fails."""
    with pytest.raises(NotSupportedError, match="nobody does this here: transfer"):
        Closer().transfer("c-1", "7")


@pytest.mark.parametrize(
    ("kind", "cannot"),
    [(SandboxAgent, set()), (ManualAgent, {"publish", "survey", "close_survey"})],
)
def test_shipped_agents(kind: type[Agent], cannot: set[str]) -> None:
    """The sandbox's agent does all; a person does what a workspace has buttons for."""
    assert kind.__new__(kind).cannot == cannot
