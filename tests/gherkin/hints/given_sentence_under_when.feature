Feature: Given sentence under when

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper has said "Hello"
    Then the conversation shows no further message
