@notifications
Feature: Who was not reached is told again
  A brand installs apps to be told of everything, one of them the connector's. Such an app may be
  down. What it missed is told again, so many times or for so long as the app has asked for; then it
  is given up.

  Background:
    Given a shopper with an open conversation

  Rule: The answer decides whether the app was reached

    Scenario Outline: An app that answers "<answer>" was reached
      Given an app that is told up to 3 times again
      And the app answers "<answer>" once
      When the shopper says "Hello"
      Then within 10 minutes the app is told of it 1 time

      Examples: the two answers that count
        | answer  |
        | taken   |
        | created |

    Scenario Outline: An app that answers "<answer>" was not reached
      Given an app that is told up to 3 times again
      And the app answers "<answer>" once
      When the shopper says "Hello"
      Then within 10 minutes the app is told of it 2 times

      Examples: answers that do not count, friendly ones too
        | answer        |
        | will be taken |
        | nothing       |
        | moved         |
        | not found     |
        | broken        |

  Rule: By count, every 30 seconds

    Scenario: The app is reached at the third attempt
      Given an app that is told up to 3 times again
      And the app answers "broken" 2 times
      When the shopper says "Hello"
      Then the app is told of it after 0, 30 and 60 seconds
      And the app hears "Hello"

    Scenario: After as many attempts as were asked for it is given up
      Given an app that is told up to 5 times again
      And the app answers "broken" from now on
      When the shopper says "Hello"
      Then the app is told of it after 0, 30, 60, 90, 120 and 150 seconds
      And it is given up

    Scenario: Who asked for no second attempt gets none
      Given an app that is told only once
      And the app answers "broken" from now on
      When the shopper says "Hello"
      Then within 10 minutes the app is told of it 1 time
      And it is given up

  Rule: By time, at growing intervals

    Scenario: The intervals double until the time is over
      Given an app that is told again for 60 seconds
      And the app answers "broken" from now on
      When the shopper says "Hello"
      Then the app is told of it after 0, 2, 6, 14 and 30 seconds
      And it is given up

    Scenario: The intervals grow to five minutes and no further
      Given an app that is told again for 3600 seconds
      And the app answers "broken" from now on
      When the shopper says "Hello"
      Then the app is told of it 19 times, at intervals that double up to 300 seconds
      And it is given up

    Scenario: What piled up is told in order
      Given an app that is told again for 3600 seconds
      And the app answers "broken" 2 times
      When the shopper says "Hello"
      And the shopper says "Is anybody there?"
      Then once it is up again the app hears "Hello" and then "Is anybody there?"
