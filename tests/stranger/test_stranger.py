"""All features run on a deployment that the harness does not know, as on the built-in sandbox."""

from contextlib import closing
from pathlib import Path

import pytest

from connector_harness.control.routes import SandboxControl
from tests.endpoint.runs import Run
from tests.stranger.adapter import PRIVATE_ADDRESS
from tests.stranger.deployment import ACCOUNT
from tests.stranger.otherwise import REASONS
from tests.stranger.project import FeatureRun, Project, compare, outcomes, project_of
from tests.stranger.running import Stranger

FEWEST = {(True, True): 330, (True, False): 280, (False, True): 200, (False, False): 200}
"""How many scenarios pass at the least: with a receiver or without, with an agent or without."""

PAIRED = pytest.mark.parametrize(
    ("processes", "receiver", "agent"),
    [(1, True, True), (3, True, False), (3, False, True), (1, False, False)],
    ids=["receiver and agent", "receiver alone", "agent alone", "neither"],
)
"""Every two of the three meet once: processes, a receiver, an agent."""


@pytest.fixture(scope="module")
def ours(all_features: Run) -> FeatureRun:
    """All features on the built-in sandbox."""
    ended = outcomes(all_features.folder / "junit.xml")
    return FeatureRun(all_features.exit_code, all_features.output, ended)


@pytest.fixture
def project(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    receiver: bool,
    agent: bool,
) -> Project:
    """The project of somebody who has what the test says; without a receiver they read back."""
    there: Stranger = request.getfixturevalue("telling" if receiver else "deaf")
    read_back = None if receiver else "messaging-rest"
    folder = tmp_path_factory.mktemp("theirs") / "project"
    return project_of(folder, there, agent=agent, read_back=read_back)


def still_open(project: Project) -> list[object]:
    """Return the conversations of shoppers that the stranger holds as open."""
    control = SandboxControl(project.environ[PRIVATE_ADDRESS], ACCOUNT)
    with closing(control):
        held = control.read("conversations")
    assert isinstance(held, list)
    found = [each for each in held if isinstance(each, dict) and each["state"] == "OPEN"]
    return [each for each in found if str(each["consumer"]).startswith("shopper-")]


@pytest.mark.whole_run
@PAIRED
def test_all_features(
    ours: FeatureRun, project: Project, *, processes: int, receiver: bool, agent: bool
) -> None:
    """What can run there ends as here, but for a reason; the rest has sent nothing."""
    run = project.run(processes=processes)

    assert compare(ours, run, REASONS) == []
    assert len(run.ended("passed")) >= FEWEST[receiver, agent]
    if receiver:
        # Without one nobody learns of a conversation whose answer was lost; the run names whose.
        assert still_open(project) == []
    else:
        assert "perhaps opened, by a call without a usable answer: one of 'shopper-" in run.output
    reasons = {run.outcomes[name].reason.partition(" ")[0] for name in run.ended("skipped")}
    assert reasons == {"needs"}


@pytest.mark.whole_run
def test_history_is_read_back(ours: FeatureRun, deaf: Stranger, tmp_path: Path) -> None:
    """Where the account offers the history instead, messages are judged by that."""
    project = project_of(tmp_path / "project", deaf, agent=False, read_back="history")

    run = project.run("features/messages", "features/golden_path.feature", processes=2)

    assert [each for each in compare(ours, run, {}) if "did not run" not in each] == []
    assert len(run.ended("passed")) >= 40


@pytest.mark.whole_run
def test_nobody_tells_anything(ours: FeatureRun, deaf: Stranger, tmp_path: Path) -> None:
    """With neither a receiver, nor an agent, nor a way to read back, the rest still runs."""
    run = project_of(tmp_path / "project", deaf, agent=False).run(processes=2)

    assert compare(ours, run, REASONS) == []
    assert len(run.ended("passed")) >= 150


@pytest.mark.whole_run
def test_eight_processes_share_a_receiver(
    ours: FeatureRun, telling: Stranger, tmp_path: Path
) -> None:
    """However many there are, each hears what it waits for at the one fixed address."""
    run = project_of(tmp_path / "project", telling).run("features/messages", processes=8)

    assert [each for each in compare(ours, run, {}) if "did not run" not in each] == []
    assert len(run.ended("passed")) >= 45
