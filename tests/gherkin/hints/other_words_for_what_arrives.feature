Feature: Other words for what arrives

  Scenario: A mistake
    Given a shopper in conversation with an agent
    When the agent answers "On its way."
    Then the agent's message "On its way." arrives
