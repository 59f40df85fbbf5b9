Feature: Quote missing between two values

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello to a dialog that does not exist
    Then it is refused
