Feature: Row of a table misspelt

  Scenario: A mistake
    Given a batch of
      | profil | known customer |
    When the connector sends the batch
    Then every command is accepted in order
