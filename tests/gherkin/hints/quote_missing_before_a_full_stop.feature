Feature: Quote missing before a full stop

  Scenario: A mistake
    Given a shopper in conversation with an agent
    When the agent answers "On its way.
    Then the agent's "On its way." arrives with number 1
