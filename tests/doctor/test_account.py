"""What features and settings name of an account, and the agent."""

from pathlib import Path

import pytest

from tests.doctor.looking import SECRET, endpoint_at, look_over

NOWHERE = "http://127.0.0.1:9"
DESK = """
from pathlib import Path

from connector_harness.control.agent import Agent


class Desk(Agent):
    def close(self, conversation_id):
        pass

    def sign_out(self):
        Path(__file__).with_name("signed_out").touch()


def agent(endpoint):
    return Desk()


class Stuck(Desk):
    def sign_out(self):
        raise TimeoutError("the desk does not answer")


def stuck(endpoint):
    return Stuck()


def locked(endpoint):
    raise PermissionError(endpoint.client_secret.get_secret_value())
"""


@pytest.fixture
def rootdir(tmp_path: Path) -> Path:
    """A project whose features name a skill, and which has an adapter."""
    (tmp_path / "features").mkdir()
    feature = 'Feature: F\n  Scenario: S\n    When the agent transfers to skill "billing"\n'
    (tmp_path / "features" / "f.feature").write_text(feature, encoding="utf-8")
    (tmp_path / "doctors_desk.py").write_text(DESK, encoding="utf-8")
    return tmp_path


def test_skill_without_an_id(rootdir: Path) -> None:
    """What the features name and the settings lack is made up, and no account has it."""
    found = look_over(endpoint_at(NOWHERE, skills={"returns": "7"}), rootdir)["skills, campaigns"]

    told = "features name the skill(s) 'billing', and the settings no id"
    assert (found.outcome, found.told) == ("wrong", told)
    assert 'skills = { billing = "id" }' in found.next


def test_names_in_examples_and_documents(rootdir: Path) -> None:
    """They count too, unless a document has an id for where the settings have none."""
    rows = "      | target   | name |\n      | campaign | web  |\n"
    (rootdir / "features" / "g.feature").write_text(rows, encoding="utf-8")
    document = '["{skill:vip}", "{skill:anybody=-1}", "{engagement:spring}"]'
    (rootdir / "features" / "d.json").write_text(document, encoding="utf-8")

    found = look_over(endpoint_at(NOWHERE), rootdir)["skills, campaigns"]

    skills, campaigns = found.told.split("; ")
    assert skills == "features name the skill(s) 'billing', 'vip', and the settings no id"
    assert campaigns == "features name the campaign(s) 'spring', 'web', and the settings no id"


def test_names_in_linked_folders(rootdir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a link leads to is collected, so it counts."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "d.json").write_text('["{campaign:spring}"]', encoding="utf-8")
    (rootdir / "features" / "data").symlink_to(elsewhere)

    found = look_over(endpoint_at(NOWHERE, skills={"billing": "7"}), rootdir)["skills, campaigns"]

    assert found.told == "features name the campaign(s) 'spring', and the settings no id"


def test_names_of_the_settings(rootdir: Path) -> None:
    """Skills and campaigns are listed with their ids."""
    endpoint = endpoint_at(NOWHERE, skills={"billing": "4711"}, campaigns={"web": "1/2"})

    found = look_over(endpoint, rootdir)["skills, campaigns"]

    assert (found.outcome, found.told) == ("good", "skill billing = 4711, campaign web = 1/2")


def test_agent_is_loaded(rootdir: Path) -> None:
    """What the agent can do is listed, and what not; the seat is given back."""
    found = look_over(endpoint_at(NOWHERE, agent="doctors_desk:agent"), rootdir)["agent"]

    assert found.outcome == "good"
    assert found.told.startswith("doctors_desk:agent: close; not: close_survey, join, ")
    assert (rootdir / "signed_out").exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("doctors_desk:agnet", "doctors_desk has no 'agnet'; the closest is 'agent'"),
        ("doctors_desk:locked", "locked failed: PermissionError: ***"),
    ],
)
def test_agent_that_cannot_be_had(rootdir: Path, name: str, told: str) -> None:
    """The message is that of a run, without the secret."""
    found = look_over(endpoint_at(NOWHERE, agent=name), rootdir)["agent"]

    assert (found.outcome, told in found.told) == ("wrong", True)
    assert found.next
    assert SECRET not in str(found)


def test_agent_that_does_not_sign_out(rootdir: Path) -> None:
    """It is told, and the checks go on."""
    checks = look_over(endpoint_at(NOWHERE, agent="doctors_desk:stuck"), rootdir)

    assert checks["agent"].outcome == "wrong"
    assert "did not sign out: TimeoutError: the desk does not answer" in checks["agent"].told
    assert "rate limits" in checks
