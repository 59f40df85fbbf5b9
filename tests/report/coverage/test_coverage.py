"""What a run exercised of the contract is told with the scenarios that did."""

from dataclasses import replace
from pathlib import Path

from connector_harness.receiver.notification import SUBSCRIPTIONS
from connector_harness.report.coverage.coverage import Coverage, CoveredItem, coverage_of
from connector_harness.results.contract_file import KeptContract
from connector_harness.results.reader import Results
from tests.report.conversations import Talk
from tests.report.covered import CODE, CONTRACT, TOLD, TYPING, covered_run
from tests.schema_examples import example


def coverage(results: Results) -> dict[str, CoveredItem]:
    """Return how far each item was exercised, by its id."""
    found = coverage_of(results)
    assert found is not None
    return {each.item.id: each for each in found.met}


def exercised(results: Results) -> set[str]:
    """Return the ids of what was exercised."""
    return {id_ for id_, each in coverage(results).items() if each.state == "exercised"}


def test_passed_scenario_counts(tmp_path: Path) -> None:
    """Refusals and notifications of a scenario that passed are exercised."""
    assert {
        "publish_event → 401",
        CODE,
        "ms.MessagingEventNotification.ContentEvent",
    } <= exercised(covered_run(tmp_path))


def test_scenario_is_named_by_its_place(tmp_path: Path) -> None:
    """The first scenario of the document has the number 0."""
    found = coverage(covered_run(tmp_path))

    assert (found[CODE].passed, found["publish_event → 200"].passed) == ((0,), ())


def test_failed_scenario_does_not_count(tmp_path: Path) -> None:
    """What only scenarios that failed have met is told apart."""
    found = coverage(covered_run(tmp_path, failed=("One parcel",)))

    assert (found[CODE].state, found[CODE].failed) == ("only in failures", (0,))
    assert not [each for each in found.values() if each.passed]


def test_reason_is_given(tmp_path: Path) -> None:
    """What cannot be exercised says why; once it is exercised after all, that counts."""
    reasons = {"publish_event → *": "because"}
    found = coverage(covered_run(tmp_path, contract=KeptContract(CONTRACT.schemas, reasons)))

    assert (found["publish_event → 404"].state, found["publish_event → 404"].reason) == (
        "unreachable",
        "because",
    )
    assert found["publish_event → 401"].state == "exercised"


def test_without_a_contract_there_is_no_coverage(tmp_path: Path) -> None:
    """Results of which nobody kept the schemas have none."""
    assert coverage_of(covered_run(tmp_path, contract=None)) is None


def calling(folder: Path, talk: Talk) -> set[str]:
    """Return what one scenario exercised that made the calls of *talk*."""
    results = covered_run(folder)
    first = replace(results.scenarios[0], results=(talk.result(),))
    return exercised(replace(results, scenarios=(first,)))


ACCEPTED = "response/published/accepted-documented"


def test_answered_command_is_carried_out(tmp_path: Path) -> None:
    """A command counts with its answer."""
    found = calling(tmp_path, Talk().call(example(TYPING), example(ACCEPTED)))

    assert "publish_event → 200" in found


def test_what_is_off_the_contract_does_not_count(tmp_path: Path) -> None:
    """An answer that satisfies no schema exercises nothing, nor does a wrong notification."""
    talk = Talk().call(example(TYPING), example(ACCEPTED), schema="").hear_all(example(TOLD))
    talk.step.notifications[0].is_sound = False

    assert calling(tmp_path, talk) == set()


def test_commands_of_a_batch_are_told_apart(tmp_path: Path) -> None:
    """Without a first message none was carried out."""
    request = example("request/batch/accepted-minimal")
    answer = example("response/conversation/accepted-two-commands")
    talk = Talk().call(
        request, answer, operation="create_conversation", schema="response/conversation"
    )
    found = calling(tmp_path, talk)
    batch = {each for each in found if each.startswith("create_conversation")}

    assert "create_conversation → 200, consumer_request_conversation" in batch
    assert "create_conversation → 200, first_message" not in batch


GIVEN = {"access_token": "***", "token_type": "Bearer"}


def signing_in() -> Talk:
    """Return a scenario in which the connector signs in."""
    return Talk().call({}, GIVEN, operation="app_token", schema="response/app_token")


def test_sign_in_on_the_way_counts_for_nobody(tmp_path: Path) -> None:
    """Who comes first in a process signs in by chance; who does nothing else means to."""
    one, other = signing_in(), signing_in().call(example(TYPING), example(ACCEPTED))

    assert "app_token → 200" in calling(tmp_path / "1", one)
    assert "app_token → 200" not in calling(tmp_path / "2", other)


def test_totals_are_those_of_the_contract(tmp_path: Path) -> None:
    """Every item has one state, exercised or not."""
    found: Coverage | None = coverage_of(covered_run(tmp_path))

    assert found is not None
    total = len(SUBSCRIPTIONS)
    assert found.count("notification") == total
    assert found.count("notification", "exercised") == 1
    assert found.count("notification", "exercised", "not exercised", "unreachable") == total


def test_run_of_nothing_exercises_nothing(tmp_path: Path) -> None:
    """A scenario that was not run is no help."""
    results = covered_run(tmp_path)
    left_out = tuple(replace(each, results=()) for each in results.scenarios)

    assert exercised(replace(results, scenarios=left_out)) == set()
