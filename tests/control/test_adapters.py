"""An agent that settings name is loaded, or one message says why it cannot be."""

import sys
from pathlib import Path

import pytest

from connector_harness.client.settings import Endpoint, Secret, SettingsError
from connector_harness.control.adapters import load_agent

DESK = '''
"""A desk."""

import sys
import os

from connector_harness.control.agent import Agent
from desk_words import GREETING


class Desk(Agent):
    def __init__(self, account):
        self.account = account

    def say(self, conversation_id, text, *, metadata=None):
        return GREETING


class Slip(Agent):
    def recept(self, conversation_id, status, sequences):
        return 1


class Lone:
    def transferr(self, conversation_id, skill):
        """Hand it on."""


def agent(endpoint):
    return Desk(endpoint.account)


def slip(endpoint):
    return Slip()


def lone(endpoint):
    return Lone()


def leaky(endpoint):
    raise ValueError(f"no entry for {' or '.join(endpoint.secrets)}")


def unset(endpoint):
    return Desk(os.environ["USER_OF_NO_DESK"])


def greedy(endpoint, password):
    return Desk(password)


class Moody(Agent):
    @property
    def cannot(self):
        raise RuntimeError("not today")


def moody(endpoint):
    return Moody()


def leaving(endpoint):
    sys.exit("nobody is at the desk")
'''

SECRETS = ("the-secret-of-this-shop", "the-token-of-a-user")
WRONG = {
    "nowhere:agent": "there is no module 'nowhere'",
    "our_desks.desk:agent": "there is no module 'our_desks'; the closest is 'our_desk'",
    "our_desk.desk:agent": "there is no module 'our_desk.desk'; the closest is 'our_desk.desks'",
    "our_desk.needy:agent": "it needs a_package_of_nobody, which is not installed",
    "our_desk.broken:agent": "imported: ZeroDivisionError: division by zero (broken.py:1)",
    "our_desk.desks:agnet": "our_desk.desks has no 'agnet'; the closest is 'agent'",
    "our_desk.desks:leaky": "leaky failed: ValueError: no entry for *** or *** (desks.py:",
    "our_desk.desks:unset": "unset failed: KeyError: 'USER_OF_NO_DESK' (desks.py:",
    "our_desk.desks:greedy": "greedy failed: TypeError: ",
    "our_desk.desks:moody": "moody failed: RuntimeError: not today (desks.py:",
    "our_desk.desks:leaving": "leaving failed: SystemExit: nobody is at the desk (desks.py:",
    "our_desk.desks:slip": "'recept' is no method of an agent; the closest is 'receipt'",
    "our_desk.desks:lone": (
        "lone returned Lone, which lacks: join, say, publish, type, receipt, send_file, transfer, "
        "close, survey, close_survey, cannot, sign_out; 'transferr' is no method of an agent; "
        "the closest is 'transfer'"
    ),
}


@pytest.fixture
def rootdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an adapter, which is not the working directory."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", {**sys.modules})
    package = tmp_path / "our_desk"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "desks.py").write_text(DESK, encoding="utf-8")
    (package / "needy.py").write_text("import a_package_of_nobody\n", encoding="utf-8")
    (package / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "desk_words.py").write_text("GREETING = 7\n", encoding="utf-8")
    return tmp_path


def named(agent: str | None) -> Endpoint:
    """Return an endpoint whose settings name *agent*."""
    return Endpoint(
        name="live",
        account="7",
        client_id="c",
        client_secret=Secret(SECRETS[0]),
        history_token=Secret(SECRETS[1]),
        agent=agent,
    )


def test_adapter_is_found_from_the_root_of_the_project(rootdir: Path) -> None:
    """The module may import others that lie there, and the factory is told of the endpoint."""
    agent = load_agent(named("our_desk.desks:agent"), rootdir=rootdir)

    assert agent is not None
    assert (vars(agent), agent.say("c-1", "Hello")) == ({"account": "7"}, 7)


def test_nobody_is_nobody(rootdir: Path) -> None:
    """Settings that name no agent load none."""
    assert load_agent(named(None), rootdir=rootdir) is None


@pytest.mark.parametrize(("name", "what"), WRONG.items(), ids=WRONG)
def test_wrong_agent_is_one_message(rootdir: Path, name: str, what: str) -> None:
    """It says what is wrong, in which setting, and what to do; never a secret."""
    with pytest.raises(SettingsError) as raised:
        load_agent(named(name), rootdir=rootdir)

    told = str(raised.value)
    assert what in told
    assert f"agent = {name!r}: " in told
    assert "at: pyproject.toml, [tool.connector_harness.endpoints.live]\n     next: " in told
    assert not [secret for secret in SECRETS if secret in told]


def test_person_needs_a_terminal(rootdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nobody can be asked, and nothing waits for an answer."""
    monkeypatch.setattr("connector_harness.control.manual_agent.TERMINAL", Path("/dev/null"))

    with pytest.raises(SettingsError, match="there is no terminal at which a person"):
        load_agent(named("manual"), rootdir=rootdir)
