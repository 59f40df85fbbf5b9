@golden-path @critical
Feature: One conversation from beginning to end
  A tour of the whole, in twelve stations: finding the services, signing in, opening, talking with
  an agent, closing, and what is refused on the way. Every station begins with a shopper of its own,
  who has been led so far, and can be visited alone. Each is gone into further by the features that
  its rule names; this one is to be read first.

  Rule: The connector finds its way in
    Further on: "A connector finds the services of its account", "A connector signs in before it
    speaks for a shopper".

    Scenario: Golden path 1: the services are found
      Given the services a connector needs
      When the connector looks them all up
      Then each of them is found once, for this account

    Scenario: Golden path 2: the app gets its token
      Given the connector knows its secret
      When the connector asks for an app token
      Then an app token is given

    Scenario: Golden path 3: the shopper gets a token
      Given the shopper is signed in
      When the connector asks for a consumer token
      Then a consumer token is given

  Rule: The shopper opens one conversation
    Further on: "A shopper's first message opens a conversation", "A shopper has one open
    conversation at a time", "The connector hears of everything that happens".

    Scenario: Golden path 4: the conversation is opened
      Given the connector listens
      And a batch of
        | profile              |  |
        | conversation request |  |
      When the connector sends the batch
      Then every command is accepted in order
      And the connector hears that the shopper has opened it

    @negative
    Scenario: Golden path 5: a second one is refused
      Given a shopper with an open conversation
      When the shopper asks for another conversation
      Then the profile is accepted
      And the conversation is refused because one is open already
      And no further conversation was opened

  Rule: The shopper and an agent talk
    Further on: "A shopper writes in the open conversation", "An agent answers the shopper",
    "A receipt says what became of a message".

    Background:
      Given the connector listens

    Scenario: Golden path 6: the shopper asks
      Given a shopper with an open conversation
      When the shopper says "Where is my parcel?"
      Then it is accepted with number 0
      And the shopper's "Where is my parcel?" comes back with number 0

    Scenario: Golden path 7: an agent answers
      Given a shopper who has asked "Where is my parcel?"
      When an agent joins
      And the agent looks at it and answers "On its way."
      Then the connector hears, in this order
        | who     | what                    |
        | shopper | opened the conversation |
        | shopper | Where is my parcel?     |
        | agent   | joined                  |
        | agent   | (read 0)                |
        | agent   | (appears typing)        |
        | agent   | On its way.             |
      And the agent's "On its way." arrives with number 2

    Scenario: Golden path 8: the shopper has read the answer
      Given a shopper who has asked "Where is my parcel?"
      And an agent has joined, looked at it and answered "On its way."
      When the shopper marks message 2 as read
      Then it is accepted with number 3
      And the shopper's receipt "read" for message 2 comes back with number 3

  Rule: The conversation ends
    Further on: "A conversation ends when either side closes it", "A survey follows the
    conversation".

    Background:
      Given the connector listens

    Scenario: Golden path 9: the shopper closes
      Given a shopper who has asked "Where is my parcel?"
      And an agent has joined, looked at it and answered "On its way."
      When the shopper closes the conversation
      Then closing is accepted
      And the connector hears that the shopper has closed the conversation

  Rule: What has ended stays closed
    Further on: "A conversation ends when either side closes it".

    @negative
    Scenario: Golden path 10: writing after closing is refused
      Given a shopper who has asked "Where is my parcel?"
      And the conversation has been closed
      When the shopper says "One more thing"
      Then it is refused because the conversation is closed
      And the conversation shows no further message

  Rule: Nobody gets in without tokens or in another version
    Further on: "A connector shows for whom it speaks with every message". Error 40104 is for a
    missing consumer token.

    @negative
    Scenario: Golden path 11: without a consumer token nothing is said
      Given a shopper who has asked "Where is my parcel?"
      And the shopper is signed in without a consumer token
      When the shopper says "Hello" as signed in
      Then the sign-in is refused with error 40104
      And the conversation shows no further message

    @negative
    Scenario: Golden path 12: version 2 is unknown
      Given the shopper is signed in
      When the shopper asks for a conversation in version 2
      Then the version is refused
      And no conversation was opened
