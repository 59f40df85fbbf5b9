"""A server for the runs of the plugin's tests."""

from collections.abc import Iterator

import pytest

from tests.plugin.calling import OpeningServer
from tests.project import Project


@pytest.fixture
def server() -> Iterator[OpeningServer]:
    """A server that answers as a working endpoint; every conversation has an id of its own."""
    server = OpeningServer()
    yield server
    server.close()


@pytest.fixture
def ci_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose runs are those of a pipeline at GitHub."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return project
