@faults
Feature: A broken endpoint leaves a message in doubt
  An endpoint that breaks down says so, but not what it did before. The connector does not try its
  luck; once the endpoint is up again, the shopper goes on.

  Background:
    Given a shopper with an open conversation

  @critical
  Scenario Outline: A message that meets <mishap> is not sent again
    Given every message meets <mishap>
    When the shopper tries to say "Where is my parcel?"
    Then it is uncertain whether it arrived
    And the connector sent it once
    And the conversation holds "Where is my parcel?" <times>

    Examples: each way to be broken, before and after
      | mishap                       | times      |
      | a breakdown                  | not at all |
      | a breakdown after it is read | once       |
      | a gateway that finds nobody  | not at all |
      | an endpoint out of service   | not at all |
      | a gateway that stops waiting | once       |

  Scenario Outline: <mishap> passes by itself
    Given the next two messages meet <mishap>
    And it is uncertain whether the shopper's "Where is my parcel?" arrived
    And it is uncertain whether the shopper's "Hello?" arrived
    When the shopper says "Is anybody there?"
    Then it is accepted with number <number>

    Examples: each way to be broken, for two messages
      | mishap                       | number |
      | a breakdown                  | 0      |
      | a gateway that finds nobody  | 0      |
      | an endpoint out of service   | 0      |
      | a gateway that stops waiting | 2      |

  Scenario: Once the endpoint has recovered, all is well
    Given every message meets an endpoint out of service
    And it is uncertain whether the shopper's "Where is my parcel?" arrived
    And the endpoint has recovered
    When the shopper says "Is anybody there?"
    Then it is accepted with number 0
