@messages
Feature: A conversation reads in the order it was held
  Whoever reads a conversation later must find what both sides said and read, in order, nothing
  twice and nothing missing. The numbers make it checkable.

  Rule: Both sides are read in the order of the numbers

    Background:
      Given the connector listens
      And a shopper in conversation with an agent

    @critical
    Scenario: What both sides said stands in order
      Given the shopper has said "Where is my parcel?"
      And the agent has answered "Let me look. 📦"
      When the shopper says "Thank you"
      Then the conversation reads
        | who     | what                | number |
        | shopper | Where is my parcel? | 0      |
        | agent   | Let me look. 📦      | 1      |
        | shopper | Thank you           | 2      |

    Scenario: Receipts stand between messages, typing does not
      Given the shopper has said "Where is my parcel?"
      And the agent has marked message 0 as read
      And the agent has appeared typing
      When the agent answers "On its way."
      Then the conversation reads
        | who     | what                | number |
        | shopper | Where is my parcel? | 0      |
        | agent   | (read 0)            | 1      |
        | agent   | On its way.         | 2      |

    Scenario: Many messages keep their order
      Given the shopper has said 60 messages
      When the agent answers "One after the other, please."
      Then the conversation reads 61 messages without a gap
      And the last one is the agent's "One after the other, please."

  Rule: What was refused takes no number

    Background:
      Given a shopper with an open conversation

    @negative
    Scenario: A refused message leaves no gap
      Given the shopper has said "Hello"
      When the shopper sends a command of 9000 characters
      Then it is refused
      And the conversation shows no further message
      And the shopper's next message takes number 1
