Feature: Colon before a text

  Scenario: A mistake
    Given a batch that says:
      """
      Hello
      """
    When the connector sends the batch
    Then every command is accepted in order
