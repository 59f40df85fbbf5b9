Feature: No conversation

  Scenario: A mistake
    When the shopper says "Hello"
    Then it is accepted with number 0
