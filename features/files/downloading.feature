@files
Feature: A shopper receives a file
  What an agent sends arrives as a message that says where it is. The connector asks for an address
  to fetch it from, and gets the bytes the agent sent.

  Rule: What an agent sends is fetched by the shopper's connector alone

    Background:
      Given the connector listens
      And a shopper in conversation with an agent

    @critical
    Scenario: The agent's file arrives and is fetched
      Given the file "label"
      When the agent sends it with the caption "Your new label"
      Then the agent's file arrives with the caption "Your new label"
      And the file can be fetched, byte for byte

    # Assumed: there is no address for what belongs to another shopper's conversation.
    @negative
    Scenario: Another shopper gets no address for the file
      Given the agent has sent the file "label"
      When another shopper asks where to fetch it
      Then it is refused
      And no address is given

  Rule: There is no address for what is not there

    Background:
      Given a shopper with an open conversation

    # Assumed: it is refused like any other mistake.
    @negative
    Scenario: A file that is nowhere gets no address
      Given the shopper has said "Where is the label?"
      When the connector asks where to fetch a file that is nowhere
      Then it is refused
      And no address is given
