@faults
Feature: Who cannot sign in sends nothing
  Signing in goes ahead of the message. Where it comes to nothing there is no doubt about the
  message: it has not left.

  Rule: No conversation is asked for

    Scenario Outline: The sign-in of the shopper meets <mishap>
      Given every sign-in of the shopper meets <mishap>
      When the shopper tries to open a conversation
      Then it was not sent
      And the connector sent it once
      And the shopper has no conversation

      Examples: no answer, and answers without a token
        | mishap                               |
        | a line that breaks before it is read |
        | a line that breaks after it is read  |
        | half an answer                       |
        | a breakdown                          |
        | an endpoint out of service           |

    Scenario: The sign-in of the connector meets a breakdown
      Given the connector must sign in anew and meets a breakdown
      When the shopper tries to open a conversation
      Then it was not sent
      And the connector sent it once
      And the shopper has no conversation

    Scenario Outline: The sign-in waits no longer than the connector does: <mishap>
      Given the connector waits 1 second at the most
      And every sign-in of the shopper meets <mishap>
      When the shopper tries to open a conversation
      Then it was not sent
      And the connector gave up within 2 seconds

      Examples: silence, and more time than there is
        | mishap          |
        | silence         |
        | a busy endpoint |

  Rule: Once it works again, the connector signs in

    Scenario: The sign-in recovers
      Given every sign-in of the shopper meets an endpoint out of service
      And the endpoint has recovered
      When the shopper asks for a conversation
      Then a conversation is open
