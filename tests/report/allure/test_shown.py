"""Both Allures show every attachment that a run has written."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_harness.results.failure_class import MEANINGS, FailureClass
from tests.endpoint.runs import Run
from tests.failing.runs import run_against_a_server
from tests.report.npm import install

TIMEOUT_S = 180


def objects(document: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(document, dict):
        yield document
        for each in document.values():
            yield from objects(each)
    elif isinstance(document, list):
        for each in document:
            yield from objects(each)


def read(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    """Yield every object of the JSON files in *folder*."""
    for file in folder.glob(pattern):
        yield from objects(json.loads(file.read_bytes()))


def written(results: Path) -> int:
    """Return how many references to attachments the results hold."""
    return sum("source" in each and "type" in each for each in read(results, "*-result.json"))


def generated(command: Path, results: Path, report: Path, *words: str | Path) -> Path:
    """Return the data of the report that *command* makes of *results*."""
    subprocess.run(  # noqa: S603  # our own command line
        [command, "generate", results, *words, "-o", report],
        check=True,
        capture_output=True,
        timeout=TIMEOUT_S,
        env={**os.environ, "ALLURE_NO_ANALYTICS": "1"},
    )
    return report / "data"


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both commands, from npm."""
    return install(tmp_path_factory.mktemp("npm"), "allure@3.18", "allure-commandline@2.46")


@pytest.fixture(scope="module", params=["green", "red"])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of all features, and of such as fail for every reason."""
    if request.param == "red":
        return run_against_a_server(tmp_path_factory.mktemp("red")).folder / "allure"
    done: Run = request.getfixturevalue("all_features")
    return done.folder / "allure"


@pytest.mark.whole_run
def test_allure_3_shows_every_attachment(commands: Path, results: Path, tmp_path: Path) -> None:
    """Each has a place of its own, and a file that is there."""
    command = commands / "node_modules" / ".bin" / "allure"
    data = generated(command, results, tmp_path / "report")

    found = read(data / "test-results", "*.json")
    links = [each["link"] for each in found if each.get("type") == "attachment"]

    assert not [link for link in links if link.get("missing")]
    assert len({link["id"] for link in links}) == written(results) > 0


@pytest.mark.whole_run
def test_allure_2_shows_every_attachment(commands: Path, results: Path, tmp_path: Path) -> None:
    """Each stands below its step, and has a file that is there."""
    command = commands / "node_modules" / "allure-commandline" / "bin" / "allure"
    data = generated(command, results, tmp_path / "report")

    shown = [each["source"] for each in read(data / "test-cases", "*.json") if "size" in each]

    files = {file.name for file in (data / "attachments").iterdir()}
    assert set(shown) <= files
    assert len(shown) == written(results) > 0


@pytest.mark.whole_run
def test_allure_3_groups_failures_by_their_class(
    commands: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """With the configuration beside the results, which the printed command names."""
    command = commands / "node_modules" / ".bin" / "allure"
    found = run_against_a_server(tmp_path_factory.mktemp("red")).folder / "allure"

    report = generated(command, found, tmp_path / "report", "--config", found / "allurerc.json")

    nodes = read(report.parent / "widgets", "categories.json")
    named = {each["name"] for each in nodes if each.get("type") == "category"}
    classes = {
        label["value"]
        for result in read(found, "*-result.json")
        for label in result.get("labels", ())
        if label["name"] == "failureClass"
    }
    assert named == {f"{kind}: {MEANINGS[FailureClass(kind)]}" for kind in classes} != set()
