Feature: Nothing that is refused

  Scenario: A mistake
    Given a shopper with an open conversation
    Then it is refused
    And the conversation shows no further message
