@discovery @safe-in-production
Feature: A connector finds the services of its account
  Every account has services of its own, and they move. A connector asks where they are instead
  of knowing it, and takes no for an answer where there is no such account or service. Looking
  up changes nothing and reaches nobody, so it may be done on a real account.

  Scenario: All services are found at once
    Given the services a connector needs
    When the connector looks them all up
    Then each of them is found once, for this account

  Scenario Outline: The service for <purpose> is found by its name
    Given the service for <purpose>
    When the connector looks it up
    Then it is found for this account

    Examples: what a connector does with them
      | purpose         |
      | messages        |
      | app tokens      |
      | consumer tokens |
      | files           |

  @negative
  Scenario: A service that nobody offers is not found
    Given a service that nobody offers
    When the connector looks it up
    Then no service is given
