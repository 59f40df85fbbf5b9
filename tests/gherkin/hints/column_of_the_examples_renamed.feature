Feature: Column of the examples renamed

  Scenario Outline: A mistake
    Given a shopper with an open conversation
    When the shopper appears <presence>
    Then the connector hears that the shopper appears <presence>

    Examples:
      | how    |
      | typing |
