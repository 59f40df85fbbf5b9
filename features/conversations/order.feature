@conversations
Feature: The order of a batch is part of the contract
  The endpoint reads a batch from the first command to the last: it must know the shopper before
  it can open a conversation, and have a conversation before it can take a message. A batch that
  breaks this order is refused as a whole.

  Rule: A batch out of order is refused and opens nothing

    @negative
    Scenario: The request comes before the profile
      Given a batch of
        | conversation request |  |
        | profile              |  |
      When the connector sends the broken batch
      Then the batch is refused
      And no conversation was opened

    @negative
    Scenario: The message comes before the request
      Given a batch of
        | profile              |                     |
        | first message        | Where is my parcel? |
        | conversation request |                     |
      When the connector sends the broken batch
      Then the batch is refused
      And no conversation was opened

    @negative
    Scenario: The profile is missing
      Given a conversation request
      When the connector sends the broken batch
      Then the batch is refused
      And no conversation was opened

    @negative
    Scenario: The request is missing
      Given an empty profile
      When the connector sends the broken batch
      Then the batch is refused
      And no conversation was opened

    @negative
    Scenario: The batch is empty
      Given a batch without commands
      When the connector sends the broken batch
      Then the batch is refused
      And no conversation was opened

    @negative
    Scenario: A request comes alone, outside a batch
      Given a conversation request
      When the connector sends the last command outside a batch
      Then the batch is refused
      And no conversation was opened

  Rule: Order decides, ids do not

    Scenario: Two commands with one id are told apart by their order
      Given a batch of
        | profile              |  |
        | conversation request |  |
      And every command carries the id "1,"
      When the connector sends the batch
      Then every command is accepted in order
      And a conversation is open
