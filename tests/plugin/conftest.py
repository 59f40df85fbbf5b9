"""Projects in which the plugin runs."""

import pytest

from tests.plugin.project import CREDENTIALS, Project


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with the sentences of a shop and no feature yet."""
    monkeypatch.delenv("CONNECTOR_ENDPOINT", raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    # Wide enough for the short summary to be whole.
    monkeypatch.setenv("COLUMNS", "300")
    return Project(pytester)
