Feature: Full stop behind a sentence that waits

  Scenario: A mistake
    Given a shopper in conversation with an agent
    When the agent answers "Hello"
    Then within 20 seconds the agent's "Hello" arrives with number 1.
