Feature: Quote missing at the beginning

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello"
    Then the shopper's Hello" comes back with number 0
