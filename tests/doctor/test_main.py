"""The command line: what is printed, in which order, and how it ends."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connector_harness.sandbox.server import RunningSandbox
from tests.doctor.account import HiddenAccount, new_account
from tests.doctor.deployment import Deployment

DOCTOR = (sys.executable, "-m", "connector_harness.doctor")
PYPROJECT = """
[tool.pytest]
pythonpath = ["."]
testpaths = ["features"]
addopts = ["-p", "connector_harness.plugin", "--import-mode=importlib"]

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


def environment(account: HiddenAccount, **more: str) -> dict[str, str]:
    """Return the environment of a doctor."""
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
        **more,
    }


def doctor(
    project: Path, account: HiddenAccount, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """Look over the endpoint of the project."""
    return subprocess.run(  # noqa: S603  # our own command
        [*DOCTOR, "--endpoint", "staging", *arguments],
        cwd=project,
        env=environment(account, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def plain(text: str, account: HiddenAccount) -> str:
    """Return *text* without what differs from run to run."""
    for found, name in (
        (account.url.removeprefix("http://"), "HERE"),
        (account.public_address.removeprefix("http://"), "HOOKS"),
        (account.id, "ACCOUNT"),
    ):
        text = text.replace(found, name)
    return re.sub(r"\d\.\d\d s", "N s", re.sub(r"doctor-[0-9a-f]{16}", "doctor-HEX", text))


def document(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the JSON document that a doctor has printed, which must be of its shape."""
    told: dict[str, Any] = json.loads(run.stdout)
    jsonschema.validate(told, SCHEMA)
    return told


def test_all_is_well(project: Path, account: HiddenAccount) -> None:
    """A good endpoint is told in these lines; nothing is left open there."""
    account.subscribe()

    run = doctor(project, account, "--yes")

    assert plain(run.stdout, account) == GOOD
    assert (run.returncode, run.stderr, account.open_conversations()) == (0, "", [])


def test_json(project: Path, account: HiddenAccount) -> None:
    """The same, as one document."""
    account.subscribe()

    told = document(doctor(project, account, "--yes", "--json"))

    shown = [line[2:20].rstrip() for line in GOOD.splitlines()[:-2]]
    assert [each["check"] for each in told["checks"]] == shown
    assert (told["endpoint"], told["exitCode"]) == ("staging", 0)
    assert told["command"] == "pytest --endpoint staging"


def test_something_is_wrong(project: Path, account: HiddenAccount) -> None:
    """The line says what, the next one what to do, and the secret is masked."""
    secret = "wrong-secret-of-the-shop"

    run = doctor(project, account, "--yes", CONNECTOR_CLIENT_SECRET=secret)

    wrong = "\n✗ app token         signing in failed: the token service refused ("
    assert wrong in run.stdout
    assert "\n    next: check CONNECTOR_CLIENT_ID and CONNECTOR_CLIENT_SECRET" in run.stdout
    assert run.stdout.endswith("\nonce that is mended: pytest --endpoint staging\n")
    assert (run.returncode, secret in run.stdout + run.stderr) == (1, False)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_secrets_are_masked(
    project: Path, account: HiddenAccount, deployment: Deployment, options: tuple[str, ...]
) -> None:
    """Also where the endpoint itself says them."""
    secret = "secret-of-the-shop"
    services = [{"service": "sentinel", "baseURI": f"{secret}.example.test"}]
    deployment.will_answer("baseURI.json", 200, {"baseURIs": services})
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace(account.url, deployment.url)
    file.write_text(text, encoding="utf-8")

    run = doctor(project, account, *options, CONNECTOR_CLIENT_SECRET=secret)

    assert "names '***.example.test' for the service 'sentinel'" in run.stdout
    assert secret not in run.stdout + run.stderr


def test_adapter_that_prints(project: Path, account: HiddenAccount) -> None:
    """What somebody else's code says does not mix with the document."""
    (project / "staging_desk.py").write_text(f"print('Hello.')\n{DESK}", encoding="utf-8")

    run = doctor(project, account, "--json")

    assert document(run)["checks"]
    assert "Hello." in run.stderr


def test_answer_that_no_terminal_shows(
    project: Path, account: HiddenAccount, deployment: Deployment
) -> None:
    """A document is whole, and a line is written, whatever the endpoint says."""
    services = [{"service": "né 👋", "baseURI": "example.test"}]
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace(account.url, deployment.url)
    file.write_text(text, encoding="utf-8")
    for _ in range(2):
        deployment.will_answer("baseURI.json", 200, {"baseURIs": services})

    assert "né 👋" in document(doctor(project, account, "--json"))["checks"][1]["told"]
    assert "there are: n\\xe9 " in doctor(project, account, PYTHONUTF8="0", LC_ALL="C").stdout


def test_password_in_an_address(project: Path, account: HiddenAccount) -> None:
    """It is shown nowhere."""
    run = doctor(project, account, "--json", "--endpoint", "https://ada:open-sesame@api.test")

    assert document(run)["endpoint"] == "https://api.test"
    assert "open-sesame" not in run.stdout + run.stderr


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_surprise(project: Path, account: HiddenAccount, options: tuple[str, ...]) -> None:
    """What nobody has thought of is told like the rest, and the conversation is closed."""
    (project / "features" / "no.json").symlink_to(project)

    run = doctor(project, account, "--yes", *options)

    assert "stopped by IsADirectoryError: " in run.stdout
    assert (run.returncode, "Traceback" in run.stderr) == (1, False)
    assert account.open_conversations() == []


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_unusable_settings(project: Path, account: HiddenAccount, options: tuple[str, ...]) -> None:
    """All problems are told at once, and nothing else is looked at."""
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace("discovery", "discoverry")
    file.write_text(f"{text}\ncertificat = 'hooks.pem'\n", encoding="utf-8")

    run = doctor(project, account, *options)

    assert run.returncode == 4
    assert "discoverry is no setting of an endpoint; the closest is 'discovery'" in run.stdout
    assert "receiver.certificat is no setting of an endpoint" in run.stdout
    assert "app token" not in run.stdout
    if options:
        assert document(run)["checks"][0]["outcome"] == "wrong"


def test_nobody_is_there_to_ask(project: Path, account: HiddenAccount) -> None:
    """Without --yes and without a terminal no conversation is opened."""
    run = doctor(project, account)

    assert "conversation      not opened: nobody is there to allow it; --yes does" in run.stdout
    assert (run.returncode, account.conversations()) == (0, 0)


@pytest.mark.parametrize(("answer", "opened"), [("y", 1), ("", 0), ("no", 0)])
def test_somebody_is_asked(project: Path, account: HiddenAccount, answer: str, opened: int) -> None:
    """Only a yes opens a conversation, and names the endpoint."""
    account.subscribe()
    screen, line = pty.openpty()
    with subprocess.Popen(  # noqa: S603  # our own command
        [*DOCTOR, "--endpoint", "staging"],
        cwd=project,
        env=environment(account),
        stdin=line,
        stdout=subprocess.DEVNULL,
        stderr=line,
    ):
        os.close(line)
        assert select.select([screen], [], [], 20)[0]
        question = os.read(screen, 200).decode()
        os.write(screen, f"{answer}\n".encode())
    os.close(screen)

    assert question == "open and close one conversation on staging? [y/N] "
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
        wait_until_open(account)
        run.send_signal(number)
        shown, _ = run.communicate(timeout=20)

    assert account.open_conversations() == []
    assert "✓ conversation      opened in" in shown
    assert "\n  interrupted\n" in shown
    assert run.returncode == 2


def wait_until_open(account: HiddenAccount) -> None:
    """Wait until a conversation is open."""
    deadline = time.monotonic() + 20
    while not account.open_conversations():
        assert time.monotonic() < deadline


def test_terminal_without_such_signs(project: Path, account: HiddenAccount) -> None:
    """Where ✓ cannot be written, words stand there."""
    run = doctor(project, account, PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert run.stdout.startswith("ok settings          staging: ")
    assert "\n- TLS " in run.stdout
