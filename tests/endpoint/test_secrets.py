"""No secret in anything that a run with failures leaves behind."""

from pathlib import Path

import pytest

from tests.endpoint.conftest import TIMEOUTS
from tests.endpoint.runs import ROOT, Run, leaks, make_project, run
from tests.endpoint.server import CLIENT_SECRET, RecordingServer
from tests.failing.cases import CASES, GOOD, WITH_AN_AGENT
from tests.failing.runs import failing_project, right

pytestmark = pytest.mark.whole_run

PERSONAL = ("mira@example.test", "+4930123456", "test@gmail.com", "1750345346")
"""What the profiles of the features hold of people; each stands in one."""

LEAKY = "features/leaky.feature"
SOME = (LEAKY, "features/conversations", "features/updates", "features/files")
"""Steps that give secrets away, and features with the people's data that fail in many ways."""

LEAKY_FEATURE = """
Feature: Steps that say too much
  Scenario: A step fails with the secrets in its message
    When the step fails with the secrets in its message

  Scenario: A step writes the secrets to output and log
    When the step writes the secrets to output and log

  Scenario: A step attaches the secrets
    When the step attaches the secrets
"""

LEAKY_STEPS = '''
"""Steps that say too much."""
import base64
import logging
import sys
from pathlib import Path

import allure
from pytest_bdd import when


def all_secrets(connector, endpoint, consumer):
    sign_in = connector.sign_in(consumer)
    secret = endpoint.client_secret.get_secret_value()
    pair = base64.b64encode(f"{endpoint.client_id}:{secret}".encode()).decode()
    secrets = [sign_in.app_token, sign_in.consumer_token, secret]
    with (Path(__file__).parent / "told.txt").open("a") as told:
        # What an encoded pair begins with is the id, which is none.
        told.writelines(f"{secret}\\n" for secret in [*secrets, pair[-20:]])
    return [*secrets, pair]


@when("the step fails with the secrets in its message")
def fails(connector, endpoint, consumer):
    raise RuntimeError(" ".join(all_secrets(connector, endpoint, consumer)))


@when("the step writes the secrets to output and log")
def writes(connector, endpoint, consumer):
    for secret in all_secrets(connector, endpoint, consumer):
        print(secret)
        print(secret, file=sys.stderr)
        logging.getLogger("step").warning("here it is: %s", secret)
    raise AssertionError("enough")


@when("the step attaches the secrets")
def attaches(connector, endpoint, consumer):
    for secret in all_secrets(connector, endpoint, consumer):
        allure.attach(secret, name=f"attached {secret}")
        with allure.step(f"looked at {secret}"):
            pass
    raise AssertionError("enough")
'''


def leaky_project(folder: Path, address: str) -> Path:
    """Make a project whose steps give secrets away in every way a step has."""
    settings = f'[tool.connector_harness.endpoints.leaky]\naddress = "{address}"\n{TIMEOUTS}'
    project = make_project(folder, settings)
    wiring = (project / "conftest.py").read_text(encoding="utf-8")
    (project / "conftest.py").unlink()
    more = f'{wiring}\npytest_plugins += ["leaky_steps"]\n'
    (project / "conftest.py").write_text(more, encoding="utf-8")
    (project / "leaky_steps.py").write_text(LEAKY_STEPS, encoding="utf-8")
    (project / "features" / "leaky.feature").write_text(LEAKY_FEATURE, encoding="utf-8")
    return project


def told(project: Path) -> list[str]:
    """Return the secrets that the careless steps had in their hands."""
    return (project / "told.txt").read_text(encoding="utf-8").split()


def test_the_search_finds_a_secret(tmp_path: Path) -> None:
    """The search that these tests rest on finds the secret, a token and the begin of a token."""
    token = "q7w8e9r0t1.a2s3d4f5g6.z7x8c9v0b1"
    (tmp_path / "allure").mkdir()
    (tmp_path / "allure" / "one.txt").write_text(f"secret {CLIENT_SECRET}", encoding="utf-8")
    assert leaks(Run(tmp_path, 1, ""), []) != []
    assert leaks(Run(tmp_path / "allure" / "none", 1, f"cut {token[:14]}"), [token]) != []


@pytest.mark.parametrize(
    "more",
    [(*SOME, "-n", "2", "-rA", "-vv"), (LEAKY, "--full-trace", "-l")],
    ids=["two-workers-that-say-all", "tracebacks-with-locals"],
)
def test_steps_that_give_secrets_away(
    server: RecordingServer, tmp_path: Path, more: tuple[str, ...]
) -> None:
    """Failure, output, log and attachments of a careless step are masked, however much is shown."""
    project = leaky_project(tmp_path / "project", server.url)
    log = ("-o", "log_cli=true", f"--log-file={tmp_path / 'results' / 'log.txt'}")
    command = ("--endpoint", "leaky", "-o", "junit_logging=all", *log, *more)
    ran = run(tmp_path / "results", *command, cwd=project)
    assert (ran.exit_code, len(set(told(project))) >= 4) == (1, True)
    assert leaks(ran, [*server.issued, *told(project)]) == []


def test_failures_on_the_sandbox(tmp_path: Path) -> None:
    """On the sandbox, too, careless steps leave none of the secrets they had."""
    project = leaky_project(tmp_path / "project", "http://127.0.0.1:9")
    ran = run(tmp_path / "results", *SOME, "--endpoint", "sandbox", cwd=project)
    assert (ran.exit_code, {r["status"] for r in ran.results} >= {"passed", "broken"}) == (1, True)
    assert len(set(told(project))) >= 4
    assert leaks(ran, [*told(project), *PERSONAL]) == []


def test_personal_data_is_that_of_the_features() -> None:
    """What these tests search for stands in the documents that the features name."""
    profiles = [file.read_text() for file in (ROOT / "features/data/profiles").iterdir()]
    assert all(any(datum in profile for profile in profiles) for datum in PERSONAL)


GOSSIP = '''

import base64
import html
import json
import logging
from pathlib import Path
from urllib.parse import quote

import allure
from connector_harness.plugin.stash import REDACTOR


@pytest.fixture(autouse=True)
def gossip(request, connector, endpoint, consumer, record_property):
    """Tell all secrets in all ways, however the scenario ends."""
    yield
    known = [each.value for each in request.config.stash[REDACTOR].secrets]
    connector.sign_out()
    sign_in = connector.sign_in(consumer)
    secrets = [*known, sign_in.app_token, sign_in.consumer_token]
    with (Path(__file__).parent / "told.txt").open("a") as told:
        told.writelines(f"{secret}\\n" for secret in secrets)
    for secret in secrets:
        for text in (
            secret,
            quote(secret, safe=""),
            json.dumps(json.dumps([secret])),
            html.escape(secret),
            base64.b64encode(f"x{secret}".encode()).decode(),
            secret.encode().hex(),
            "".join(f"\\\\u{ord(letter):04x}" for letter in secret),
        ):
            print(f"<{text}>")
            logging.getLogger("gossip").warning("it is %r", text)
            record_property("told", text)
            allure.attach(text, name=text)
    raise OSError(" ".join(secrets))
'''
"""Makes every scenario end with all that it knows being told."""


def gossiping(project: Path) -> Path:
    """Let the scenarios of *project* tell all they know."""
    with (project / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(GOSSIP)
    return project


MORE = ("-rA", "-vv", "-ojunit_logging=all", "-ojunit_family=xunit1", "-olog_cli=true")


def test_failures_of_every_class_on_an_endpoint(server: RecordingServer, tmp_path: Path) -> None:
    """However a scenario fails, and whatever is told after it, no secret is left anywhere."""
    for case in (case for case in CASES.values() if case.kind != "spec" and case.feature == GOOD):
        server.will_fail("conversation", *[right(case)] * case.times)
    table = f'[tool.connector_harness.endpoints.own]\naddress = "{server.url}"\n{TIMEOUTS}'
    project = gossiping(failing_project(tmp_path / "project", GOOD, table))
    paths = [
        f"features/failing/{name}.feature" for name, case in CASES.items() if case.feature == GOOD
    ]
    ran = run(tmp_path / "results", *paths, "--endpoint", "own", *MORE, cwd=project)
    kinds = {case.kind for case in CASES.values() if case.feature == GOOD}
    assert (ran.exit_code, [kind for kind in kinds if f"[{kind}] " not in ran.output]) == (1, [])
    assert leaks(ran, [*server.issued, *told(project)]) == []


def test_failures_of_every_class_on_the_sandbox(tmp_path: Path) -> None:
    """The same holds for those that need a sandbox, with what is heard and what two workers do."""
    project = gossiping(failing_project(tmp_path / "project", WITH_AN_AGENT))
    ran = run(tmp_path / "results", "features/failing", "-n", "2", *MORE, cwd=project)
    assert (ran.exit_code, "[sandbox] " in ran.output, "[timeout] " in ran.output) == (
        1,
        True,
        True,
    )
    assert leaks(ran, told(project)) == []
