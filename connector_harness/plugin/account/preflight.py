"""Whether the endpoint can be reached and lets the account in, seen before the first scenario."""

from collections.abc import Sequence

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.domains import DomainError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.tokens import SignInError, read_token
from connector_harness.plugin.account.cleanup import Unconcerned
from connector_harness.plugin.account.production import is_production
from connector_harness.plugin.collecting.collection import OURS, ScenarioItem
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.endpoint.rate_limit import turn
from connector_harness.plugin.running.bdd import behind, fixture_parameters, step_definitions
from connector_harness.plugin.stash import REDACTOR

HOPELESS = frozenset({"refused", "unreachable", "tls", "protocol"})
"""The kinds of failures that no second try cures; silence and a lost connection may pass."""

PASSING = frozenset({408, 429, *range(500, 600)})
"""The statuses of an endpoint that is busy or broken for a moment; any other stays as it is."""


def is_wanted(config: pytest.Config, items: Sequence[pytest.Item]) -> bool:
    """Return whether one of *items* will speak to an endpoint that the run has not started."""
    if config.stash[ENDPOINT].name == SANDBOX:
        return False
    fixtures = fixture_parameters(config.pluginmanager, ours=OURS)
    return any(
        "connector" in behind(step.definition.required, fixtures)
        for item in items
        if isinstance(item, ScenarioItem) and item.get_closest_marker("skip") is None
        for step in item.steps
    )


def may_be_wanted(config: pytest.Config) -> bool:
    """Return the same where others run the items, as far as that can be known beforehand."""
    if config.stash[ENDPOINT].name == SANDBOX or is_production(config):
        # In production most is held back, perhaps all.
        return False
    fixtures = fixture_parameters(config.pluginmanager, ours=OURS)
    definitions = step_definitions(config.pluginmanager)
    return any("connector" in behind(each.required, fixtures) for each in definitions)


def preflight(config: pytest.Config) -> None:
    """Look services up and get an app token.

    What is certain to fail every scenario ends the run, and is said once: an address or an account
    that is wrong, credentials that are refused, an answer that is none of the API's, a certificate
    that nobody trusts, a host outside the allowed domains. What may pass, as silence or a 503, is
    left to the scenarios.

    Raises:
        pytest.UsageError: The endpoint cannot be used.
    """
    under_test = config.stash[ENDPOINT]
    connector = Connector(
        under_test.endpoint,
        witness=Unconcerned(),
        redactor=config.stash[REDACTOR],
        turn=turn(config, under_test.endpoint),
    )
    with connector:
        failure = _failure(connector, config)
    if failure is not None:
        name = under_test.endpoint.name
        raise pytest.UsageError(
            f"endpoint {name!r} cannot be used, so no scenario was run\n"
            f"  {str(failure).replace(chr(10), chr(10) + '  ')}\n"
            f"  next: python -m connector_harness.doctor --endpoint {name} looks at all of it"
        )


def _failure(connector: Connector, config: pytest.Config) -> Exception | None:
    try:
        reply = connector.request_app_token()
        read_token(reply.exchange, "access_token", config.stash[REDACTOR])
    except TransportError as error:
        return error if error.kind in HOPELESS else None
    except (DomainError, SignInError) as error:
        return None if error.exchange.status in PASSING else error
    return None
