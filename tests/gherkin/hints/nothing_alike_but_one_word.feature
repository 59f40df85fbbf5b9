Feature: Nothing alike but one word

  Scenario: A mistake
    Given a shopper with an open conversation
    When the shopper dances on 2 tables
    Then it is accepted with number 0
