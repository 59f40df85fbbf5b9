@conversations
Feature: A shopper has one open conversation at a time
  Everything a shopper writes belongs to the conversation that is open. A second one would split
  what they say between two agents, so the endpoint refuses it until the first is closed.

  Background:
    Given a shopper with an open conversation

  @negative @critical
  Scenario: A second conversation is refused
    When the shopper asks for another conversation
    Then the profile is accepted
    And the conversation is refused because one is open already
    And no further conversation was opened

  @negative
  Scenario: The refusal stands when the shopper asks again
    When the shopper asks for another conversation
    And the shopper asks for another conversation
    Then the conversation is refused because one is open already
    And no further conversation was opened

  Scenario: Another shopper is not affected
    When another shopper asks for a conversation
    Then every command is accepted in order
    And a conversation is open
