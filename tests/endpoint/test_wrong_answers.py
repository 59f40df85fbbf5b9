"""What becomes of the seed scenario when the endpoint is wrong."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endpoint import faults
from tests.endpoint.conftest import FAULTS, OTHERWISE, TIMEOUTS, HostileRun
from tests.endpoint.runs import ROOT, SEED_FEATURE, SEED_TITLE, leaks, line_of, make_project, run
from tests.endpoint.server import RecordingServer

Hostile = Callable[[str], HostileRun]

SENDING = "the connector sends the batch"
JUDGING = "every command is accepted in order"
NUMBERING = "the first message has number 0"

NO_JSON = "is not JSON"
OFF = "does not match schemas/response/"
ODD_STATUS = "which the API does not document"
SIGN_IN = "signing in failed: the token service refused"
NO_LIST = "the Domain API answered without a list of services"
FAILED = {
    "conversation": "expected every command accepted",
    "app_token": SIGN_IN,
    "consumer_token": SIGN_IN,
    "discovery": NO_LIST,
}
"""What is said of an endpoint that failed by its own account, by service."""

SAID = {
    "answers_a_bomb": "no answer from the endpoint: answer larger than 5 MiB",
    "answers_a_bomb_in_a_bomb": "no answer from the endpoint: answer that cannot be unpacked",
    "answers_a_page": NO_JSON,
    "answers_an_undocumented_status": f"has status 418, {ODD_STATUS}",
    "answers_as_plain_text": "is JSON but says it is 'text/plain'",
    "answers_bytes_that_are_no_text": NO_JSON,
    "answers_code_as_a_number": "likely cause: 200 is the code of the WebSocket API",
    "answers_drop_by_drop": "no answer from the endpoint: timed out",
    "answers_half_a_body": "no answer from the endpoint: connection closed",
    "answers_half_a_character": NO_JSON,
    "answers_in_another_order": "likely cause: the items stand in another order",
    "answers_invalid_json": NO_JSON,
    "answers_nothing_at_all": NO_JSON,
    "answers_null": OFF,
    "answers_off_the_schema": "at $[0].code: 'FINE' is not 'OK'",
    "answers_one_list": OFF,
    "answers_one_object": OFF,
    "answers_oversized": "no answer from the endpoint: answer larger than 5 MiB",
    "answers_with_200": f"has status 200, {ODD_STATUS}",
    "closes_the_connection": "no answer from the endpoint: connection closed",
    "echoes_secrets": NO_JSON,
    "echoes_secrets_in_json": OFF,
    "gives_a_number_as_token": OFF,
    "gives_a_token_of_two_lines": OFF,
    "gives_no_token": OFF,
    "leaves_out_the_conversation_id": "at $[1].body: 'conversationId' is missing",
    "leaves_out_the_last_answer": "has no answer",
    "names_no_service": "the Domain API names no service 'sentinel'",
    "never_answers": "no answer from the endpoint: timed out",
    "numbers_from_one": '"sequence": 1',
    "numbers_with_a_text": "at $[2].body.sequence: '0'",
    "redirects": f"has status 307, {ODD_STATUS}",
    "speaks_another_protocol": "no answer from the endpoint: connection closed",
    "swaps_the_ids": "is not that to what was sent",
}
"""What is said of a fault, where that is the same for all services."""

STEPS = {
    "numbers_from_one": NUMBERING,
    "echoes_secrets_with_500": JUDGING,
    "fails_with_500": JUDGING,
    "fails_with_503_as_a_page": JUDGING,
}
"""Which step meets a fault of the conversation service, where it is not the one that sends."""

STATUSES = {
    "answers_an_undocumented_status": "418",
    "answers_with_200": "200",
    "echoes_secrets_with_500": "500",
    "fails_with_500": "500",
    "fails_with_503_as_a_page": "503",
    "redirects": "307",
}
AROUND = {"app_token": 2, "discovery": 2}
"""How many requests the run makes before its first scenario, and to close what is left open."""

UNANSWERED = re.compile(r"no answer from the endpoint: (.+)")
TITLES = {
    "conversation": "POST …/conversation",
    "app_token": "POST …/app/token",
    "consumer_token": "POST …/consumer",
    "discovery": "GET …/baseURI.json",
}
EVERY = [(service, fault) for service, known in FAULTS.items() for fault in known]
each_fault = pytest.mark.parametrize(("service", "fault"), EVERY)
each_service = pytest.mark.parametrize("service", FAULTS)


def step_of(service: str, fault: str) -> str:
    """Return the step that is expected to meet *fault*."""
    return STEPS.get(fault, SENDING) if service == "conversation" else SENDING


def outcome_of(service: str, fault: str) -> str:
    """Return how the title of the exchange is expected to end."""
    if unanswered := UNANSWERED.fullmatch(SAID.get(fault, "")):
        return f"no answer ({unanswered[1]})"
    return STATUSES.get(fault, "201" if service == "consumer_token" else "200")


@each_fault
def test_the_step_that_met_the_fault_is_named(hostile: Hostile, service: str, fault: str) -> None:
    """The failing step stands there with its feature file and line, and as the only one."""
    ran = hostile(service)
    step = step_of(service, fault)
    failed = [line for line in ran.failure(fault).splitlines() if line.startswith("  FAILED")]
    assert len(failed) == 1
    assert failed[0].endswith(f"{step}  ({ran.path(fault)}:{line_of(step)})")


@each_fault
def test_what_was_wrong_is_said(hostile: Hostile, service: str, fault: str) -> None:
    """The message says what was wrong, and what to do next."""
    failure = hostile(service).failure(fault)
    assert SAID.get(fault, FAILED[service]) in failure
    assert re.search(r"^ *next: \w", failure, re.MULTILINE)


@each_fault
def test_the_exchange_is_shown(hostile: Hostile, service: str, fault: str) -> None:
    """The exchange is named by its title, with a line of curl that shows no secret."""
    lines = hostile(service).failure(fault).splitlines()
    title = f"last exchange: {TITLES[service]} → {outcome_of(service, fault)} in "
    curl = next(line for line in lines if line.startswith("  repeat: curl "))
    assert any(line.startswith(title) for line in lines)
    assert "***" in curl or service == "discovery"


@each_fault
def test_the_report_has_the_exchange_below_its_step(
    hostile: Hostile, service: str, fault: str
) -> None:
    """The Allure result has the exchange at the step that sent, and the last step as not run."""
    ran = hostile(service)
    name = f"{ran.path(fault)}::{SEED_TITLE}"
    (result,) = (result for result in ran.run.results if result["fullName"] == name)
    sending = next(step for step in result["steps"] if step["name"].endswith(SENDING))
    assert sending["steps"][-1]["name"] == f"{TITLES[service]} → {outcome_of(service, fault)}"
    assert result["steps"][-1]["status"] != "passed"


@each_service
def test_exactly_the_scenarios_that_met_a_fault_fail(hostile: Hostile, service: str) -> None:
    """Every fault fails its scenario and no other; the run goes on and ends with exit code 1."""
    ran = hostile(service)
    assert ran.run.exit_code == 1
    assert ran.failed == {f"{ran.path(fault)}::{SEED_TITLE}" for fault in ran.faults}
    passed = {result["fullName"] for result in ran.run.results} - ran.failed
    assert f"{ran.path(OTHERWISE)}::{SEED_TITLE}" in passed


def test_a_scenario_beside_the_fault_passes(hostile: Hostile) -> None:
    """After each fault the next scenario of the same file finds a working connection."""
    ran = hostile("conversation")
    beside = [result for result in ran.run.results if result["fullName"] not in ran.failed]
    assert len(beside) == len(ran.faults) + 2


@each_service
def test_no_request_is_repeated(hostile: Hostile, service: str) -> None:
    """Each fault was met by one request, and the one after all faults made one more."""
    server = hostile(service).server
    met = server.seed_batches if service == "conversation" else server.requests(service)
    assert len(met) == len(FAULTS[service]) + 1 + AROUND.get(service, 0)


def test_no_batch_is_sent_twice(hostile: Hostile) -> None:
    """No shopper's batch reaches the endpoint a second time, whatever became of the first."""
    shoppers = [
        request.header("x-lp-on-behalf") for request in hostile("conversation").server.seed_batches
    ]
    assert len(set(shoppers)) == len(shoppers)


@each_service
def test_no_redirect_is_followed(hostile: Hostile, service: str) -> None:
    """Nobody goes where a redirect points to."""
    assert "redirected" not in {request.service for request in hostile(service).server.received}


@each_service
def test_no_insides_are_shown(hostile: Hostile, service: str) -> None:
    """Neither the output nor a result shows a traceback or a file of the harness."""
    shown = "\n".join(
        content.decode(errors="replace") for _, content in hostile(service).run.files()
    )
    insides = ("Traceback", "site-packages", "connector_harness/", "_pytest", "httpcore", "httpx.")
    assert [word for word in insides if word in shown] == []


@each_service
def test_no_secret_is_shown(hostile: Hostile, service: str) -> None:
    """No secret and no token is left behind, also where the endpoint sends them back."""
    ran = hostile(service)
    assert leaks(ran.run, ran.server.issued) == []


@each_service
def test_the_endpoint_cannot_steer_the_terminal(hostile: Hostile, service: str) -> None:
    """Control characters of an answer come out spelled, not raw."""
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", hostile(service).run.output)


def test_one_service_that_refuses_connections(
    server: RecordingServer, closed_port: int, tmp_path: Path
) -> None:
    """Only the scenario that needs the service fails; its title tells that nobody answered."""
    table = "[tool.connector_harness.endpoints.hostile"
    hosts = f'{table}.hosts]\nasyncMessagingEnt = "http://127.0.0.1:{closed_port}"\n'
    settings = f'{table}]\naddress = "{server.url}"\n{TIMEOUTS}{hosts}'
    project = make_project(tmp_path / "project", settings)
    other = "features/sign_in/sign_in.feature::A wrong secret gets no app token"
    seed = f"{SEED_FEATURE}::{SEED_TITLE}"
    ran = run(tmp_path / "results", seed, other, "--endpoint", "hostile", cwd=project)
    status = {result["fullName"]: result["status"] for result in ran.results}
    assert (ran.exit_code, status) == (1, {seed: "broken", other: "passed"})
    assert "POST …/conversation → no answer (connection refused)" in ran.output


def test_the_seed_itself_fails_against_an_address(server: RecordingServer, tmp_path: Path) -> None:
    """In the repository, with an address given, one wrong answer makes the exit code 1."""
    server.will_fail("conversation", faults.CONVERSATION["answers_a_page"])
    ran = run(tmp_path, "features", "-m", "seed", "--endpoint", server.url)
    step = step_of("conversation", "answers_a_page")
    assert (ran.exit_code, len(server.seed_batches)) == (1, 1)
    assert f"{step}  ({SEED_FEATURE}:{line_of(step, ROOT / SEED_FEATURE)})" in ran.output
