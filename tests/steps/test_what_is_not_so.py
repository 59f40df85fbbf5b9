"""Sentences that tell what is not so are red and name what is; those that are true are green."""

from typing import Any, Final

import pytest

from tests.endpoint.runs import make_project, run

AN_AGENT: Final = "a shopper in conversation with an agent"
ALONE: Final = "a shopper with an open conversation"
SURVEY: Final = "a shopper in conversation with an agent, before the survey"

WRONG: Final[dict[str, tuple[str, str, str]]] = {
    "an agent is there": (
        AN_AGENT,
        """Given the agent has transferred to skill "billing"
        When another agent joins
        Then no agent is in the conversation""",
        "expected the shopper alone; there were ['the shopper', 'the agent']",
    ),
    "another is the last": (
        AN_AGENT,
        """When the agent answers "One"
        And the agent answers "Two"
        Then the last one is the agent's "One\"""",
        "expected the agent's 'One'; the agent says 'Two' (1) came last",
    ),
    "an agent had joined before": (
        AN_AGENT,
        """When the shopper says "Hi"
        Then at once the connector hears that an agent has joined""",
        "expected an agent who joins, since the first of the latest Whens",
    ),
    "an agent was there": (
        AN_AGENT,
        """When the shopper gives 5 stars, settled
        Then at once the connector hears that an agent has joined""",
        "expected an agent who joins, since the first of the latest Whens",
    ),
    "the skill had it before": (
        AN_AGENT,
        """Given the agent has transferred to skill "billing"
        When the shopper says "Hi"
        Then at once the connector hears that skill "billing" has the conversation""",
        "expected the skill 'billing', since the first of the latest Whens",
    ),
    "it had been closed before": (
        ALONE,
        """Given the conversation has been closed
        When the shopper says "Hi"
        Then at once the connector hears that the shopper has closed the conversation""",
        "expected the end of the conversation, since the first of the latest Whens",
    ),
    "the agent had typed before": (
        AN_AGENT,
        """Given the agent has appeared typing
        When the shopper says "Hi"
        Then at once the connector hears that the agent appears typing""",
        "expected the agent appearing typing, since the first of the latest Whens",
    ),
    "the survey is over": (
        SURVEY,
        """Given the survey has begun
        When the survey is completed
        Then at once the connector hears that the survey is completed
        And the conversation is closed, but goes on with the survey""",
        "expected the matter closed, the whole open",
    ),
    "neither number": (
        AN_AGENT,
        """When the agent answers "Yes"
        And the agent answers "Yes"
        Then at once the agent's "Yes" arrives with number 3""",
        "expected number 3; the agent says 'Yes' (0) and the agent says 'Yes' (1) came",
    ),
    "neither rating": (
        ALONE,
        """When the shopper gives 2 stars, settled
        And the shopper gives 5 stars, not settled
        Then at once the connector hears of 5 stars, settled""",
        (
            "expected a rating that is complete: 5 star(s), settled; one that is complete: "
            "2 star(s), settled and one that is complete: 5 star(s), not settled came"
        ),
    ),
    "an answer nobody expected": (
        AN_AGENT,
        """When the shopper says "Hi"
        And the agent answers "Surprise"
        Then the connector hears of no further message""",
        "expected nothing further; the connector heard: the shopper says 'Hi' (0), and the agent",
    ),
    "it is open, and shows more": (
        AN_AGENT,
        """When the agent answers "Surprise"
        Then the conversation is still open, and shows no further message""",
        "expected 0 message(s) and no further one; it holds 1, further: 'Surprise'",
    ),
    "it was accepted": (
        ALONE,
        """Given the shopper has said "Hi"
        When the shopper says "One more thing"
        Then the conversation shows no further message""",
        "expected 1 message(s) and no further one; it holds 2, further: 'One more thing'",
    ),
    "its own rating": (
        ALONE,
        """When the shopper gives 5 stars, settled
        And the shopper says "Hi"
        Then the connector hears of no further change""",
        "expected nothing further; the connector heard: the conversation is open",
    ),
    "its own typing": (
        AN_AGENT,
        """When the agent appears typing
        And the shopper says "Hi"
        Then the connector hears of no further typing""",
        "expected nothing further; the connector heard: the agent appears typing",
    ),
    "one more was told": (
        ALONE,
        """Given the shopper has said 4 messages
        When the shopper appears typing
        Then the conversation reads 3 messages without a gap""",
        "expected 3 message(s); 4 came",
    ),
    "it was refused": (
        ALONE,
        """Given the shopper has asked for another conversation
        When the shopper says "Hi"
        Then it is accepted with number 0""",
        "expected a conversation opened; the endpoint answered 400",
    ),
    "a table with too few rows": (
        AN_AGENT,
        """When the agent transfers to skill "billing"
        And the shopper gives 5 stars, settled
        And the shopper closes the conversation
        Then the connector hears, in this order
          | who     | what                    |
          | shopper | opened the conversation |""",
        "at row 3: was not expected: | conversation | is passed on to skill billing |",
    ),
    "another skill": (
        AN_AGENT,
        """When the agent transfers to skill "biling"
        Then at once the connector hears that skill "billing" has the conversation""",
        "expected the skill 'billing'; the conversation is open, skill 'biling', the shopper came",
    ),
    "a survey has begun": (
        SURVEY,
        """When the shopper closes the dialog
        Then there is no survey""",
        "no use in waiting for the end of the conversation: a survey has begun",
    ),
    "not for good": (
        SURVEY,
        """When the shopper closes the dialog
        Then the conversation is closed for good""",
        "no use in waiting for the end of the conversation: a survey has begun",
    ),
    "the matter alone": (
        SURVEY,
        """When the shopper closes the dialog
        Then at once the connector hears that the shopper has closed the conversation""",
        "expected the end of the conversation; state closed, stage open",
    ),
    "nothing was said": (
        ALONE,
        """When the shopper closes the conversation
        Then the conversation shows "X\"""",
        "expected 'X'; the conversation shows nothing",
    ),
    "the answer to a closing": (
        ALONE,
        """When the shopper closes the conversation
        Then at once the connector hears that the shopper has opened it""",
        (
            "expected a conversation; the endpoint answered 200 to another call than this "
            "sentence is about: the shopper closes the conversation"
        ),
    ),
    "the answer to a message": (
        ALONE,
        """When the shopper says "Hi"
        Then closing is accepted""",
        "to another call than this sentence is about: the connector sends ms.PublishEvent",
    ),
}
"""By a title: who talks, what happens, and what must be said."""

RIGHT: Final[dict[str, tuple[str, str]]] = {
    "the agent twice": (
        AN_AGENT,
        """When the agent answers "Yes"
        And the shopper says "No"
        And the agent answers "Yes"
        Then at once the agent's "Yes" arrives with number 2
        And at once the agent's "Yes" arrives with number 0
        And the last one is the agent's "Yes\"""",
    ),
    "the shopper twice": (
        ALONE,
        """When the shopper says "Hi"
        And the shopper says "Hi"
        Then at once the shopper's "Hi" comes back with number 1""",
    ),
    "with and without a note": (
        ALONE,
        """When the shopper says "Hi"
        And the shopper says, with the note "reason to act": "Hi"
        Then at once the shopper's "Hi" comes back with the note "reason to act\"""",
    ),
    "two ratings": (
        ALONE,
        """When the shopper gives 2 stars, not settled
        And the shopper gives 5 stars, settled
        And the shopper gives 1 stars in a rating that is partly filled in
        Then at once the connector hears of 5 stars, settled
        And at once the connector hears of a rating that is partly filled in""",
    ),
    "two receipts": (
        AN_AGENT,
        """Given the shopper has said 3 messages
        When the agent marks message 0 as read
        And the agent marks messages 0, 1 and 2 as read
        Then at once the agent's receipt "read" for messages 0, 1 and 2 arrives with number 4""",
    ),
    "two cards": (
        AN_AGENT,
        """When the agent shows the structured content "keep the order"
        And the agent shows the structured content "parcel card"
        And the agent shows the structured content "keep the order"
        Then at once the structured content "keep the order" arrives with number 2
        And at once the structured content "parcel card" arrives with number 1""",
    ),
    "two files": (
        AN_AGENT,
        """Given the file "torn parcel"
        And the shopper has sent it
        And the agent has sent the file "label"
        When the shopper says "Thanks"
        Then at once the agent's file arrives with the caption "As you asked"
        And the file can be fetched, byte for byte""",
    ),
    "what is given is the past": (
        AN_AGENT,
        """Given the shopper has said "Hi"
        And the agent has answered "Yes?"
        And the agent has appeared typing
        And the agent has transferred to skill "billing"
        When the shopper mistakenly sends an event of an unknown kind
        Then it is refused
        And the conversation is still open, and shows no further message
        And the conversation shows no further message
        And the connector hears of no further message
        And the connector hears of no further change
        And the connector hears of no further typing
        And the shopper's next message takes number 2
        And no agent is in the conversation""",
    ),
    "another agent joins": (
        AN_AGENT,
        """Given the agent has transferred to skill "billing"
        When another agent joins
        Then at once the connector hears that an agent has joined
        And at once the connector hears that skill "billing" has the conversation""",
    ),
    "the whole in a table": (
        AN_AGENT,
        """When the agent transfers to skill "billing"
        And the shopper says "okay"
        And the shopper gives 5 stars, settled
        And the shopper asks for an answer that is "urgent", within 5 minutes
        And the shopper closes the conversation
        Then at once the connector hears, in this order
          | who          | what                                |
          | shopper      | opened the conversation             |
          | agent        | joined                              |
          | conversation | is passed on to skill billing       |
          | agent        | leaves                              |
          | shopper      | "okay"                              |
          | shopper      | rates the conversation: 5 stars     |
          | shopper      | asks for another response time      |
          | shopper      | closed the conversation             |""",
    ),
    "closed for good": (
        SURVEY,
        """Given the survey has begun
        When the survey is completed
        Then the conversation is closed for good""",
    ),
}
"""By a title: who talks, and what happens."""


def feature() -> str:
    """Return the feature of all of them."""
    stories = {**{title: (who, text) for title, (who, text, _) in WRONG.items()}, **RIGHT}
    scenarios = []
    for title, (who, text) in stories.items():
        begin = "Given the connector listens"
        survey = '\n    And a survey that asks "How was it?"' if who is SURVEY else ""
        body = text.replace("        ", "    ").replace("    Given", "    And")
        body = body.replace("Given", "And", 1) if body.startswith("Given") else body
        scenarios.append(f"  Scenario: {title}\n    {begin}{survey}\n    And {who}\n    {body}\n")
    return "Feature: What is not so\n  And what is.\n\n" + "\n".join(scenarios)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The result of each scenario, by its title."""
    project = make_project(tmp_path_factory.mktemp("not_so") / "project", "")
    (project / "features" / "not_so.feature").write_text(feature(), encoding="utf-8")
    ran = run(tmp_path_factory.mktemp("results"), "features/not_so.feature", cwd=project)
    assert len(ran.results) == len(WRONG) + len(RIGHT), ran.output[-2000:]
    return {result["name"]: result for result in ran.results}


@pytest.mark.parametrize("title", WRONG)
def test_what_is_not_so_is_red(told: dict[str, dict[str, Any]], title: str) -> None:
    """The failure is for the product, and names what was expected and what came."""
    result = told[title]

    assert result["status"] == "failed"
    details = result["statusDetails"]
    assert details["message"].startswith("[product] "), details["message"]
    assert WRONG[title][2] in details["message"] + details["trace"]


@pytest.mark.parametrize("title", RIGHT)
def test_what_is_so_is_green(told: dict[str, dict[str, Any]], title: str) -> None:
    """Whatever else came before or after it."""
    assert told[title]["status"] == "passed", told[title]["statusDetails"]["message"]
