@files
Feature: Only a file that is there is shown to the agent
  The message names a file that was put there before. The agent must not be sent to a place where
  there is nothing, or where something else is.

  Rule: What is there is shown

    Background:
      Given the connector listens
      And a shopper with an open conversation
      And the file "torn parcel"

    Scenario: A file is shown once it is there
      Given the connector has asked where to put it
      And the connector has put it there
      When the shopper shows the agent the file
      Then it is accepted with number 0
      And the file can be fetched, byte for byte

  Rule: What is not there, or is not the shopper's, is not shown

    Background:
      Given a shopper with an open conversation
      And the file "torn parcel"

    @negative
    Scenario: A file that was never put there is refused
      Given the connector has asked where to put it
      When the shopper shows the agent the file
      Then it is refused
      And the conversation shows no further message

    @negative
    Scenario: An empty file is refused
      Given the connector has asked where to put it
      And the connector has put nothing there
      When the shopper shows the agent the file
      Then it is refused
      And the conversation shows no further message

    # Assumed: the size that was announced must be that of the file.
    @negative
    Scenario: A file of another size than announced is refused
      Given the connector has asked where to put it
      And the connector has put half of it there
      When the shopper shows the agent the file
      Then it is refused
      And the conversation shows no further message

    # Assumed: nobody may show, or fetch, what belongs to another shopper's conversation.
    @negative @critical
    Scenario: Another shopper's file is refused
      Given another shopper has put the file in a place of their own
      When the shopper shows the agent the file
      Then it is refused
      And the conversation shows no further message

    # Assumed: whatever cannot be read as a message is refused alike.
    @negative
    Scenario Outline: A file message needs its parts: <mistake>
      Given the shopper has said "Hello"
      When the shopper mistakenly sends <mistake>
      Then it is refused
      And the conversation shows no further message

      Examples: each part, missing or unknown
        | mistake                |
        | a file that is nowhere |
        | a type without a place |
