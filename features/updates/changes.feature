@updates
Feature: A shopper changes some things of a conversation
  How soon an answer is due, and who the shopper is, may turn out while they talk. Who serves them,
  and in which skill, is for the brand to decide.

  Rule: A shopper may say how soon an answer is due
    The brand has three kinds of hurry, each with a time that it has set; "custom" is for a time of
    the shopper's own.

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: shoppers may say so at all; the documentation leaves it to permissions.
    Scenario Outline: An answer is due as "<due>"
      Given the shopper has said "Hello"
      When the shopper asks for an answer that is "<due>", within <minutes> minutes
      Then the change is accepted
      And the connector hears that an answer is due as "<due>", within <minutes> minutes

      Examples: every kind of due
        | due         | minutes |
        | normal      | 60      |
        | prioritized | 15      |
        | urgent      | 5       |
        | custom      | 90      |

    # Assumed: what cannot be is refused like any other mistake.
    @negative
    Scenario Outline: An answer cannot be due <due>
      Given the shopper has said "Hello"
      When the shopper insists on an answer <due>
      Then it is refused
      And the connector hears of no further change

      Examples: unknown, and past
        | due       |
        | someday   |
        | yesterday |

  Rule: A shopper may introduce themselves at any time

    Background:
      Given a shopper with an open conversation

    # Assumed: a profile is answered as it is when a conversation is opened.
    Scenario Outline: The brand learns more of the shopper
      Given the shopper has said "By the way, it is me"
      When the shopper introduces themselves with the profile "<profile>"
      Then the profile is accepted on its own
      And the brand knows the profile "<profile>"

      Examples: a person, a customer, and both
        | profile            |
        | known person       |
        | known customer     |
        | customer in person |

    # Assumed: a profile that cannot be read is refused like any other mistake.
    @negative
    Scenario: A profile that nobody can read is refused
      Given the shopper has said "By the way, it is me"
      When the shopper introduces themselves unreadably
      Then it is refused
      And the conversation is still open, and shows no further message
      And the brand learns no further detail of the shopper

  Rule: What is for the brand to decide is refused

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: the documentation says that shoppers may change less than agents, but not what.
    @negative
    Scenario Outline: A shopper may not <change>
      Given the shopper has said "Hello"
      When the shopper wants to <change>
      Then it is refused
      And the connector hears of no further change

      Examples: who serves, who listens, where, and what nobody knows
        | change                          |
        | move to another skill           |
        | add an agent                    |
        | add a manager                   |
        | add a reader                    |
        | change an unknown thing         |
        | change something without a name |
        | change nothing                  |
        | change something of nothing     |

    # Assumed: as above.
    @negative
    Scenario Outline: Nor may a shopper <change>
      Given an agent has joined
      And the shopper has said "Hello"
      When the shopper wants to <change>
      Then it is refused
      And the connector hears of no further change

      Examples: the agent who is there
        | change                  |
        | remove the agent        |
        | change who the agent is |

  Rule: A conversation is changed by those who hold it

    Background:
      Given the connector listens
      And a shopper with an open conversation

    # Assumed: the error is that of a wrong consumer token; documented is only the refusal.
    @negative
    Scenario: Another shopper changes nothing
      Given the shopper has said "Hello"
      When another shopper gives this conversation 5 stars
      Then it is refused as another shopper's
      And the connector hears of no further change
