"""The command line: what is printed, in which order, and how it ends."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connector_harness.doctor.__main__ import main
from connector_harness.sandbox.server import RunningSandbox
from tests.doctor.account import HiddenAccount, new_account
from tests.doctor.deployment import Deployment

PATIENCE_S = 60
DOCTOR = (sys.executable, "-m", "connector_harness.doctor")
PYPROJECT = """
[tool.pytest]
pythonpath = ["."]
testpaths = ["features"]
addopts = [
    "-p", "connector_harness.plugin", "--import-mode=importlib",
    "-p", "no:anyio", "-p", "no:hypothesispytest", "-p", "no:rerunfailures",
]

[tool.connector_harness.endpoints.staging]
discovery = "{account.url}"
agent = "staging_desk:agent"
skills = {{ billing = "4711" }}

[tool.connector_harness.endpoints.staging.receiver]
listen = "127.0.0.1:{account.port}"
public_address = "{account.public_address}"
"""
FEATURE = """
Feature: Parcels

  Scenario: One
    Given a parcel
    Then it goes to skill "billing"
"""
CONFTEST = """
import pytest
from pytest_bdd import given, then


@pytest.fixture
def seen():
    return []


@given("a parcel")
def a_parcel(seen):
    seen.append("a parcel")


@then('it goes to skill "billing"')
def it_goes(seen):
    assert seen == ["a parcel"]
"""
DESK = """
from connector_harness.control.agent import Agent


class Desk(Agent):
    def join(self, conversation_id): ...

    def say(self, conversation_id, text, *, metadata=None): ...


def agent(endpoint):
    return Desk()
"""
GOOD = """\
✓ settings          staging: account ACCOUNT at http://HERE
✓ discovery         asyncMessagingEnt, sentinel, idp, swift, in N s
✓ allowed domains   HERE
– TLS               not used: plain http to this machine
✓ clock             within 30 s of the endpoint
✓ proxy             none is set
✓ app token         for account ACCOUNT, scope msg.consumer, valid for 60 min
✓ consumer token    for a consumer of its own, doctor-HEX
✓ conversation      opened in N s, spoken in, and closed
✓ public address    http://HOOKS/notifications reaches the receiver, in N s
✓ webhooks          the conversation after N s, the message after N s
– read-back         not needed: the settings name no way to read back (read_back)
✓ skills, campaigns skill billing = 4711
✓ agent             staging_desk:agent: join, say; not: close, close_survey, publish, receipt, \
send_file, survey, transfer, type
✓ rate limits       no 429 in 9 calls
  1 of 1 scenario(s) can run at 'staging'
run: pytest --endpoint staging
"""  # noqa: RUF001  # a dash stands before what was not tried
SCHEMA = {
    "type": "object",
    "required": ["endpoint", "checks", "scenarios", "command", "exitCode"],
    "additionalProperties": False,
    "properties": {
        "endpoint": {"type": "string"},
        "checks": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["check", "outcome", "told", "next"],
                "additionalProperties": False,
                "properties": {
                    "check": {"type": "string", "minLength": 1},
                    "outcome": {"enum": ["good", "wrong", "not tried"]},
                    "told": {"type": "string", "minLength": 1},
                    "next": {"type": ["string", "null"], "minLength": 1},
                },
            },
        },
        "scenarios": {"type": "array", "items": {"type": "string"}},
        "command": {"type": "string"},
        "exitCode": {"enum": [0, 1, 2, 4]},
    },
}


@pytest.fixture
def account(sandbox: RunningSandbox) -> HiddenAccount:
    """An account that no other test has."""
    return new_account(sandbox.url)


@pytest.fixture
def project(tmp_path: Path, account: HiddenAccount) -> Path:
    """A project whose settings name that account, with a feature and an agent."""
    (tmp_path / "features").mkdir()
    texts = {
        "pyproject.toml": PYPROJECT.format(account=account),
        "features/parcels.feature": FEATURE,
        "conftest.py": CONFTEST,
        "staging_desk.py": DESK,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def environment(account: HiddenAccount) -> dict[str, str]:
    """Return the environment of a doctor, with nothing of the run we are in."""
    ours = ("PYTEST_", "CONNECTOR_", "COV_", "COVERAGE_", "GITHUB_", "GITLAB_", "TF_BUILD")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    inherited = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(ours) and name.upper() not in proxies
    }
    return inherited | {
        "CONNECTOR_ACCOUNT": account.id,
        "CONNECTOR_CLIENT_ID": account.client_id,
        "CONNECTOR_CLIENT_SECRET": account.client_secret,
        "PYTHONUTF8": "1",
    }


@dataclass(frozen=True)
class Ended:
    """How a doctor ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


Doctor = Callable[..., Ended]


@pytest.fixture
def doctor(
    project: Path,
    account: HiddenAccount,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Doctor:
    """Look over the endpoint of the project in this process, with more variables."""
    for name in {*os.environ} - {*environment(account)}:
        monkeypatch.delenv(name)
    for name, value in environment(account).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    # Which scenarios can run takes a run of pytest to say; one test looks at that.
    (project / "pytest.py").touch()

    def look(*arguments: str, **more: str) -> Ended:
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        sys.modules.pop("staging_desk", None)
        code = main(["--endpoint", "staging", *arguments])
        return Ended(code, *capsys.readouterr())

    return look


def plain(text: str, account: HiddenAccount) -> str:
    """Return *text* without what differs from run to run."""
    for found, name in (
        (account.url.removeprefix("http://"), "HERE"),
        (account.public_address.removeprefix("http://"), "HOOKS"),
        (account.id, "ACCOUNT"),
    ):
        text = text.replace(found, name)
    return re.sub(r"\d\.\d\d s", "N s", re.sub(r"doctor-[0-9a-f]{16}", "doctor-HEX", text))


def document(run: Ended) -> dict[str, Any]:
    """Return the JSON document that a doctor has printed, which must be of its shape."""
    told: dict[str, Any] = json.loads(run.stdout)
    jsonschema.validate(told, SCHEMA)
    return told


def test_all_is_well(project: Path, account: HiddenAccount) -> None:
    """A good endpoint is told in these lines; nothing is left open there."""
    account.subscribe()

    run = subprocess.run(  # noqa: S603  # our own command
        [*DOCTOR, "--endpoint", "staging", "--yes"],
        cwd=project,
        env=environment(account),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert plain(run.stdout, account) == GOOD
    assert (run.returncode, run.stderr, account.open_conversations()) == (0, "", [])


def test_json(doctor: Doctor, account: HiddenAccount) -> None:
    """The same, as one document; what an adapter prints does not mix with it."""
    account.subscribe()
    Path("staging_desk.py").write_text(f"print('Hello.')\n{DESK}", encoding="utf-8")

    run = doctor("--yes", "--json")

    told, shown = document(run), [line[2:20].rstrip() for line in GOOD.splitlines()[:-2]]
    assert [each["check"] for each in told["checks"]] == shown
    assert (told["endpoint"], told["exitCode"]) == ("staging", 0)
    assert told["command"] == "pytest --endpoint staging"
    assert "Hello." in run.stderr


def test_something_is_wrong(doctor: Doctor) -> None:
    """The line says what, the next one what to do, and the secret is masked."""
    secret = "wrong-secret-of-the-shop"

    run = doctor("--yes", CONNECTOR_CLIENT_SECRET=secret)

    wrong = "\n✗ app token         signing in failed: the token service refused ("
    assert wrong in run.stdout
    assert "\n    next: check CONNECTOR_CLIENT_ID and CONNECTOR_CLIENT_SECRET" in run.stdout
    assert run.stdout.endswith("\nonce that is mended: pytest --endpoint staging\n")
    assert (run.returncode, secret in run.stdout + run.stderr) == (1, False)


@pytest.fixture
def services(deployment: Deployment, project: Path, account: HiddenAccount) -> list[dict[str, str]]:
    """What the endpoint says twice of its services when it is asked."""
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace(account.url, deployment.url)
    file.write_text(text, encoding="utf-8")
    told: list[dict[str, str]] = []
    for _ in range(2):
        deployment.will_answer("baseURI.json", 200, {"baseURIs": told})
    return told


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_secrets_are_masked(
    doctor: Doctor, services: list[dict[str, str]], options: tuple[str, ...]
) -> None:
    """Also where the endpoint itself says them."""
    secret = "secret-of-the-shop"
    services.append({"service": "sentinel", "baseURI": f"{secret}.example.test"})

    run = doctor(*options, CONNECTOR_CLIENT_SECRET=secret)

    assert "names '***.example.test' for the service 'sentinel'" in run.stdout
    assert secret not in run.stdout + run.stderr


def test_answer_that_no_terminal_shows(
    doctor: Doctor, services: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document is whole, and a line is written, whatever the endpoint says."""
    services.append({"service": "né 👋", "baseURI": "example.test"})

    assert "né 👋" in document(doctor("--json"))["checks"][1]["told"]
    assert "there are: n\\xe9 " in on_ascii(doctor, monkeypatch)


def test_terminal_without_such_signs(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where ✓ cannot be written, words stand there."""
    shown = on_ascii(doctor, monkeypatch)

    assert shown.startswith("ok settings          staging: ")
    assert "\n- TLS " in shown


def on_ascii(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what a doctor writes to a terminal that shows nothing but ASCII."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    doctor()
    return written.getvalue().decode("ascii")


def test_password_in_an_address(doctor: Doctor) -> None:
    """It is shown nowhere."""
    run = doctor("--json", "--endpoint", "https://ada:open-sesame@api.test")

    assert document(run)["endpoint"] == "https://api.test"
    assert "open-sesame" not in run.stdout + run.stderr


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_surprise(doctor: Doctor, account: HiddenAccount, options: tuple[str, ...]) -> None:
    """What nobody has thought of is told like the rest, and the conversation is closed."""
    account.subscribe()
    Path("features/no.json").symlink_to(".")

    run = doctor("--yes", *options)

    assert "stopped by IsADirectoryError: " in run.stdout
    assert (run.returncode, "Traceback" in run.stderr) == (1, False)
    assert account.open_conversations() == []


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_unusable_settings(project: Path, doctor: Doctor, options: tuple[str, ...]) -> None:
    """All problems are told at once, and nothing else is looked at."""
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace("discovery", "discoverry")
    file.write_text(f"{text}\ncertificat = 'hooks.pem'\n", encoding="utf-8")

    run = doctor(*options)

    assert run.returncode == 4
    assert "discoverry is no setting of an endpoint; the closest is 'discovery'" in run.stdout
    assert "receiver.certificat is no setting of an endpoint" in run.stdout
    assert "app token" not in run.stdout
    if options:
        assert document(run)["checks"][0]["outcome"] == "wrong"


def test_nobody_is_there_to_ask(doctor: Doctor, account: HiddenAccount) -> None:
    """Without --yes and without a terminal no conversation is opened."""
    run = doctor()

    assert "conversation      not opened: nobody is there to allow it; --yes does" in run.stdout
    assert (run.returncode, account.conversations()) == (0, 0)


@pytest.mark.parametrize(("answer", "opened"), [("y", 1), ("", 0), ("no", 0)])
def test_somebody_is_asked(
    doctor: Doctor,
    account: HiddenAccount,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    opened: int,
) -> None:
    """Only a yes opens a conversation, and names the endpoint."""
    account.subscribe()
    screen, line = pty.openpty()
    os.write(screen, f"{answer}\n".encode())
    with open(line, encoding="utf-8") as terminal:  # noqa: PTH123  # a descriptor
        monkeypatch.setattr(sys, "stdin", terminal)
        run = doctor()
    os.close(screen)

    assert run.stderr == "open and close one conversation on staging? [y/N] "
    assert (account.conversations(), account.open_conversations()) == (opened, [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_doctor_closes(
    project: Path, account: HiddenAccount, number: signal.Signals
) -> None:
    """Ctrl-C while webhooks are waited for closes the conversation first, and says so."""
    with subprocess.Popen(  # noqa: S603  # our own command
        [*DOCTOR, "--endpoint", "staging", "--yes"],
        cwd=project,
        env=environment(account),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as run:
        wait_until_spoken_in(account)
        run.send_signal(number)
        shown, _ = run.communicate(timeout=PATIENCE_S)

    assert account.open_conversations() == []
    assert "✓ conversation      opened in" in shown
    assert "\n  interrupted\n" in shown
    assert run.returncode == 2


def wait_until_spoken_in(account: HiddenAccount) -> None:
    """Wait until something is said in the account's conversation, of which the doctor knows."""
    deadline = time.monotonic() + PATIENCE_S
    while not account.messages():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
