Feature: Keyword and full stop

  Scenario: A mistake
    Given a shopper with an open conversation
    And an agent joins.
    When the shopper says "Hello"
    Then it is accepted with number 0
