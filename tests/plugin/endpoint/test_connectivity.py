"""After three scenarios in a row without an answer the rest fail at once, with that reason."""

import socket
from pathlib import Path

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import TransportError
from connector_harness.plugin.endpoint.endpoint import Connectivity, EndpointLostError
from connector_harness.results.record import (
    RecordedExchange,
    RecordedPart,
    RecordedScenario,
    RecordedStep,
    ScenarioUnderWay,
)
from tests.plugin.calling import OpeningServer, let_call
from tests.project import Project

ROWS = "\n".join(f"          | {number} |" for number in range(12))
FEATURE = f"""
    Feature: Opening

      Scenario Outline: Number <number>
        When a conversation is opened

        Examples:
          | number |
{ROWS}
"""


def exchange(host: str, status: int | None) -> Exchange:
    """Return a call to *host* with its answer, or without one."""
    failure = "timed out" if status is None else None
    url = f"https://{host}/api"
    return Exchange("send", "POST", url, (), b"", status, (), b"", 0, 0.1, failure)


def scenario(*exchanges: Exchange) -> ScenarioUnderWay:
    """Return the record of a scenario that made these calls."""
    made = [RecordedExchange.of(each) for each in exchanges]
    step = RecordedStep("When it speaks", exchanges=made)
    return ScenarioUnderWay(RecordedScenario("h", "f.feature::S", "S", steps=[step]))


def silent(connectivity: Connectivity, host: str = "api.test", *answers: Exchange) -> None:
    """Let a scenario fail because *host* did not answer."""
    lost = exchange(host, None)
    connectivity.note(scenario(*answers, lost), TransportError("timed_out", lost))


def test_three_in_a_row_are_enough() -> None:
    """The fourth is not tried, and says why."""
    connectivity = Connectivity(None)
    for _ in range(3):
        connectivity.require()
        silent(connectivity)

    with pytest.raises(EndpointLostError, match="no answer from the endpoint: timed out, at api"):
        connectivity.require()


def test_who_passes_begins_a_new_row() -> None:
    """A scenario that passes, or has an answer from that host, shows that somebody is there."""
    connectivity = Connectivity(None)
    for between in (None, AssertionError("another number")):
        silent(connectivity)
        silent(connectivity)
        connectivity.note(scenario(exchange("api.test", 200)), between)
    silent(connectivity, "api.test", exchange("api.test", 200))
    silent(connectivity)
    silent(connectivity)

    connectivity.require()


def test_who_asks_nobody_shows_nothing() -> None:
    """A scenario without a call, between those that had no answer, begins no new row."""
    connectivity = Connectivity(None)
    for _ in range(3):
        silent(connectivity)
        connectivity.note(scenario(), None)

    with pytest.raises(EndpointLostError, match=r"at api\.test"):
        connectivity.require()


def test_connection_that_is_closed_at_once() -> None:
    """Whatever hangs up in place of the endpoint, as a tunnel with nobody behind, is no answer."""
    connectivity, lost = Connectivity(None), exchange("api.test", None)
    for _ in range(3):
        connectivity.note(scenario(lost), TransportError("closed", lost))

    with pytest.raises(EndpointLostError, match=r"at api\.test"):
        connectivity.require()


def test_answer_in_a_part_of_a_step_counts() -> None:
    """Whatever a step has named its parts."""
    connectivity, lost = Connectivity(None), exchange("api.test", None)
    for _ in range(3):
        record = scenario(lost)
        answered = RecordedExchange.of(exchange("api.test", 200))
        record.kept.steps[0].parts.append(RecordedPart("ask", exchanges=[answered]))
        connectivity.note(record, TransportError("timed_out", lost))

    connectivity.require()


def test_silence_of_another_host_begins_a_new_row() -> None:
    """Each of them may answer the next scenario."""
    connectivity = Connectivity(None)
    for host in ("api.test", "api.test", "idp.test", "api.test"):
        silent(connectivity, host)

    connectivity.require()


def test_answer_of_another_service_does_not_count() -> None:
    """Where sign-in works and conversations cannot be reached, the rest fails as well."""
    connectivity = Connectivity(None)
    for _ in range(3):
        silent(connectivity, "msg.test", exchange("idp.test", 201))

    with pytest.raises(EndpointLostError, match=r"at msg\.test"):
        connectivity.require()


def test_other_processes_are_told(tmp_path: Path) -> None:
    """What one process of a run has found out the others need not."""
    one, other = Connectivity(tmp_path), Connectivity(tmp_path)
    other.require()
    for _ in range(3):
        silent(one)

    with pytest.raises(EndpointLostError, match="timed out"):
        other.require()


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two"])
def test_rest_of_a_run_is_not_tried(
    project: Project, server: OpeningServer, processes: tuple[str, ...]
) -> None:
    """Its class is that of a missing answer, and the run is red."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hosts = f'{{ asyncMessagingEnt = "http://127.0.0.1:{listener.getsockname()[1]}" }}'
    project.feature(FEATURE)

    run = project.run(*let_call(project, server.url, f"hosts = {hosts}"), *processes)

    run.assert_outcomes(failed=12)
    run.stdout.fnmatch_lines(["failed by class: transport 12"])
    messages = [result["statusDetails"]["message"] for result in project.results()]
    tried = [each for each in messages if "not tried" not in each]
    assert len(tried) == 3 if not processes else 3 <= len(tried) <= 6
    assert run.ret == pytest.ExitCode.TESTS_FAILED
