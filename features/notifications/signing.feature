@notifications
Feature: Whoever is told can tell that it is true
  Anybody could write to the connector's address. So every notification is signed with the secret
  of the app that it is for, over exactly the bytes that arrive, in the way the app has asked for.
  The app is what the brand has installed for the connector, not the shopper's.

  Scenario Outline: An app that asks for "<signature>"
    Given an app that asks for "<signature>"
    And a shopper with an open conversation
    When the shopper says "Grüße 👋"
    Then the app hears "Grüße 👋"
    And everything the app heard was signed with "<signature>"

    Examples: each way to sign, in each way to write it down
      | signature         |
      | SHA-1 in Base64   |
      | SHA-1 in hex      |
      | SHA-256 in Base64 |
      | SHA-256 in hex    |
