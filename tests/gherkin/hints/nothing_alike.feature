Feature: Nothing alike

  Scenario: A mistake
    Given the moon rises over the sea
    When the shopper says "Hello"
    Then it is accepted with number 0
