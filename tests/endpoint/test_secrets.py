"""No secret in anything that a run with failures leaves behind."""

from pathlib import Path

import pytest

from tests.endpoint.conftest import TIMEOUTS
from tests.endpoint.runs import Run, leaks, make_project, run
from tests.endpoint.server import CLIENT_SECRET, RecordingServer

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


def test_every_feature_against_a_naive_endpoint(server: RecordingServer, tmp_path: Path) -> None:
    """A run in which many scenarios fail, each in its way, gives no secret away."""
    ran = run(tmp_path, "features", "--endpoint", server.url)
    assert (ran.exit_code, len(ran.results) > 20) == (1, True)
    assert leaks(ran, server.issued) == []


@pytest.mark.parametrize(
    "more",
    [("features", "-n", "2", "-rA", "-vv"), ("features/leaky.feature", "--full-trace", "-l")],
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
    ran = run(tmp_path / "results", "features", "--endpoint", "sandbox", cwd=project)
    assert (ran.exit_code, {r["status"] for r in ran.results} >= {"passed", "broken"}) == (1, True)
    assert len(set(told(project))) >= 4
    assert leaks(ran, told(project)) == []
