@messages
Feature: A shopper writes in the open conversation
  What a shopper writes joins the open dialog and takes its next number, so that both sides can
  speak of the same message. What does not belong there is refused and leaves no trace.

  Background:
    Given a shopper with an open conversation

  Rule: Every message takes the next number

    @critical
    Scenario: The first message takes number 0
      When the shopper says "Where is my parcel?"
      Then it is accepted with number 0
      And the conversation shows "Where is my parcel?"

    Scenario: A further message takes the number after the last
      Given the shopper has said 12 messages
      When the shopper says "Is anybody there?"
      Then it is accepted with number 12
      And the conversation shows "Is anybody there?"

    Scenario: A message whose id is a number is answered as usual
      When the shopper says "Hello" under the bare number 7
      Then it is accepted with number 0
      And the conversation shows "Hello"

    # Assumed: what counts is the whole command, in characters. The documentation gives the limit,
    # and leaves open what is counted.
    Scenario: The longest message is accepted
      When the shopper sends a command of 5000 characters
      Then it is accepted with number 0
      And the conversation shows it unchanged

  Rule: What is no message of this conversation is refused

    # Assumed: as above.
    @negative
    Scenario: One character more is refused
      Given the shopper has said "Hello"
      When the shopper sends a command of 5001 characters
      Then it is refused
      And the conversation shows no further message

    # Assumed: the error is that of a wrong consumer token; documented is only the refusal.
    @negative @critical
    Scenario: Nobody writes in another shopper's conversation
      Given the shopper has said "Hello"
      When another shopper says "Let me in" in this conversation
      Then it is refused as another shopper's
      And the conversation shows no further message

    # Assumed: a place that does not exist is refused like any other mistake.
    @negative
    Scenario Outline: Nobody writes to <nowhere>
      Given the shopper has said "Hello"
      When the shopper says "Anybody?" to <nowhere>
      Then it is refused
      And the conversation shows no further message

      Examples: what does not exist
        | nowhere                            |
        | a conversation that does not exist |
        | a dialog that does not exist       |

    # Assumed: whatever cannot be read as a message is refused alike.
    @negative
    Scenario Outline: A message needs its parts: <mistake>
      Given the shopper has said "Hello"
      When the shopper mistakenly sends <mistake>
      Then it is refused
      And the conversation shows no further message

      Examples: each part, missing or unknown
        | mistake                      |
        | a message to no dialog       |
        | a message without content    |
        | a message without text       |
        | a number instead of a text   |
        | an event of an unknown kind  |
        | an event of no kind          |
        | a page instead of a text     |
        | a filled in secure form      |
        | a command of an unknown kind |
        | a list of two commands       |
