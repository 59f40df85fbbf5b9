Feature: Other verb

  Scenario: A mistake
    Given a shopper in conversation with an agent
    When the agent says "On its way."
    Then the agent's "On its way." arrives with number 1
