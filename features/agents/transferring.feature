@agents
Feature: An agent hands the conversation on
  Not every agent can settle every matter. A transfer moves the conversation to another skill; the
  shopper keeps writing in it, and whoever joins next reads what was said before.

  Background:
    Given the connector listens
    And a shopper in conversation with an agent

  @critical
  Scenario: The conversation moves to another skill
    Given the shopper has said "My invoice is wrong"
    When the agent transfers to skill "billing"
    Then the connector hears that skill "billing" has the conversation
    And no agent is in the conversation

  Scenario: The shopper writes between two agents
    Given the shopper has said "My invoice is wrong"
    And the agent has transferred to skill "billing"
    When the shopper says "Anybody?"
    Then it is accepted with number 1
    And the shopper's "Anybody?" comes back with number 1

  Scenario: Another agent takes over
    Given the shopper has said "My invoice is wrong"
    And the agent has transferred to skill "billing"
    When another agent joins
    And the agent answers "I have it here."
    Then the agent's "I have it here." arrives with number 1
