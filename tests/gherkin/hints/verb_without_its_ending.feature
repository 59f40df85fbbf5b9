Feature: Verb without its ending

  Scenario: A mistake
    Given a batch that says "Hello"
    When the connector send the batch
    Then every command is accepted in order
