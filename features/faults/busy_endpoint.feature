@faults
Feature: A busy endpoint is given time
  What a busy endpoint turned away has not been read, so it may be sent again. The connector waits
  as long as it is told to, a second and then longer where it is told nothing, and only as long as
  it has time.

  Background:
    Given a shopper with an open conversation

  Rule: What was turned away is sent again

    @critical
    Scenario Outline: A message that meets <mishap> waits a second
      Given the next message meets <mishap>
      When the shopper tries to say "Where is my parcel?"
      Then it arrives after all, with number 0
      And the connector had waited 1 second
      And the conversation holds "Where is my parcel?" once

      Examples: without and with a word on how long
        | mishap                                 |
        | a busy endpoint                        |
        | a busy endpoint that asks for a second |

  Rule: The connector has only so much time

    Scenario: An hour is too long
      Given every message meets a busy endpoint that asks for an hour
      When the shopper tries to say "Where is my parcel?"
      Then the endpoint is still too busy
      And the connector sent it once
      And the conversation shows no further message

    Scenario: Two seconds are enough for three attempts
      Given the connector waits 2 seconds at the most
      And every message meets a busy endpoint that asks for a second
      When the shopper tries to say "Where is my parcel?"
      Then the endpoint is still too busy
      And the connector sent it three times
