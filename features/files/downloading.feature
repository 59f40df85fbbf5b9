@files
Feature: A shopper receives a picture
  What an agent sends arrives as a message that says where it is. The connector asks for an address
  to fetch it from, and gets the bytes the agent sent.

  Background:
    Given the connector listens
    And a shopper in conversation with an agent

  @critical
  Scenario: The agent's picture arrives and is fetched
    Given the file "label"
    When the agent sends it with the caption "Your new label"
    Then within 10 seconds the agent's file arrives with the caption "Your new label"
    And the file can be fetched, byte for byte

  # Assumed: there is no address for what is not there.
  @negative
  Scenario: A file that is nowhere gets no address
    Given the shopper has said "Where is the label?"
    When the connector asks where to fetch a file that is nowhere
    Then it is refused
    And the conversation shows no further message

  # Assumed: there is no address for what belongs to another shopper's conversation.
  @negative
  Scenario: Another shopper gets no address for the picture
    Given the agent has sent the file "label"
    When another shopper asks where to fetch it
    Then it is refused
    And the conversation shows no further message
