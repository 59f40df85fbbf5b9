@structured-content
Feature: A shopper's app shows structured content
  An app may show the agent what the shopper looks at. Every element has its parts and its
  limits; within them the content goes through as it is, beyond them none of it does.

  # Assumed: shoppers may show structured content at all, as a real client does.
  Rule: Within its limits a content goes through

    Background:
      Given the connector listens
      And a shopper with an open conversation

    Scenario Outline: The shopper shows "<content>"
      When the shopper shows the structured content "<content>"
      Then it is accepted with number 0
      And it comes back unchanged

      Examples: every element at least once
        | content        |
        | keep the order |
        | parcel shop    |
        | parcel card    |
        | rate the chat  |

    Scenario: A content under the name that older programs use
      When the shopper shows the structured content "keep the order" in the older way
      Then it is accepted with number 0
      And it comes back under the name of today

    Scenario Outline: As much as fits: <content>
      When the shopper shows structured content with <content>
      Then it is accepted with number 0
      And it comes back unchanged

      Examples: the last that fits
        | content                              |
        | a button title of 128 characters     |
        | a caption of 128 characters          |
        | a picture address of 2048 characters |
        | a link title of 128 characters       |
        | a link address of 2048 characters    |
        | a quick reply of 128 characters      |
        | a button with 4 actions              |

  Rule: Beyond its limits nothing of a content goes through

    Background:
      Given a shopper with an open conversation

    # Assumed: the limits are kept by the endpoint too; documented are only their values.
    @negative
    Scenario Outline: Too much: <content>
      When the shopper shows structured content with <content>
      Then it is refused
      And the conversation shows no further message

      Examples: the first that does not fit
        | content                              |
        | a button title of 129 characters     |
        | a caption of 129 characters          |
        | a picture address of 2049 characters |
        | a link title of 129 characters       |
        | a link address of 2049 characters    |
        | a quick reply of 129 characters      |
        | a button with 5 actions              |

    # Assumed: as above.
    @negative
    Scenario Outline: Too little: <content>
      When the shopper shows structured content with <content>
      Then it is refused
      And the conversation shows no further message

      Examples: each element without what it needs
        | content                       |
        | nothing at all                |
        | an element of an unknown kind |
        | a button without a title      |
        | a text without words          |
        | a picture without an address  |
        | a map without a place         |
        | a link without an address     |
        | a card without elements       |
        | a quick reply without answers |
        | an action of an unknown kind  |
