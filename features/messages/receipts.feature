@messages
Feature: A receipt says what became of a message
  Whoever wrote wants to know whether it arrived and was read. A receipt names the messages it is
  for, one or several, and takes a number of its own in the dialog.

  Rule: A receipt takes the next number

    Background:
      Given the connector listens
      And a shopper in conversation with an agent

    Scenario Outline: A shopper marks a message as <receipt>
      Given the agent has answered "On its way."
      When the shopper marks message 0 as <receipt>
      Then it is accepted with number 1
      And the shopper's receipt "<receipt>" for message 0 comes back with number 1

      Examples: each receipt there is
        | receipt   |
        | delivered |
        | read      |
        | opened    |
        | missing   |
        | acted on  |

    Scenario: One receipt is enough for several messages
      Given the agent has answered "On its way."
      And the agent has answered "It comes tomorrow."
      When the shopper marks messages 0 and 1 as read
      Then it is accepted with number 2
      And the shopper's receipt "read" for messages 0 and 1 comes back with number 2

    @critical
    Scenario: The agent has read the message
      Given the shopper has said "Where is my parcel?"
      When the agent marks message 0 as read
      Then the agent's receipt "read" for message 0 arrives with number 1

  Rule: A receipt that says nothing is refused

    Background:
      Given a shopper with an open conversation

    # Assumed: an unknown kind is refused like any other mistake.
    @negative
    Scenario Outline: A receipt needs its parts: <mistake>
      Given the shopper has said "Where is my parcel?"
      When the shopper mistakenly sends <mistake>
      Then it is refused
      And the conversation shows no further message

      Examples: each part, missing or unknown
        | mistake                      |
        | a receipt of an unknown kind |
        | a receipt for nothing        |
        | a receipt for a word         |

    # Assumed: what is closed takes no receipts either.
    @negative
    Scenario: A receipt in a closed conversation is refused
      Given the shopper has said "Where is my parcel?"
      And the conversation has been closed
      When the shopper marks message 0 as read
      Then it is refused because the conversation is closed
      And the conversation shows no further message
