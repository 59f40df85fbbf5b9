Feature: Singular for plural

  Scenario: A mistake
    Given a shopper with an open conversation
    And the shopper has said 1 message
    When the shopper says "Hello"
    Then it is accepted with number 0
