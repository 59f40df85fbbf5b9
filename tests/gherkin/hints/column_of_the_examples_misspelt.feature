Feature: Column of the examples misspelt

  Scenario Outline: A mistake
    Given a shopper with an open conversation
    When the shopper says "<text>"
    Then it is accepted with number <number>

    Examples:
      | text  | nunber |
      | Hello | 0      |
