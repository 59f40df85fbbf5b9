"""Projects in which the plugin runs."""

from collections.abc import Iterator

import pytest

from tests.plugin.calling import OpeningServer
from tests.plugin.project import CREDENTIALS, Project


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with the sentences of a shop and no feature yet."""
    # What the run is part of that these tests are part of is not what the project is part of.
    for name in ("CONNECTOR_ENDPOINT", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    # Wide enough for the short summary to be whole.
    monkeypatch.setenv("COLUMNS", "300")
    return Project(pytester)


@pytest.fixture
def server() -> Iterator[OpeningServer]:
    """A server that answers as a working endpoint; every conversation has an id of its own."""
    server = OpeningServer()
    yield server
    server.close()
