@faults
Feature: Nobody asks twice for one conversation
  A request for a conversation that gets no good answer may have opened one all the same. The
  connector says that this is uncertain and leaves it to the shopper whether to ask again.

  Rule: What may have been opened is not asked for again

    @critical
    Scenario Outline: A request for a conversation that meets <mishap>
      Given every request for a conversation meets <mishap>
      When the shopper tries to open a conversation
      Then it is uncertain whether it arrived
      And the connector sent it once
      And the shopper has <count> conversation

      Examples: all the same to the connector, whether it was read or not
        | mishap                               | count |
        | a line that breaks before it is read | no    |
        | a line that breaks after it is read  | one   |
        | half an answer                       | one   |
        | a breakdown                          | no    |
        | a breakdown after it is read         | one   |
        | a gateway that finds nobody          | no    |
        | an endpoint out of service           | no    |
        | a gateway that stops waiting         | one   |

  Rule: What was turned away is asked for again

    Scenario Outline: A request for a conversation is repeated after <mishap>
      Given the next request for a conversation meets <mishap>
      When the shopper tries to open a conversation
      Then it is accepted after all
      And the shopper has one conversation
      And it happened once

      Examples: no time, and no valid token
        | mishap                                   |
        | a busy endpoint                          |
        | an app token that has run out            |
        | a consumer token that is no longer known |

  Rule: Asking again settles the doubt

    @negative
    Scenario: Where one was opened, a second one is refused
      Given the next request for a conversation meets a line that breaks after it is read
      And it is uncertain whether the shopper's request for a conversation arrived
      When the shopper asks for another conversation
      Then the conversation is refused because one is open already
      And no further conversation was opened

    Scenario: Where none was opened, one is opened now
      Given the next request for a conversation meets a line that breaks before it is read
      And it is uncertain whether the shopper's request for a conversation arrived
      When the shopper asks for a conversation
      Then a conversation is open
      And the shopper has one conversation
