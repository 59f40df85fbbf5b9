@files
Feature: The address of a file is good for one minute and one purpose
  Whoever has the address can use it, so it must not last, and must not serve for anything else
  than it was given for.

  Background:
    Given a shopper with an open conversation
    And the file "torn parcel"

  Rule: An address holds for a minute

    Scenario: A file is put before the minute is over
      Given the connector has asked where to put it
      And it is 50 seconds later
      When the connector puts it there
      Then the file is taken

    @negative @critical
    Scenario: A file that comes after a minute is not taken
      Given the connector has asked where to put it
      And it is 61 seconds later
      When the connector puts it there
      Then the address is refused
      And no further file can be fetched

    # Assumed: an address to fetch from ends like one to put to.
    @negative
    Scenario: A file that is fetched after a minute is not given
      Given the shopper has sent it
      And the connector has asked where to fetch it
      And it is 61 seconds later
      When the connector fetches it
      Then the address is refused, with no further word of the file

  Rule: An address serves for nothing else

    @negative
    Scenario Outline: An address <mistake> is worth nothing
      Given the connector has asked where to put it
      And the address is <mistake>
      When the connector puts it there
      Then the address is refused
      And no further file can be fetched

      Examples: what can be wrong with an address
        | mistake                 |
        | signed by somebody else |
        | made to last longer     |
        | for another file        |
        | without its signature   |

    # Assumed: the signature covers what the address is for.
    @negative
    Scenario: An address to put to is none to fetch from
      Given the connector has asked where to put it
      And the connector has put it there
      When the connector fetches it from there
      Then the address is refused, with no further word of the file
