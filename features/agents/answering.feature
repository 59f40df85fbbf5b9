@agents
Feature: An agent answers the shopper
  Behind the brand's name are people. The connector learns that one has joined, that they have read
  what was written, and what they answer.

  Background:
    Given the connector listens
    And a shopper with an open conversation

  @critical
  Scenario: An agent joins and answers
    Given the shopper has said "Where is my parcel?"
    When an agent joins
    And the agent answers "On its way."
    Then the connector hears that an agent has joined
    And the agent's "On its way." arrives with number 1

  Scenario Outline: An answer in any script arrives unchanged
    Given an agent has joined
    When the agent answers "<text>"
    Then the agent's "<text>" arrives with number 0
    And everything the connector heard was signed and well formed

    Examples: umlauts, emoji, right to left, and markup
      | text                      |
      | Grüße 👋                   |
      | It is here 📦👋🏽            |
      | طردك في الطريق            |
      | 3 < 4 & "quoted" \\ twice |

  Scenario: An answer of several lines arrives unchanged
    Given an agent has joined
    When the agent answers
      """
      Hello,

      your parcel is on its way.
          It comes on Monday.

      """
    Then the agent's lines arrive unchanged
