@structured-content
Feature: A shopper answers by pressing a button
  Pressing says two things: that the shopper acted on what was shown, and which words they mean by
  it. Both carry the note that the button bears, so that the brand knows which one it was.

  Background:
    Given the connector listens
    And a shopper in conversation with an agent

  @critical
  Scenario: A button is pressed
    Given the agent has shown the structured content "keep the order"
    When the shopper presses "Yes"
    Then both are accepted, with numbers 1 and 2
    And the shopper's receipt "acted on" for message 0 comes back with number 1
    And the shopper's "Yes, keep it" comes back with the button's note

  Scenario: A quick reply is pressed
    Given the agent has given the choice "refund or exchange" with "What shall we do?"
    When the shopper presses "Refund"
    Then both are accepted, with numbers 1 and 2
    And the shopper's receipt "acted on" for message 0 comes back with number 1
    And the shopper's "Refund" comes back with the button's note

  # Assumed: what is closed takes no receipts either.
  @negative
  Scenario: A button pressed after closing says nothing
    Given the agent has shown the structured content "keep the order"
    And the conversation has been closed
    When the shopper presses "Yes"
    Then both are refused because the conversation is closed
    And the conversation shows no further message
