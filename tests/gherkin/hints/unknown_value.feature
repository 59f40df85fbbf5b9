Feature: Unknown value

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper appears activ
    Then the connector hears of no further change
