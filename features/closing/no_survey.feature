@closing @surveys
Feature: No survey is due to everybody
  Who never met an agent has nothing to judge, and an app that cannot show a second dialog must not
  get one. The conversation then ends when its dialog is closed; and a shopper who closes more than
  the dialog wants no survey.

  Background:
    Given the connector listens
    And a survey that asks "How did we do?"

  Scenario: A shopper who met no agent is not asked
    Given a shopper whom no agent has met, before the survey
    When the shopper closes the dialog
    Then the connector hears that the shopper has closed the conversation
    And there is no survey

  # Assumed: several dialogs are announced on opening, or on closing.
  Scenario: A shopper whose app shows one dialog is not asked
    Given a shopper in conversation with an agent, whose app shows one dialog
    When the shopper closes the dialog
    Then the connector hears that the shopper has closed the conversation
    And there is no survey

  Scenario: A shopper who was handed to a skill without a survey is not asked
    Given a shopper in conversation with an agent, before the survey
    And the agent has transferred to skill "billing"
    When the shopper closes the dialog
    Then the connector hears that the shopper has closed the conversation
    And there is no survey

  # Assumed: every way is answered in the same words; documented are those of the first.
  Scenario Outline: Closing <what> ends all at once
    Given a shopper in conversation with an agent, before the survey
    When the shopper closes <what>
    Then closing is accepted
    And the connector hears that the shopper has closed the conversation
    And there is no survey

    Examples: the two ways to close that ask for no survey
      | what             |
      | the conversation |
      | everything       |
