"""The limit on calls that the settings of the endpoint ask for."""

import time
from collections.abc import Callable

import pytest

from connector_harness.client.calls import Turn
from connector_harness.client.settings import Endpoint
from connector_harness.plugin.shared_folder import shared_folder


def is_limited(endpoint: Endpoint) -> bool:
    """Return whether the settings of *endpoint* limit its calls."""
    return endpoint.max_concurrent is not None or endpoint.requests_per_second is not None


def turn(
    config: pytest.Config, endpoint: Endpoint, *, wait: Callable[[float], None] = time.sleep
) -> Turn | None:
    """Return what lets the next call to *endpoint* begin; None where calls are not limited.

    All processes of the run keep the limit together.

    Args:
        config: pytest's configuration.
        endpoint: Whose settings name the limits.
        wait: Passes the seconds that a call must wait.
    """
    if not is_limited(endpoint):
        return None
    # Imported here: few endpoints limit calls, and not every system has such locks.
    from connector_harness.client.rate_limit import RateLimit  # noqa: PLC0415

    limit = RateLimit(
        shared_folder(config),
        max_concurrent=endpoint.max_concurrent,
        requests_per_second=endpoint.requests_per_second,
        wait=wait,
    )
    return limit.turn
