"""The stranger, as often as tests need it, and projects of those who test it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stranger.project import Project, project_of
from tests.stranger.running import Stranger, stranger


def free_address() -> str:
    """Return an address of this machine at which nobody listens yet."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{holder.getsockname()[1]}"


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


@pytest.fixture
def deaf_project(tmp_path: Path, deaf: Stranger) -> Project:
    """The project of somebody who has neither a receiver nor an agent."""
    return project_of(tmp_path / "project", deaf, agent=False)
