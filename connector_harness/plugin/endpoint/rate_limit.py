"""The limits on calls: those that settings name, and those that the account turns out to have."""

import time
from collections.abc import Callable
from importlib.util import find_spec

import pytest

from connector_harness.client.calls import Throttle, Turn
from connector_harness.client.settings import SANDBOX, Endpoint
from connector_harness.plugin.processes.channel import shared_folder


def is_limited(endpoint: Endpoint) -> bool:
    """Return whether the settings of *endpoint* limit its calls."""
    return endpoint.max_concurrent is not None or endpoint.requests_per_second is not None


def is_shared(endpoint: Endpoint) -> bool:
    """Return whether the processes of a run have to come together over *endpoint*.

    On the sandbox each has an account of its own, whose limits are no other's.
    """
    return endpoint.name != SANDBOX or is_limited(endpoint)


def throttle(
    config: pytest.Config, endpoint: Endpoint, *, wait: Callable[[float], None] = time.sleep
) -> Throttle | None:
    """Return what holds the calls of all processes while one is throttled; None where none is."""
    if not is_shared(endpoint) or find_spec("fcntl") is None:
        return None
    # Imported here: not every system has such locks.
    from connector_harness.client.http import rate_limit  # noqa: PLC0415

    return rate_limit.FileThrottle(shared_folder(config), wait=wait)


def turn(
    config: pytest.Config, endpoint: Endpoint, *, wait: Callable[[float], None] = time.sleep
) -> Turn | None:
    """Return what lets the next call to *endpoint* begin; None where calls are not limited.

    All processes of the run keep the limit together.
    """
    if not is_limited(endpoint):
        return None
    # Imported here: few endpoints limit calls, and not every system has such locks.
    from connector_harness.client.http.rate_limit import RateLimit  # noqa: PLC0415

    limit = RateLimit(
        shared_folder(config),
        max_concurrent=endpoint.max_concurrent,
        requests_per_second=endpoint.requests_per_second,
        wait=wait,
    )
    return limit.turn
