"""Projects whose runs are interrupted."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.interruptions.runs")

from tests.interruptions.runs import Project  # noqa: E402  # after what rewrites its asserts


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without features."""
    return Project(tmp_path / "project")
