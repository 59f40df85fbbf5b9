Feature: Columns of the examples misspelt

  Scenario Outline: A mistake
    Given a shopper with an open conversation
    When the shopper gives <stars> stars, <Outcome>
    Then the connector hears of <stars> stars, <Outcome>

    Examples:
      | stars | outcome |
      | 3     | settled |
