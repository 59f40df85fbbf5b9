Feature: Other name for the shopper

  Scenario: A mistake
    Given a customer with an open conversation
    When the shopper says "Hello"
    Then it is accepted with number 0
