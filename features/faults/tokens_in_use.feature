@faults
Feature: A token that ends in mid-conversation is renewed
  Tokens end while they are in use. What was turned away for that reason has not been read, so the
  connector signs in again and sends it once more; a second refusal stands.

  Background:
    Given a shopper with an open conversation

  @critical
  Scenario Outline: A message that meets <mishap> arrives
    Given the connector has signed in for the shopper
    And the next message meets <mishap>
    When the shopper says "Where is my parcel?"
    Then it is accepted with number 0
    And the connector asked for <count> further app token

    Examples: each of the two tokens
      | mishap                                   | count |
      | an app token that has run out            | 1     |
      | a consumer token that is no longer known | no    |

  Scenario Outline: A message that meets <mishap> arrives once
    Given the next message meets <mishap>
    When the shopper says "Where is my parcel?"
    Then it is accepted with number 0
    And the conversation holds "Where is my parcel?" once
    And it happened once

    Examples: each of the two tokens
      | mishap                                   |
      | an app token that has run out            |
      | a consumer token that is no longer known |

  @negative
  Scenario Outline: A message is refused for <mishap> twice
    Given every message meets <mishap>
    When the shopper says "Where is my parcel?"
    Then the sign-in is refused with error <error>
    And the connector sent it twice
    And the conversation shows no further message

    Examples: each of the two tokens
      | mishap                                   | error |
      | an app token that has run out            | 40102 |
      | a consumer token that is no longer known | 40103 |
