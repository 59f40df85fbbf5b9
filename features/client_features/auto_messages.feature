@client-features
Feature: The brand greets who writes at once
  A shopper who writes within ten seconds of opening, from an app that can do auto messages, is
  greeted by the brand's robot before any agent has looked.

  Background:
    Given the connector listens

  # The endpoint's own time counts too, so the first wait stays well below the limit; the second
  # is the limit itself.
  @critical
  Scenario: Who writes within ten seconds is greeted
    Given the shopper's app can do "auto messages"
    And a shopper with an open conversation
    And it is five seconds later
    When the shopper says "Hello"
    Then the brand's greeting arrives with number 1

  Scenario: Who writes later is not greeted
    Given the shopper's app can do "auto messages"
    And a shopper with an open conversation
    And it is ten seconds later
    When the shopper says "Hello"
    Then nobody greets the shopper

  Scenario: Who writes again is not greeted again
    Given the shopper's app can do "auto messages"
    And a shopper with an open conversation
    And the shopper has said "Hello" and been greeted
    When the shopper says "Where is my parcel?"
    Then nobody greets the shopper again

  Scenario: Whose app cannot show it is not greeted
    Given the shopper's app can do "quick replies"
    And a shopper with an open conversation
    When the shopper says "Hello"
    Then nobody greets the shopper

  Scenario: Whose app no longer says so is not greeted
    Given the shopper's app can do "auto messages"
    And a shopper with an open conversation
    And the shopper's app no longer says what it can do
    When the shopper says "Hello"
    Then nobody greets the shopper
