@client-features
Feature: A shopper's app says what it can show
  Agents must not show what the shopper's app cannot draw. So the app announces what it can do when
  it opens a conversation and again with everything it says.

  Background:
    Given the connector listens

  # Assumed: whoever is told of a message is told what the app that wrote it can do.
  Scenario Outline: The app can do "<feature>"
    Given the shopper's app can do "<feature>"
    And a shopper with an open conversation
    When the shopper says "Hello"
    Then it is accepted with number 0
    And the shopper's "Hello" comes back from an app that can do "<feature>"

    Examples: every feature there is
      | feature            |
      | browsing together  |
      | sharing an app     |
      | sharing photos     |
      | secure forms       |
      | auto messages      |
      | structured content |
      | quick replies      |
      | several dialogs    |
      | sharing files      |
      | links in text      |

  # Assumed: as above.
  Scenario Outline: The app introduces itself as "<app>"
    Given the shopper's app introduces itself as the app "<app>"
    And a shopper with an open conversation
    When the shopper says "Hello"
    Then it is accepted with number 0
    And the shopper's "Hello" comes back from the app "<app>"

    Examples: every kind of device, system and build, in every spelling
      | app         |
      | website     |
      | phone       |
      | tablet      |
      | apple phone |
      | linux kiosk |
      | television  |

  # Assumed: who announces something unreadable is heard like one who announces nothing.
  Scenario Outline: An app that announces <something> is heard all the same
    Given the shopper's app announces <something>
    And a shopper with an open conversation
    When the shopper says "Hello"
    Then it is accepted with number 0
    And the shopper's "Hello" comes back with number 0

    Examples: what real apps have announced
      | something          |
      | an unknown feature |
      | itself unreadably  |
