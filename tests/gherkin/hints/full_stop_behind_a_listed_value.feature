Feature: Full stop behind a listed value

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper appears typing.
    Then the connector hears that the shopper appears typing
