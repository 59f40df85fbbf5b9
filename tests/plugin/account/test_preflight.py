"""What is certain to fail every scenario is found once, before the first."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from connector_harness.json_types import JsonValue
from tests.client.server import LocalServer
from tests.plugin.calling import OPENING, OpeningServer, let_call
from tests.project import Project

PROCESSES = pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two"])


def nobody() -> str:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def told(run: pytest.RunResult) -> str:
    """Return what stood on standard error of a run that ended before its first scenario."""
    assert run.ret == pytest.ExitCode.USAGE_ERROR, run.stdout.str()
    text = run.stderr.str()
    assert text.count("cannot be used, so no scenario was run") == 1
    assert "next: python -m connector_harness.doctor --endpoint live looks at all of it" in text
    return text


def let_discover(project: Project, server: OpeningServer) -> tuple[str, ...]:
    """Add an endpoint whose services are found at *server*, and return what chooses it."""
    options = let_call(project, nobody(), f'discovery = "{server.url}"')
    file = project.root / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("address = ", "# address = "), encoding="utf-8")
    return options


@PROCESSES
def test_wrong_address(project: Project, processes: tuple[str, ...]) -> None:
    """Where nobody listens, that is said once."""
    project.feature(OPENING)

    run = project.run(*let_call(project, nobody()), *processes)

    text = told(run)
    assert "no answer from the endpoint: connection refused" in text
    assert "next: start the endpoint, or correct its address" in text
    assert project.results() == []


@PROCESSES
def test_wrong_credentials(
    project: Project, server: OpeningServer, processes: tuple[str, ...]
) -> None:
    """Credentials that are refused are refused once, and open no conversation."""
    project.feature(OPENING)
    server.will_answer("token", 401, {"error": "invalid_client"})

    run = project.run(*let_call(project, server.url), *processes)

    assert "signing in failed: the token service refused" in told(run)
    assert server.requests("conversation") == []


@pytest.mark.parametrize(
    ("status", "document"), [(302, {}), (204, {}), (200, {}), (200, "a page"), (200, [1])]
)
def test_service_that_is_another_one(
    project: Project, server: OpeningServer, status: int, document: JsonValue
) -> None:
    """What signs nobody in, and is no trouble that passes, is found once, and opens nothing."""
    project.feature(OPENING)
    server.will_answer("token", status, document)

    run = project.run(*let_call(project, server.url))

    assert "signing in failed: " in told(run)
    assert server.requests("conversation") == []


def test_discovery_that_redirects(project: Project, server: OpeningServer) -> None:
    """It is another address than the settings say."""
    project.feature(OPENING)
    server.will_answer("baseURI.json", 301, {})

    run = project.run(*let_discover(project, server))

    assert "the Domain API answered without a list of services" in told(run)


def test_wrong_account(project: Project, server: OpeningServer) -> None:
    """An account that the Domain API does not know is told as such."""
    project.feature(OPENING)
    server.will_answer("baseURI.json", 401, {})

    run = project.run(*let_discover(project, server))

    assert "the Domain API answered without a list of services" in told(run)


@PROCESSES
def test_receiver_that_cannot_listen(
    project: Project, server: OpeningServer, processes: tuple[str, ...]
) -> None:
    """An address that somebody else has is found once, and opens nothing."""
    project.feature(OPENING)
    receiver = f"""
        [tool.connector_harness.endpoints.live.receiver]
        listen = "{server.url.removeprefix("http://")}"
        public_address = "https://hooks.example.test"
    """

    run = project.run(*let_call(project, server.url, receiver), *processes)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert run.stderr.str().count("the receiver cannot listen on '127.0.0.1' port") == 1
    assert server.requests("conversation") == []


def test_https_where_plain_http_is_spoken(project: Project, server: OpeningServer) -> None:
    """A port that speaks plain http is named as that."""
    project.feature(OPENING)

    run = project.run(*let_call(project, server.url.replace("http:", "https:")))

    assert "no TLS: that port speaks plain http" in told(run)
    assert "next: name the port that speaks https" in told(run)


@pytest.fixture
def certified() -> Iterator[LocalServer]:
    """A server whose certificate is by an authority that nobody knows."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    server = LocalServer(tls)
    yield server
    server.close()


def test_certificate_that_nobody_trusts(project: Project, certified: LocalServer) -> None:
    """It is told why, and which setting names an authority."""
    project.feature(OPENING)

    run = project.run(*let_call(project, certified.url))

    assert "no TLS: certificate not trusted, " in told(run)
    assert "next: name the endpoint's certificate authority in `ca_file`" in told(run)


@pytest.mark.parametrize("status", [503, 429, 408])
def test_what_may_pass_is_left_to_the_scenarios(
    project: Project, server: OpeningServer, status: int
) -> None:
    """An endpoint that is busy or broken for a moment stops nothing."""
    project.feature(OPENING)
    server.will_answer("token", status, {})

    run = project.run(*let_call(project, server.url, "retry_after_budget_s = 0"))

    run.assert_outcomes(passed=4)


def test_silence_is_left_to_the_scenarios(project: Project) -> None:
    """It may pass, and what cannot have an answer then is given up after three of them."""
    project.feature(OPENING)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        run = project.run(*let_call(project, address, "total_timeout_s = 0.2"))

    run.assert_outcomes(failed=4)


def test_steps_that_speak_to_no_endpoint(project: Project) -> None:
    """Where no step asks for the connector, nobody is asked."""
    project.feature('Feature: A\n\n  Scenario: B\n    Given a basket\n    When "tea" is added\n')

    project.run(endpoint=nobody()).assert_outcomes(passed=1)


def test_results_of_the_run_before_stay(project: Project, server: OpeningServer) -> None:
    """A run that did not begin leaves the results of the last one as they are."""
    project.feature(OPENING)
    options = let_call(project, server.url)
    project.run(*options)
    kept: list[Path] = sorted(project.results_folder.iterdir())
    server.will_answer("token", 401, {"error": "invalid_client"})

    told(project.run(*options))

    assert sorted(project.results_folder.iterdir()) == kept
