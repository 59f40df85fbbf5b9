"""The stranger, as often as tests need it, and projects of those who test it."""

from collections.abc import Iterator

import pytest

from tests.ports import free_port
from tests.stranger.running import Stranger, stranger


@pytest.fixture(scope="session")
def deaf() -> Iterator[Stranger]:
    """A stranger whose app has no webhooks."""
    with stranger() as running:
        yield running


@pytest.fixture(scope="session")
def telling() -> Iterator[Stranger]:
    """A stranger whose app is told everything at the public address."""
    with stranger(receiver=f"http://127.0.0.1:{free_port()}") as running:
        yield running
