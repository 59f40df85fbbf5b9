@notifications
Feature: The connector hears of everything that happens
  A connector cannot ask what has happened; it is told. It is told of what the shopper says as well
  as of what the brand does, in order, in a form it can trust.

  Background:
    Given the connector listens

  @critical
  Scenario: The connector hears that a conversation is open
    Given an empty profile
    And a conversation request
    When the connector sends the batch
    Then a conversation is open
    And the connector hears that the shopper has opened it

  @critical
  Scenario: What the shopper says comes back as the shopper's
    Given a shopper with an open conversation
    When the shopper says "Where is my parcel?"
    Then it is accepted with number 0
    And the shopper's "Where is my parcel?" comes back with number 0
    And everything the connector heard was signed and well formed

  Scenario: The connector hears everything in order
    Given a shopper in conversation with an agent
    And the shopper has said "Where is my parcel?"
    And the agent has looked at it and answered "On its way."
    When the shopper closes the conversation
    Then the connector hears, in this order
      | who     | what                    |
      | shopper | opened the conversation |
      | agent   | joined                  |
      | shopper | Where is my parcel?     |
      | agent   | (read 0)                |
      | agent   | (appears typing)        |
      | agent   | On its way.             |
      | shopper | closed the conversation |

  # Assumed: a first message may come along, as older pages have it.
  Scenario: A first message that comes with the request is heard too
    Given a batch that says "Where is my parcel?"
    When the connector sends the batch
    Then the first message has number 0
    And the first message comes back with number 0

  @negative
  Scenario: What was refused is not heard
    Given a shopper with an open conversation
    When the shopper mistakenly sends an event of an unknown kind
    Then it is refused
    And the conversation shows no further message
    And the connector hears of no further message
