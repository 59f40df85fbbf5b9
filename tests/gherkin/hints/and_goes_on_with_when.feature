Feature: And goes on with when

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello"
    And a conversation is open
