"""Who plays the agent: what sentences ask of the agent's side, whoever it is that does it."""

from collections.abc import Sequence
from typing import Final, Protocol

from connector_harness.json_types import JsonObject

METHODS: Final = (
    *("join", "say", "publish", "type", "receipt", "send_file", "transfer", "close"),
    *("survey", "close_survey"),
)
"""The methods of an agent that sentences use."""


class NotSupportedError(Exception):
    """What is asked cannot be done here, which is nobody's mistake: the scenario is skipped.

    The message is the reason that is shown.
    """


class AgentTimeoutError(Exception):
    """The agent did not do in time what was asked; the scenario fails."""


class Agent(Protocol):
    """The agent's side of the conversations of one account.

    An adapter for an agent desk derives from this class and writes the methods that its desk can
    do. Scenarios that ask for one of the others are skipped, before they send anything. What is
    written takes effect before the method returns, or soon after: sentences wait for what the
    connector hears of it, for ten seconds as a rule.

    Every method but `survey` takes the id of the conversation first; that of the main dialog is
    the same. Methods may raise what they like: it fails the scenario. `NotSupportedError` skips
    it, and `AgentTimeoutError` counts as one of the failures for lateness.
    """

    @property
    def cannot(self) -> frozenset[str]:
        """The methods that it cannot do: those that its class leaves as they are here."""
        kind = type(self)
        return frozenset(
            name for name in METHODS if getattr(kind, name, None) is getattr(Agent, name)
        )

    def join(self, conversation_id: str) -> str | None:
        """Take up the conversation, and return the agent's id; None if nobody can tell.

        A second call lets another agent join.
        """
        raise NotSupportedError("nobody does this here: join")

    def say(
        self, conversation_id: str, text: str, *, metadata: Sequence[JsonObject] | None = None
    ) -> int | None:
        """Write a message and return its number in the dialog; None if nobody can tell.

        The text, of several lines perhaps, is written unchanged; metadata goes with it over the
        wire (API facts §5.9).
        """
        raise NotSupportedError("nobody does this here: say")

    def publish(self, conversation_id: str, event: JsonObject) -> int | None:
        """Publish *event* and return its number in the dialog; None if nobody can tell.

        It is structured content, a choice or a form, as it goes over the wire (API facts §5.8).
        """
        raise NotSupportedError("nobody does this here: publish")

    def type(self, conversation_id: str, chat_state: str) -> None:
        """Appear as *chat_state* says: ``ACTIVE``, ``COMPOSING``, ``PAUSE`` (API facts §5.6)."""
        raise NotSupportedError("nobody does this here: type")

    def receipt(self, conversation_id: str, status: str, sequences: Sequence[int]) -> int | None:
        """Give one receipt for several messages; return its own number, None if nobody can tell.

        Its status is ``ACCEPT`` or ``READ``, among others (API facts §5.7).
        """
        raise NotSupportedError("nobody does this here: receipt")

    def send_file(
        self, conversation_id: str, content: bytes, *, file_type: str, caption: str | None = None
    ) -> str | None:
        """Send a file, of a type as ``PNG``; return its relative path, None if nobody can tell."""
        raise NotSupportedError("nobody does this here: send_file")

    def transfer(self, conversation_id: str, skill: str) -> None:
        """Hand the conversation to the skill with the id *skill*; the agent leaves."""
        raise NotSupportedError("nobody does this here: transfer")

    def close(self, conversation_id: str) -> None:
        """Close the main dialog; a survey begins where the skill has one."""
        raise NotSupportedError("nobody does this here: close")

    def survey(self, skill: str, question: str) -> None:
        """Let conversations that end with the skill of that id be followed by a survey.

        The id ``-1`` stands for conversations that nobody has moved to another skill.
        """
        raise NotSupportedError("nobody does this here: survey")

    def close_survey(self, conversation_id: str) -> None:
        """Let the survey of the conversation be complete."""
        raise NotSupportedError("nobody does this here: close_survey")

    def sign_out(self) -> None:
        """Leave, after the last scenario. An agent that has nothing to leave does nothing."""
        return  # An empty method of a protocol would have to be written by everybody.
