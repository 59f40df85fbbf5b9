"""The CI system is told by its variables; without them there is none."""

import json
from pathlib import Path

import pytest

from connector_harness.results.ci_system import detect, executor
from tests.project import PASSING, Project

ROOT = Path("/builds/shop/e2e")


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"GITHUB_ACTIONS": "true"}, "github"),
        ({"GITLAB_CI": "true"}, "gitlab"),
        ({"TF_BUILD": "True"}, "azure"),
        ({"JENKINS_URL": "https://jenkins.test/"}, "jenkins"),
    ],
)
def test_system_is_known_by_its_variable(environment: dict[str, str], name: str) -> None:
    """Each sets one variable everywhere."""
    found = detect(environment, ROOT)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": "false"}, {"CI": "true"}], ids=str)
def test_anything_else_is_none(environment: dict[str, str]) -> None:
    """On one's own machine there is none."""
    assert detect(environment, ROOT) is None


@pytest.mark.parametrize(
    ("checkout", "path"),
    [("/builds/shop", "e2e/f.feature"), ("/builds/shop/e2e", "f.feature"), ("/x", "f.feature")],
)
def test_paths_are_those_of_the_checkout(checkout: str, path: str) -> None:
    """A project in a folder of its repository is found there."""
    found = detect({"GITLAB_CI": "true", "CI_PROJECT_DIR": checkout}, ROOT)

    assert found is not None
    assert found.path("f.feature") == path


def test_github_has_a_place_for_summary_and_sources(tmp_path: Path) -> None:
    """Both are told by variables."""
    server = {"GITHUB_SERVER_URL": "https://g.test", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "c0"}
    told = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "s.md")}

    found = detect(server | told, ROOT)

    assert found is not None
    assert (found.source, found.summary) == ("https://g.test/a/b/blob/c0/", tmp_path / "s.md")


GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.test",
    "GITHUB_REPOSITORY": "shop/tests",
    "GITHUB_RUN_ID": "77",
    "GITHUB_RUN_NUMBER": "5",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_WORKFLOW": "CI",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_URL": "https://gitlab.test/shop",
    "CI_PIPELINE_IID": "5",
    "CI_JOB_NAME": "features",
    "CI_JOB_URL": "https://gitlab.test/shop/-/jobs/77",
}
JENKINS = {
    "JENKINS_URL": "https://jenkins.test/",
    "JOB_URL": "https://jenkins.test/job/shop/",
    "JOB_NAME": "shop",
    "BUILD_NUMBER": "5",
    "BUILD_URL": "https://jenkins.test/job/shop/5/",
}
AZURE = {
    "TF_BUILD": "True",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.test/shop/",
    "SYSTEM_TEAMPROJECT": "All tests",
    "BUILD_BUILDID": "77",
    "BUILD_BUILDNUMBER": "20260101.5",
    "BUILD_DEFINITIONNAME": "nightly",
}


@pytest.mark.parametrize(
    ("environ", "kind", "order", "name", "address"),
    [
        (GITHUB, "github", 5, "CI #5", "https://github.test/shop/tests/actions/runs/77/attempts/2"),
        (GITLAB, "gitlab", 5, "features #5", "https://gitlab.test/shop/-/jobs/77"),
        (JENKINS, "jenkins", 5, "shop #5", "https://jenkins.test/job/shop/5/"),
        (
            AZURE,
            "azure",
            77,
            "nightly #20260101.5",
            "https://dev.azure.test/shop/All%20tests/_build/results?buildId=77",
        ),
    ],
    ids=["github", "gitlab", "jenkins", "azure"],
)
def test_pipeline_is_known_by_its_variables(
    environ: dict[str, str], kind: str, order: int, name: str, address: str
) -> None:
    """Kind, number, name and address of the build are what its variables say."""
    told = executor(environ)

    assert told is not None
    keys = ("type", "buildOrder", "buildName", "buildUrl")
    assert tuple(told[key] for key in keys) == (kind, order, name, address)


def test_what_is_not_known_is_left_out() -> None:
    """A pipeline that says no more than that it is one has a name and a kind."""
    assert executor({"GITLAB_CI": "true"}) == {
        "name": "GitLab CI",
        "type": "gitlab",
        "buildName": "pipeline",
    }


@pytest.mark.parametrize("missing", ["BUILD_BUILDID", "SYSTEM_TEAMPROJECT"])
def test_address_that_lacks_a_part_is_none(missing: str) -> None:
    """Half an address leads nowhere, and is left out."""
    told = executor({name: value for name, value in AZURE.items() if name != missing})

    assert told is not None
    assert "buildUrl" not in told


def test_without_a_pipeline_there_is_nothing() -> None:
    """A run at somebody's desk names no executor, whatever else its environment has."""
    assert executor({"BUILD_URL": "https://shop.test", "CI": "true"}) is None


def test_run_in_a_pipeline_writes_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file lies beside the results, and a run without a pipeline leaves none of another."""
    project.feature(PASSING)
    for variable, value in GITLAB.items():
        monkeypatch.setenv(variable, value)
    project.run()
    file = project.results_folder / "executor.json"
    assert json.loads(file.read_bytes())["buildOrder"] == 5

    monkeypatch.delenv("GITLAB_CI")
    project.run()

    assert not file.exists()
