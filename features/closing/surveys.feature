@closing @surveys
Feature: A survey follows the conversation
  Once the matter is settled, a robot asks in a dialog of its own how it went. The conversation
  ends when the survey does: until then it is closed for the matter and open for the survey.

  Background:
    Given the connector listens
    And a survey that asks "How did we do?"
    And a shopper in conversation with an agent, before the survey

  Rule: The survey is a dialog of its own

    @critical
    Scenario Outline: The survey begins when <who> closes the dialog
      Given the shopper has said "Thank you"
      When <who> closes the dialog
      Then the survey asks "How did we do?" with number 0
      And the conversation is closed, but goes on with the survey
      And the agent only listens in the survey

      Examples: either side
        | who         |
        | the shopper |
        | the agent   |

    Scenario: The answer is counted in the survey alone
      Given the shopper has said "Thank you"
      And the survey has begun
      When the shopper answers the survey with "5 stars"
      Then it is accepted with number 1
      And the shopper's "5 stars" comes back in the survey with number 1

    Scenario: The conversation ends with the survey
      Given the survey has begun
      And the shopper has answered the survey with "5 stars"
      When the survey is completed
      Then the connector hears that the survey is completed
      And the conversation is closed for good

    # Assumed: the dialog's end is told in the words for the conversation's.
    @negative
    Scenario: Nobody writes in the dialog that the survey is about
      Given the survey has begun
      When the shopper says "One more thing"
      Then it is refused because the conversation is closed
      And the conversation shows no further message

    @negative
    Scenario: Nobody answers a survey that is completed
      Given the survey has begun
      And the survey has been completed
      When the shopper answers the survey with "5 stars"
      Then it is refused because the conversation is closed
      And the conversation shows no further message

    # Assumed: a robot does not look whether the shopper types.
    @negative
    Scenario: Nobody appears typing in a survey
      Given the survey has begun
      When in the survey the shopper appears typing
      Then it is refused
      And the connector hears of no further typing

    # Assumed: a conversation counts as open while its survey runs.
    @negative
    Scenario: Nobody opens another conversation during a survey
      Given the survey has begun
      When the shopper asks for another conversation
      Then the conversation is refused because one is open already
      And no further conversation was opened
