@structured-content
Feature: An agent shows more than text
  Cards, pictures, buttons and maps spare the shopper typing. They arrive as the agent made them,
  so that the shopper's app can draw them.

  Background:
    Given the connector listens
    And a shopper in conversation with an agent

  Scenario Outline: The agent shows "<content>"
    Given the shopper has said "What can I do?"
    When the agent shows the structured content "<content>"
    Then the structured content "<content>" arrives with number 1

    Examples: every element and every action at least once
      | content        |
      | keep the order |
      | parcel shop    |
      | parcel card    |
      | rate the chat  |

  @critical
  Scenario: The agent offers quick replies with a question
    Given the shopper has said "It is broken"
    When the agent gives the choice "refund or exchange" with "What shall we do?"
    Then the agent's "What shall we do?" arrives with number 1
    And it gives the choice "refund or exchange"

  # Assumed: what the shopper's browser made of a form is told like what an agent sends.
  Scenario Outline: A form arrives as it was sent: <form>
    Given the shopper has said "I have moved"
    When the agent sends the form "<form>"
    Then the form "<form>" arrives with number 1

    Examples: the question, and the note that it was filled in
      | form              |
      | secure invitation |
      | secure submission |
