Feature: When sentence under then

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello"
    Then the shopper closes the conversation
