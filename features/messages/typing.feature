@messages
Feature: Both sides see each other typing
  Typing shows that somebody is there before a message comes. It is seen at once and then
  forgotten: it takes no number, and the conversation does not keep it.

  Background:
    Given the connector listens
    And a shopper in conversation with an agent

  Rule: Typing is seen, and takes no number

    Scenario Outline: A shopper appears <presence>
      When the shopper appears <presence>
      Then it is accepted without a number
      And within 10 seconds the connector hears that the shopper appears <presence>

      Examples: everything a shopper can be seen doing
        | presence |
        | active   |
        | inactive |
        | gone     |
        | typing   |
        | pausing  |

    Scenario Outline: An agent appears <presence>
      Given the shopper has said "Hello"
      When the agent appears <presence>
      Then within 10 seconds the connector hears that the agent appears <presence>

      Examples: what an agent is usually seen doing
        | presence |
        | active   |
        | pausing  |

    @critical
    Scenario: The agent is seen typing before the answer comes
      Given the shopper has said "Where is my parcel?"
      When the agent is typing
      And the agent answers "On its way."
      Then within 10 seconds the connector hears that the agent appears typing
      And within 10 seconds the agent's "On its way." arrives with number 1

    Scenario: Typing between two messages leaves no gap
      Given the shopper has said "Hello"
      And the shopper has appeared typing
      When the shopper says "Where is my parcel?"
      Then it is accepted with number 1

  Rule: What cannot be seen is refused

    # Assumed: an unknown kind is refused like any other mistake.
    @negative
    Scenario Outline: A shopper does not appear <presence>
      Given the shopper has said "Hello"
      When the shopper appears <presence>
      Then it is refused
      And the connector hears of no further typing

      Examples: what only other programs show, and what nobody does
        | presence      |
        | in background |
        | dreaming      |
