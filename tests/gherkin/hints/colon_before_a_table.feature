Feature: Colon before a table

  Scenario: A mistake
    Given a batch of:
      | profile              | known customer |
      | conversation request |                |
    When the connector sends the batch
    Then every command is accepted in order
