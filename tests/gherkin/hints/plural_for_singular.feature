Feature: Plural for singular

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello"
    Then the connector asked for 2 further app tokens
