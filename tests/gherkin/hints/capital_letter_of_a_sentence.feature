Feature: Capital letter of a sentence

  Scenario: A mistake
    Given A shopper with an open conversation
    When the shopper says "Hello"
    Then it is accepted with number 0
