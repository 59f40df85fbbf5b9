Feature: No file to fetch

  Scenario: A mistake
    When the connector fetches it
    Then the file can be fetched, byte for byte
