Feature: Column of a table misspelt

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello"
    Then the conversation reads
      | who         | wat   | number |
      | the shopper | Hello | 0      |
