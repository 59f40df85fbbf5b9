Feature: And goes on with given

  Scenario: A mistake
    Given a shopper with an open conversation
    And the shopper says "Hello"
    Then it is accepted with number 0
