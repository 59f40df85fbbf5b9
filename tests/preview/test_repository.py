"""The features of this repository are previewed without a network, each time the same."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.endpoint.runs import ROOT, environment, make_project
from tests.preview.no_network import STATUS

TIMEOUT_S = 300
# Where it is installed, pytest-rerunfailures listens on a port of its own in every run.
NETWORKLESS = ("-p", "no:rerunfailures", "-p", "tests.preview.no_network")


class Preview(NamedTuple):
    """A preview of all features.

    Attributes:
        folder: Where its pages are.
        output: What it wrote to the terminal.
    """

    folder: Path
    output: str

    @property
    def pages(self) -> dict[str, str]:
        """The text of each page, by its place."""
        return {
            file.relative_to(self.folder).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(self.folder.rglob("*.md"))
        }


def pytest_in(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest in *project*, which need not know of this repository's tests."""
    return subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=project,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def previewed(project: Path, *arguments: str) -> Preview:
    """Preview *project*."""
    ended = pytest_in(project, "--preview", *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return Preview(project / "reports" / "preview", ended.stdout)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Preview:
    """A preview for which a socket would have been the end."""
    project = make_project(tmp_path_factory.mktemp("first") / "project", "")
    return previewed(project, *NETWORKLESS)


def test_no_socket_is_opened_and_no_process_started(first: Preview) -> None:
    """All features are previewed under the eyes of somebody who would end it."""
    features = len(list((ROOT / "features").rglob("*.feature")))

    assert f" of {features} feature(s); nothing was sent" in first.output
    assert len(first.pages) == features


def test_run_does_reach_for_a_network(tmp_path: Path) -> None:
    """Whoever looks for sockets and processes would find those of a run."""
    project = make_project(tmp_path / "project", "")

    ended = pytest_in(project, *NETWORKLESS, "features/sign_in")

    assert ended.returncode == STATUS
    assert "forbidden: " in ended.stderr


def test_nothing_differs_from_run_to_run(
    first: Preview, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another process, at another time: the same pages."""
    project = make_project(tmp_path_factory.mktemp("second") / "project", "")

    assert previewed(project).pages == first.pages


def test_kept_pages_are_up_to_date(first: Preview) -> None:
    """What a review sees is what would be sent; after a change, `pytest --preview` writes it."""
    kept = Preview(ROOT / "reports" / "preview", "").pages

    assert sorted(kept) == sorted(first.pages)
    assert [name for name in kept if kept[name] != first.pages[name]] == []


def test_every_scenario_is_shown_to_its_end(first: Preview) -> None:
    """Against what answers here, nothing cannot be previewed."""
    assert [name for name, page in first.pages.items() if " from here on:**" in page] == []


def test_no_value_of_the_moment_is_left(first: Preview) -> None:
    """No random id, no token and no time of today stands in a page."""
    text = "\n".join(first.pages.values())

    assert set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)) <= {
        "00000000-0000-4000-8000-000000000000"
    }
    assert re.findall(r"eyJ[\w-]+|\b1[789]\d{8}\b|localhost|127\.0\.0\.1", text) == []


STAGING = """
[tool.connector_harness]
endpoint = "staging"
[tool.connector_harness.endpoints.staging]
account = "70000001"
"""
RECEIVER = """
[tool.connector_harness.endpoints.staging.receiver]
listen = "0.0.0.0:8443"
public_address = "https://hooks.example.test"
"""


@pytest.mark.parametrize("told", [RECEIVER, 'read_back = "messaging-rest"'], ids=["told", "read"])
def test_configured_endpoint_is_previewed_without_a_network(tmp_path: Path, told: str) -> None:
    """Nothing is waited for that nobody sends, and what cannot be shown there says why."""
    project = make_project(tmp_path / "project", STAGING + told)

    preview = previewed(project, *NETWORKLESS)

    pages = "".join(preview.pages.values())
    assert "no call goes wrong in a preview: endpoint 'staging' is no sandbox" in pages
    took_s = float(re.findall(r"no tests ran in ([0-9.]+)s", preview.output)[-1])
    assert took_s < 60
