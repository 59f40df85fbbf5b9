Feature: Cell of a table missing

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper says "Hello"
    Then the conversation reads
      | who         | what  | number |
      | the shopper | Hello |
