@faults
Feature: A broken line leaves a message in doubt
  Whoever gets no answer cannot know whether the message arrived. So the connector says that this is
  uncertain, and never sends it again by itself, or the shopper would be heard twice.

  Rule: What may have arrived is not sent again

    Background:
      Given a shopper with an open conversation

    @critical
    Scenario Outline: A message that meets <mishap>
      Given every message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then it is uncertain whether it arrived
      And the connector sent it once
      And the conversation holds "Where is my parcel?" <times>

      Examples: all the same to the connector, whether it was read or not
        | mishap                               | times      |
        | a line that breaks before it is read | not at all |
        | a line that breaks after it is read  | once       |
        | half an answer                       | once       |

    Scenario: The next message goes out on a new line
      Given the next message meets a line that breaks before it is read
      And it is uncertain whether the shopper's "Where is my parcel?" arrived
      When the shopper says "Is anybody there?"
      Then it is accepted with number 0
      And the conversation holds "Where is my parcel?" not at all

  Rule: What the connector hears settles the doubt

    Background:
      Given the connector listens
      And a shopper with an open conversation

    Scenario: What comes back has arrived
      Given the next message meets a line that breaks after it is read
      When the shopper tries to say "Where is my parcel?"
      Then it is uncertain whether it arrived
      And the shopper's "Where is my parcel?" comes back with number 0

  Rule: The next number settles it, too

    Background:
      Given a shopper with an open conversation

    Scenario: The next number tells that one has arrived before it
      Given the next message meets a line that breaks after it is read
      And it is uncertain whether the shopper's "Where is my parcel?" arrived
      When the shopper says "Is anybody there?"
      Then it is accepted with number 1
      And the conversation holds "Where is my parcel?" once
