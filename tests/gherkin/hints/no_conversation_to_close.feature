Feature: No conversation to close

  Scenario: A mistake
    When the shopper closes the conversation
    Then closing is accepted
