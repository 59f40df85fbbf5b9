Feature: Full stop behind a sentence

  Scenario: A mistake
    Given a shopper with an open conversation.
    When the shopper says "Hello"
    Then it is accepted with number 0
