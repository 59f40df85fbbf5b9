Feature: Words that are misspelt

  Scenario: A mistake
    Given a shoper with an open conversatoin
    When the shopper says "Hello"
    Then it is accepted with number 0
