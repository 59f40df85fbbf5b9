"""Features run on a deployment that the harness does not know."""

import pytest

from tests.stranger.otherwise import REASONS
from tests.stranger.project import FeatureRun, Project, compare, project_on_sandbox

SOME = ("features/golden_path.feature", "features/sign_in")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> FeatureRun:
    """The same features on the built-in sandbox."""
    return project_on_sandbox(tmp_path_factory.mktemp("ours") / "project").run(*SOME)


def test_features_run_there(ours: FeatureRun, deaf_project: Project) -> None:
    """Signed in and heard of by nobody, a connector does what it does on the sandbox."""
    run = deaf_project.run(*SOME)

    assert compare(ours, run, REASONS) == []
    assert len(run.ended("passed")) >= 20


def test_features_run_there_in_three_processes(ours: FeatureRun, deaf_project: Project) -> None:
    """They share the account, and end as in one process."""
    run = deaf_project.run(*SOME, processes=3)

    assert compare(ours, run, REASONS) == []
