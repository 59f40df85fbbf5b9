@messages
Feature: Both sides see each other typing
  Typing shows that somebody is there before a message comes. It is seen at once and then
  forgotten: it takes no number, and the conversation does not keep it.

  Rule: A shopper's typing is seen, and takes no number

    Scenario: Typing between two messages leaves no gap
      Given a shopper with an open conversation
      And the shopper has said "Hello"
      And the shopper has appeared typing
      When the shopper says "Where is my parcel?"
      Then it is accepted with number 1

    Scenario Outline: A shopper appears <presence>
      Given the connector listens
      And a shopper with an open conversation
      When the shopper appears <presence>
      Then it is accepted without a number
      And the connector hears that the shopper appears <presence>

      Examples: everything a shopper can be seen doing
        | presence |
        | active   |
        | inactive |
        | gone     |
        | typing   |
        | pausing  |

  Rule: An agent's typing is seen as well

    Background:
      Given the connector listens
      And a shopper in conversation with an agent

    Scenario Outline: An agent appears <presence>
      Given the shopper has said "Hello"
      When the agent appears <presence>
      Then the connector hears that the agent appears <presence>

      Examples: what an agent is usually seen doing
        | presence |
        | active   |
        | pausing  |

    @critical
    Scenario: The agent appears typing before the answer comes
      Given the shopper has said "Where is my parcel?"
      When the agent appears typing
      And the agent answers "On its way."
      Then the connector hears that the agent appears typing
      And the agent's "On its way." arrives with number 1

  Rule: What cannot be seen is refused

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: an unknown kind is refused like any other mistake.
    @negative
    Scenario Outline: A shopper cannot appear <presence>
      Given the shopper has said "Hello"
      When the shopper appears <presence>
      Then it is refused
      And the connector hears of no further typing

      Examples: what only other programs show, and what nobody does
        | presence          |
        | in the background |
        | dreaming          |

    # Assumed: what is closed takes no typing either.
    @negative
    Scenario: Nobody appears typing after closing
      Given the shopper has said "Thank you"
      And the conversation has been closed
      When the shopper appears typing
      Then it is refused because the conversation is closed
      And the connector hears of no further typing
