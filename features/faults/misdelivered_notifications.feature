@faults @notifications
Feature: Notifications can come late, twice, out of order, or from a stranger
  The numbers of a conversation tell what is new, what was heard before and what is missing. What
  is not signed as agreed is not believed, whatever it says.

  Background:
    Given the connector listens
    And a shopper with an open conversation

  Scenario: A late notification is heard when it comes
    Given the next notification is one minute late
    And the shopper has said "Where is my parcel?"
    When it is one minute later
    Then the shopper's "Where is my parcel?" comes back with number 0
    And it happened once

  Scenario: What is heard twice counts once
    Given the next notification comes twice
    When the shopper says "Where is my parcel?"
    Then it is accepted with number 0
    And the connector hears "Where is my parcel?" twice
    And the connector still reads "Where is my parcel?" once

  Scenario: What is heard out of order is read in order
    Given the next notification comes after the one behind it
    And the shopper has said "Where is my parcel?"
    When the shopper says "Is anybody there?"
    Then the connector hears "Is anybody there?" before "Where is my parcel?"
    And the connector still reads "Where is my parcel?" and then "Is anybody there?"

  @critical
  Scenario: What is signed wrongly is not believed
    Given the next notification is signed wrongly
    When the shopper says "Where is my parcel?"
    Then it is accepted with number 0
    And the connector does not believe the notification
    And the connector knows that number 0 is missing
