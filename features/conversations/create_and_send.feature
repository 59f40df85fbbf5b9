@conversations
Feature: A shopper's first message opens a conversation
  A shopper writes to the brand for the first time. The connector introduces the shopper, asks
  for a conversation and hands over the first message in one go, so that an agent sees all of it
  or nothing at all.

  Rule: A batch that introduces the shopper opens the conversation

    # @seed: the example that the harness began with.
    @seed @critical
    Scenario: The first message opens the conversation
      Given a batch of
        | profile              | web visitor                                |
        | conversation request | web campaign                               |
        | first message        | Hi from Example Happy Flow - Create & Send |
      When the connector sends the batch
      Then every command is accepted in order
      And a conversation is open
      And the first message has number 0

    @critical
    Scenario: A profile and a request are enough
      Given an empty profile
      And a conversation request
      When the connector sends the batch
      Then every command is accepted in order
      And a conversation is open

    Scenario Outline: What the brand knows of a shopper comes along
      Given the profile "<profile>"
      And a conversation request
      When the connector sends the batch
      Then every command is accepted in order
      And the endpoint received the profile "<profile>"

      Examples: each kind of knowledge, and both
        | profile            |
        | known customer     |
        | known person       |
        | customer in person |

      Examples: every gender, and every way to prove who it is
        | profile             |
        | well known person   |
        | person of few words |

    Scenario Outline: The request says who should answer
      Given an empty profile
      And the conversation request "<request>"
      When the connector sends the batch
      Then every command is accepted in order
      And the endpoint received the conversation request "<request>"

      Examples: by campaign, by skill, and how soon
        | request     |
        | by campaign |
        | by skill    |
        | urgent      |

      Examples: every other hurry, and where else shoppers come from
        | request      |
        | normal       |
        | prioritized  |
        | no hurry     |
        | phone app    |
        | text message |

    Scenario Outline: A request for what the brand has planned is received
      Given an empty profile
      And a conversation request for the <target> "<name>"
      When the connector sends the batch
      Then every command is accepted in order
      And the endpoint received the conversation request for the <target> "<name>"

      Examples: by the names of the settings
        | target   | name    |
        | campaign | spring  |
        | skill    | billing |

  Rule: A message arrives as it was written

    Scenario Outline: A message in any script arrives unchanged
      Given a batch that says "<text>"
      When the connector sends the batch
      Then the first message has number 0
      And the endpoint received "<text>" unchanged

      Examples: umlauts, emoji, right to left, and markup
        | text                         |
        | Grüße aus Köln, schönen Dank |
        | Where is my parcel? 📦👋🏽       |
        | أين طردي؟                    |
        | 3 < 4 & "quoted" \\ twice    |

    Scenario: A message of several lines arrives unchanged
      Given a batch that says
        """
        Hello,

        my parcel has not arrived.
            It was due on Monday.
        """
      When the connector sends the batch
      Then the first message has number 0
      And the endpoint received its lines unchanged

    @negative
    Scenario: A message that is too long opens nothing
      Given a batch that says 5000 characters
      When the connector sends the batch
      Then the batch is refused
      And no conversation was opened
