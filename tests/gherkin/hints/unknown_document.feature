Feature: Unknown document

  Scenario: A mistake
    Given the profile "known custmer"
    And a conversation request
    When the connector sends the batch
    Then every command is accepted in order
