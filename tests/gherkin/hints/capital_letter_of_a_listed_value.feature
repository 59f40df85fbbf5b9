Feature: Capital letter of a listed value

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper appears Typing
    Then the connector hears that the shopper appears typing
