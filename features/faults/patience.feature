@faults
Feature: The connector waits, but not for ever
  A slow answer is worth waiting for. An answer that does not come, or never comes to its end, must
  not hold up everybody behind it, so there is a time after which the connector gives up.

  Background:
    Given a shopper with an open conversation
    And the connector waits 1 second at the most

  Rule: What comes in time is taken

    Scenario Outline: A message waits for <mishap>
      Given the next message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then it arrives after all, with number 0
      And the connector had waited <time> seconds
      And it happened once

      Examples: slow to begin, and slow to go on
        | mishap                       | time |
        | an answer half a second late | 0.5  |
        | an answer in small pieces    | 0.2  |

  Rule: What does not come in time is in doubt

    @critical
    Scenario Outline: The connector gives up after <mishap>
      Given every message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then it is uncertain whether it arrived
      And the connector sent it once
      And the connector gave up within 2 seconds

      Examples: no answer, and one that does not end
        | mishap                   |
        | silence                  |
        | silence after it is read |
        | an answer that trickles  |

    Scenario Outline: The message may have arrived in spite of <mishap>
      Given every message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then it is uncertain whether it arrived
      And the conversation holds "Where is my parcel?" <times>

      Examples: silence tells nothing
        | mishap                   | times      |
        | silence                  | not at all |
        | silence after it is read | once       |
        | an answer that trickles  | once       |

    Scenario: A request for a conversation is given up too
      Given every request for a conversation meets silence after it is read
      When the shopper tries to open a conversation
      Then it is uncertain whether it arrived
      And the connector sent it once
      And the connector gave up within 2 seconds
