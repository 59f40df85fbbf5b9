Feature: Blank twice in a listed value

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper appears in the  background
    Then it is refused
