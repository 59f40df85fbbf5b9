@closing
Feature: A conversation ends when either side closes it
  Closing tells both sides that the matter is settled. What has been closed stays closed: who has
  something further to say opens a new conversation.

  Rule: Either side can close
    A shopper's app may close the whole conversation; its dialog alone, so that a survey may follow;
    or everything, the survey too. Where no survey is due, all three come to the same.

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: every way is answered in the same words; documented are those of the first.
    @critical
    Scenario Outline: The shopper closes <what>
      Given the shopper has said "Thank you"
      When the shopper closes <what>
      Then closing is accepted
      And the connector hears that the shopper has closed the conversation

      Examples: every way to close, where no survey follows
        | what             |
        | the conversation |
        | the dialog       |
        | everything       |

    Scenario: The agent closes
      Given an agent has joined
      And the shopper has said "Thank you"
      When the agent closes
      Then the connector hears that the agent has closed the conversation

    Scenario: A list of one change closes as well
      Given the shopper has said "Thank you"
      When the shopper closes the conversation in a list
      Then closing is accepted
      And the connector hears that the shopper has closed the conversation

    Scenario: Closing under the bare number 1 is answered as usual
      Given the shopper has said "Thank you"
      When the shopper closes the conversation under the bare number 1
      Then closing is accepted
      And the connector hears that the shopper has closed the conversation

  Rule: What is closed is not written in

    Background:
      Given a shopper with an open conversation

    @negative @critical
    Scenario Outline: Nobody writes after <end>
      Given the shopper has said "Thank you"
      And <end>
      When the shopper says "One more thing"
      Then it is refused because the conversation is closed
      And the conversation shows no further message

      Examples: whoever has closed it
        | end                              |
        | the conversation has been closed |
        | the agent has closed             |

    Scenario: A new conversation follows a closed one
      Given the shopper has said "Thank you"
      And the conversation has been closed
      When the shopper asks for another conversation
      Then a conversation is open
      And it is another one, and counts from 0

  Rule: What is closed stays closed

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: closing twice is refused in the words in which a message would be.
    @negative
    Scenario Outline: Nobody closes twice by closing <what>
      Given the conversation has been closed
      When the shopper closes <what>
      Then it is refused because the conversation is closed
      And the connector hears of no further change

      Examples: every way to close
        | what             |
        | the conversation |
        | the dialog       |
        | everything       |

    # Assumed: a change that there is not is refused like any other mistake.
    @negative
    Scenario: A closed conversation cannot be opened again
      Given the conversation has been closed
      When the shopper opens it again
      Then it is refused
      And the connector hears of no further change

  Rule: More than a week of silence closes

    Scenario: The connector hears that silence has closed the conversation
      Given the connector listens
      And a shopper who has asked "Are you open on Sundays?"
      And it is 8 days later
      When the shopper says "Here I am"
      Then the connector hears that the conversation has closed by itself

    @negative
    Scenario: Nobody writes after more than a week of silence
      Given a shopper who has asked "Are you open on Sundays?"
      And it is 8 days later
      When the shopper says "Here I am"
      Then it is refused because the conversation is closed
      And the conversation shows no further message

    Scenario: Who writes within the week finds the conversation open
      Given a shopper who has asked "Are you open on Sundays?"
      And it is 6 days later
      When the shopper says "Here I am"
      Then it is accepted with number 1

  Rule: A conversation is closed by those who hold it

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: the error is that of a wrong consumer token; documented is only the refusal.
    @negative
    Scenario: Another shopper cannot close it
      Given the shopper has said "Thank you"
      When another shopper closes this conversation
      Then it is refused as another shopper's
      And the connector hears of no further change
      And the conversation is still open, and shows no further message

    # Assumed: a conversation that does not exist is refused like any other mistake.
    @negative
    Scenario: A conversation that does not exist cannot be closed
      Given the shopper has said "Thank you"
      When the shopper closes a conversation that does not exist
      Then it is refused
      And the connector hears of no further change
