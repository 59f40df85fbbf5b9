@structured-content
Feature: A message carries notes for the programs that read it
  A note says what people need not read: which button it was, why somebody acted, what a program
  made of it. Whoever is told of the message is told its notes.

  Rule: Notes come along unchanged
    A note may name the button that was pressed, the reason for an act, what a robot has understood
    and which way it went with the shopper, or the question and the answer of a survey.

    Background:
      Given the connector listens
      And a shopper with an open conversation

    Scenario Outline: A shopper's message carries "<note>"
      When the shopper says, with the note "<note>": "Yes"
      Then it is accepted with number 0
      And the shopper's "Yes" comes back with the note "<note>"

      Examples: each kind of note
        | note            |
        | pressed button  |
        | reason to act   |
        | understood      |
        | robot path      |
        | survey answer   |
        | survey question |

    Scenario: An agent's message carries a note
      Given an agent has joined
      And the shopper has said "Hello"
      When the agent answers, with the note "understood": "Hello"
      Then the agent's "Hello" arrives with the note "understood"

    Scenario: A note of the longest allowed id
      Given the shopper has said "Hello"
      When the shopper says "Yes" with a note whose id has 64 characters
      Then it is accepted with number 1
      And the shopper's "Yes" comes back with the note that was sent

  Rule: A note that nobody can read is refused with its message

    Background:
      Given a shopper with an open conversation

    # Assumed: the endpoint keeps the limits of notes; documented are only their values.
    @negative
    Scenario Outline: A note that cannot be: <note>
      Given the shopper has said "Hello"
      When the shopper says "Yes" with a note <note>
      Then it is refused
      And the conversation shows no further message

      Examples: too long, unknown, and without what it needs
        | note                               |
        | whose id has 65 characters         |
        | of an unknown kind                 |
        | without its id                     |
        | with an unknown part               |
        | with a certainty above 100 percent |
