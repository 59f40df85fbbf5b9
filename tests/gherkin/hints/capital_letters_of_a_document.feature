Feature: Capital letters of a document

  Scenario: A mistake
    Given the profile "Known Customer"
    And a conversation request
    When the connector sends the batch
    Then every command is accepted in order
