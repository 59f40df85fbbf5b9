@updates
Feature: A shopper rates the conversation
  One to five stars, and whether the matter is settled: the brand sees both at once in its own
  programs. Whoever skips the question says so.

  Background:
    Given the connector listens
    And a shopper with an open conversation

  Rule: A rating is kept

    Scenario Outline: A shopper gives <stars> stars
      Given the shopper has said "Thank you"
      When the shopper gives <stars> stars, <settled>
      Then the change is accepted
      And the connector hears of <stars> stars, <settled>

      Examples: the least, the most, and both kinds of matter
        | stars | settled     |
        | 1     | not settled |
        | 5     | settled     |

    Scenario Outline: A rating that is <kind>
      Given the shopper has said "Thank you"
      When the shopper gives 3 stars in a rating that is <kind>
      Then the change is accepted
      And the connector hears of a rating that is <kind>

      Examples: how far the shopper got
        | kind             |
        | complete         |
        | partly filled in |
        | skipped          |

  Rule: A rating that cannot be is not kept

    # Assumed: what cannot be is refused like any other mistake.
    @negative
    Scenario Outline: A rating that cannot be: <rating>
      Given the shopper has said "Thank you"
      When the shopper tries to give <rating>
      Then it is refused
      And the connector hears of no further change

      Examples: below, above, between, and unknown
        | rating                         |
        | a rating of 0 stars            |
        | a rating of 6 stars            |
        | a rating of 2 and a half stars |
        | a rating of an unknown kind    |
        | a rating without stars         |
