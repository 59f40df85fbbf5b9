"""The stranger, as often as tests need it, and projects of those who test it."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.stranger.running import Stranger, stranger


def free_address() -> str:
    """Return an address of this machine at which nobody listens yet.

    Its port is none of those that the system gives away by itself.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as holder, suppress(OSError):
            holder.bind(("127.0.0.1", port))
            return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def deaf() -> Iterator[Stranger]:
    """A stranger whose app has no webhooks."""
    with stranger() as running:
        yield running


@pytest.fixture(scope="session")
def telling() -> Iterator[Stranger]:
    """A stranger whose app is told everything at the public address."""
    with stranger(receiver=free_address()) as running:
        yield running
