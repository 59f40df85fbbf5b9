@faults
Feature: An answer off the contract is not believed
  A connector must not guess what a garbled answer may mean. Each answer is held against the
  contract as it comes; one that is off it settles nothing, and nothing is sent again.

  Rule: The answer to a message

    Scenario Outline: A message gets <mishap>
      Given a shopper with an open conversation
      And every message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then the answer is off the contract because <reason>
      And the connector sent it once

      Examples: each way to garble an answer
        | mishap                             | reason                 |
        | an answer that claims to be a page | it claims to be a page |
        | an answer that nobody can read     | nobody can read it     |

    Scenario Outline: A message may have arrived in spite of <mishap>
      Given a shopper with an open conversation
      And the next message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then it is uncertain whether it arrived
      And the conversation holds "Where is my parcel?" once

      Examples: each way to garble an answer
        | mishap                             |
        | an answer that claims to be a page |
        | an answer that nobody can read     |

  Rule: The answer to a request for a conversation

    @critical
    Scenario Outline: A request for a conversation gets <mishap>
      Given every request for a conversation meets <mishap>
      When the shopper tries to open a conversation
      Then the answer is off the contract because <reason>
      And the connector sent it once
      And the shopper has one conversation

      Examples: each way to garble an answer, and its parts
        | mishap                             | reason                         |
        | an answer that claims to be a page | it claims to be a page         |
        | an answer that nobody can read     | nobody can read it             |
        | an answer in another order         | its parts are in another order |
        | an answer with a part too many     | it has a part too many         |
        | an answer with a part too few      | it lacks a part                |

    Scenario: A first message of which the answer says nothing
      Given a batch that says "Where is my parcel?"
      And every request for a conversation meets an answer with a part too few
      When the connector tries to send the batch
      Then the answer is off the contract because a command is left unanswered
      And the connector sent it once
