Feature: Unknown value between words

  Scenario: A mistake
    Given a shopper with an open conversation
    And the shopper has said "Hello"
    When the shopper marks message 0 as raed
    Then the connector hears of no further change
