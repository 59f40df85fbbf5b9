@faults
Feature: A picture that may not have arrived is not shown
  A picture is put in its place first and spoken of afterwards. Where nobody knows whether it is in
  its place, nobody is told of it; the shopper may send it again.

  Background:
    Given a shopper with an open conversation
    And the file "torn parcel"

  Scenario Outline: An upload that meets <mishap>
    Given every upload meets <mishap>
    When the shopper tries to send it
    Then it is uncertain whether it arrived
    And the connector sent it once
    And the conversation shows no further message

    Examples: no answer, and an answer that says nothing of the picture
      | mishap                               |
      | a line that breaks before it is read |
      | a line that breaks after it is read  |
      | an endpoint out of service           |

  Scenario: Half a picture is none
    Given the shopper has sent it
    And the connector has asked where to fetch it
    And every download meets half an answer
    When the connector tries to fetch it
    Then the file is not fetched
