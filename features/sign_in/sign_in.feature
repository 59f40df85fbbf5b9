@sign-in
Feature: A connector signs in before it speaks for a shopper
  The app token says which connector is calling, the consumer token for whom. Both are asked for
  when they are first needed and used again for as long as they hold; who shows a wrong one, or
  none, gets nowhere.

  Rule: Tokens are used again

    Scenario: Many shoppers share one app token
      Given a shopper with an open conversation
      And the connector has signed in for the shopper
      When another shopper asks for a conversation
      Then a conversation is open
      And the connector asked for no further app token

    Scenario: A shopper's token is used again
      Given the connector has signed in for the shopper
      When the shopper asks for a conversation
      Then a conversation is open
      And the connector asked for no further consumer token

    Scenario: An app token that has run out is renewed in time
      Given the app token has run out
      When the shopper asks for a conversation
      Then a conversation is open
      And the connector asked for 1 further app token

    Scenario: An app token that the endpoint no longer takes is renewed once
      Given the connector has signed in for the shopper
      And the app token has run out unnoticed
      When the shopper asks for a conversation
      Then a conversation is open
      And the connector asked for 1 further app token

    Scenario: An app token that is not taken for a new shopper is renewed once
      Given the app token has run out unnoticed
      When the shopper asks for a conversation
      Then a conversation is open
      And the connector asked for 1 further app token

  Rule: Without valid tokens nothing is opened
    Errors 40102 and 40105 are for an app token that does not hold, and for none; 40103 and 40104
    are for a consumer token, likewise.

    @negative @critical
    Scenario Outline: A call <mistake> is refused
      Given the shopper is signed in <mistake>
      When the shopper asks for a conversation as signed in
      Then the sign-in is refused with error <error>
      And no conversation was opened

      Examples: each documented refusal
        | mistake                           | error |
        | without an app token              | 40105 |
        | with an unreadable app token      | 40102 |
        | with an outdated app token        | 40102 |
        | without a consumer token          | 40104 |
        | with an unreadable consumer token | 40103 |
        | without any token                 | 40105 |

    @negative
    Scenario: A wrong secret gets no app token
      Given the connector has a wrong secret
      When the connector asks for an app token
      Then no token is given

    @negative
    Scenario: An unreadable app token gets no consumer token
      Given the shopper is signed in with an unreadable app token
      When the connector asks for a consumer token
      Then no token is given

  Rule: A request is for the brand of the account
    Error 40001 is for a request that names no brand, or another one.

    @negative
    Scenario: A request that names no brand is refused
      Given an empty profile
      And a conversation request that names no brand
      When the connector sends the broken batch
      Then the sign-in is refused with error 40001
      And no conversation was opened

    @negative
    Scenario: A request for another brand is refused
      Given an empty profile
      And a conversation request for another brand
      When the connector sends the broken batch
      Then the sign-in is refused with error 40001
      And no conversation was opened

  Rule: Only the current version is spoken

    @negative
    Scenario Outline: Version <version> is unknown
      Given the shopper is signed in
      When the shopper asks for a conversation in version <version>
      Then the version is refused
      And no conversation was opened

      Examples: the one before, and the one after
        | version |
        | 2       |
        | 4       |
