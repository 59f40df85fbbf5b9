@files
Feature: A shopper sends a file
  A file is put at an address that is good for a minute and for that file alone; a message
  then tells the agent where it is. What was put there comes back byte for byte.

  Rule: A file goes out and comes back byte for byte

    Background:
      Given the connector listens
      And a shopper with an open conversation

    @critical
    Scenario Outline: The shopper sends "<file>"
      Given the file "<file>"
      When the shopper sends it with the caption "What arrived"
      Then it is accepted with number 0
      And the shopper's file comes back with the caption "What arrived"
      And the file can be fetched, byte for byte

      Examples: every type of file there is
        | file          |
        | torn parcel   |
        | broken vase   |
        | label         |
        | waving parcel |

    Scenario: A file needs no caption
      Given the file "torn parcel"
      When the shopper sends it
      Then it is accepted with number 0
      And the file can be fetched, byte for byte

    # Assumed: a megabyte is 1024 times 1024 bytes.
    Scenario: The largest file is taken
      Given a file of 3 MB
      When the shopper sends it
      Then it is accepted with number 0
      And the file can be fetched, byte for byte

  Rule: There is no address for what may not be sent

    Background:
      Given a shopper with an open conversation

    # Assumed: a file that is too large gets no address; documented is only the limit.
    @negative
    Scenario: A file of one byte too many gets no address
      Given a file of 3 MB and one byte
      When the shopper sends it
      Then it is refused
      And no address is given
      And the conversation shows no further message

    # Assumed: a file of another type gets no address; documented are only the types.
    @negative
    Scenario Outline: A file of type <type> gets no address
      Given a file of type <type>
      When the shopper sends it all the same
      Then it is refused
      And no address is given
      And the conversation shows no further message

      Examples: pictures, texts and documents, which other pages name, and a program
        | type |
        | IMG  |
        | TXT  |
        | PDF  |
        | EXE  |
