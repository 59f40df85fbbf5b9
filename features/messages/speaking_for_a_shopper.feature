@messages @sign-in
Feature: A connector shows for whom it speaks with every message
  The tokens that opened the conversation are shown again with each call in it. Who shows a wrong
  one, or none, or speaks another version, says nothing. The error says what is wrong: 40102 and
  40105 an app token that does not hold, or none; 40103 and 40104 the same of a consumer token.

  Background:
    Given a shopper with an open conversation

  @negative @critical
  Scenario Outline: A message <mistake> is not taken
    Given the shopper is signed in <mistake>
    When the shopper says "Hello" as signed in
    Then the sign-in is refused with error <error>
    And the conversation shows no further message

    Examples: each documented refusal of a message
      | mistake                           | error |
      | without an app token              | 40105 |
      | with an unreadable app token      | 40102 |
      | with an outdated app token        | 40102 |
      | without a consumer token          | 40104 |
      | with an unreadable consumer token | 40103 |

  @negative
  Scenario Outline: A message in version <version> is not taken
    Given the shopper is signed in
    When the shopper says "Hello" in version <version>
    Then the version is refused
    And the conversation shows no further message

    Examples: the version before, and the version after
      | version |
      | 2       |
      | 4       |

  @negative
  Scenario Outline: Nobody sends <command> without a consumer token
    Given the shopper is signed in without a consumer token
    When the shopper sends <command> as signed in
    Then the sign-in is refused with error 40104
    And no address is given

    Examples: both kinds of address
      | command                   |
      | a request to put a file   |
      | a request to fetch a file |

  @negative
  Scenario: Nobody introduces a shopper without a consumer token
    Given the shopper is signed in without a consumer token
    When the shopper sends a profile as signed in
    Then the sign-in is refused with error 40104
    And the conversation is still open, and shows no further message
    And the brand learns no further detail of the shopper

  @negative
  Scenario: Nobody closes without a consumer token
    Given the shopper is signed in without a consumer token
    When the shopper sends a closing as signed in
    Then the sign-in is refused with error 40104
    And the conversation is still open, and shows no further message

  @negative
  Scenario Outline: Nobody sends <command> in another version
    Given the shopper is signed in
    When the shopper sends <command> in version 4
    Then the version is refused
    And no address is given

    Examples: both kinds of address
      | command                   |
      | a request to put a file   |
      | a request to fetch a file |

  @negative
  Scenario: Nobody introduces a shopper in another version
    Given the shopper is signed in
    When the shopper sends a profile in version 4
    Then the version is refused
    And the conversation is still open, and shows no further message
    And the brand learns no further detail of the shopper

  @negative
  Scenario: Nobody closes in another version
    Given the shopper is signed in
    When the shopper sends a closing in version 4
    Then the version is refused
    And the conversation is still open, and shows no further message

  Scenario: An app token that runs out between two messages is renewed once
    Given the shopper has said "Hello"
    And the app token has run out unnoticed
    When the shopper says "Still here"
    Then it is accepted with number 1
    And the connector asked for 1 further app token
