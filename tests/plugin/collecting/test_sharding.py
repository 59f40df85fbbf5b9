"""A run of one shard is a part of the whole, and says which."""

from pathlib import Path

import pytest

from connector_harness.plugin.collecting.sharding import durations
from connector_harness.results.journal import AttemptJournal, attempts, journals
from connector_harness.results.record import RecordedTest
from connector_harness.results.run_facts import Run, read_runs
from tests.project import FAILING, Project

FIVE = """
    Feature: Five baskets

      Scenario Outline: Basket <name>
        Given a basket

        Examples:
          | name  |
          | one   |
          | two   |
          | three |

      @more
      Scenario Outline: Another basket <name>
        Given a basket

        Examples:
          | name |
          | four |
          | five |
"""
TITLES = [
    *("Basket one", "Basket two", "Basket three"),
    *("Another basket four", "Another basket five"),
]


@pytest.fixture
def five(project: Project) -> Project:
    """A project with five scenarios."""
    project.feature(FIVE)
    return project


def ran(project: Project) -> list[str]:
    """Return the titles of what has results."""
    return [each["name"] for each in project.results()]


@pytest.mark.parametrize(
    ("shards", "workers"), [(3, ()), (2, ("-n", "1"))], ids=["one-process", "a-worker"]
)
def test_shards_are_the_whole(five: Project, shards: int, workers: tuple[str, ...]) -> None:
    """Each scenario runs in exactly one of them."""
    found: list[str] = []
    for number in range(1, shards + 1):
        five.run("--shard", f"{number}/{shards}", *workers)
        found += ran(five)

    assert sorted(found) == sorted(TITLES)


@pytest.mark.parametrize("choice", [("-m", "more"), ("-k", "Another")], ids=["tag", "name"])
def test_what_is_selected_is_split(five: Project, choice: tuple[str, ...]) -> None:
    """Two scenarios in two parts are one each, whatever the others are."""
    run = five.run("--shard", "2/2", *choice)

    run.assert_outcomes(passed=1, deselected=4)
    run.stdout.fnmatch_lines(["shard 2/2: 1 of 2 selected"])


def test_durations_of_an_earlier_run_balance(five: Project) -> None:
    """What takes as long as all the rest has a shard for itself."""
    five.run()
    [journal] = journals(five.results_folder)
    every = [*attempts(journal)]
    journal.unlink()
    for each in every:
        each.stop = each.start + (4_000 if each.title == "Basket two" else 1_000)
        AttemptJournal(five.results_folder).append(each)

    run = five.run("--shard", "1/2", "--since", "reports/allure-results", "-n", "1")

    assert ran(five) == ["Basket two"]
    run.stdout.fnmatch_lines(["balanced by duration, known of 5; split *"])


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_empty_shard_is_no_failure_and_says_so(five: Project, workers: tuple[str, ...]) -> None:
    """More shards than scenarios turn nothing red, and do not pass for a run that had work."""
    run = five.run("--shard", "9/9", *workers)

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(
        [
            "shard 9/9 is empty: all 5 selected are in other shards",
            "  next: split into 5 at the most",
        ]
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_empty_shard_leaves_the_facts_of_its_run(five: Project, workers: tuple[str, ...]) -> None:
    """Merging finds it; an earlier run's results are not taken for its own."""
    five.run()

    five.run("--shard", "9/9", *workers)

    [run] = read_runs(five.results_folder)
    assert (run.shard, ran(five)) == ("9/9", [])
    assert (five.root / "reports/junit.xml").read_text().count("<testcase") == 0


def test_nothing_selected_is_what_it_was(five: Project) -> None:
    """A mistyped -k is not hidden by being split."""
    run = five.run("--shard", "1/2", "-k", "nothing_like_that")

    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_wrong_shard_stops_the_run(five: Project) -> None:
    """A slip on the command line is told before anything is sent."""
    run = five.run("--shard", "6/5")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: --shard '6/5': there is no part 6 of 5", "  next: name one*"])


def test_failure_in_a_shard_counts(project: Project) -> None:
    """The shard that has it is red."""
    project.feature(FAILING)

    assert project.run("--shard", "1/2").ret == pytest.ExitCode.TESTS_FAILED


def test_facts_name_the_shard_and_its_split(five: Project) -> None:
    """What all shards of one split have in common stands with their results."""
    facts: list[Run] = []
    for number in (1, 2):
        five.run("--shard", f"{number}/2")
        facts += read_runs(five.results_folder)

    assert [each.shard for each in facts] == ["1/2", "2/2"]
    assert facts[0].split == facts[1].split != ""


def test_ordinary_tests_are_split_as_well(five: Project) -> None:
    """A run of both has each of them in one shard."""
    five.write("features/test_more.py", "def test_a():\n    pass\n\n\ndef test_b():\n    pass\n")

    passed = [five.run("--shard", f"{n}/2").parseoutcomes()["passed"] for n in (1, 2)]

    assert sorted(passed) == [3, 4]


def test_latest_duration_counts_and_what_is_no_result_is_left_out(tmp_path: Path) -> None:
    """Of several attempts the last tells how long a scenario takes."""
    for start, stop in [(9, 19), (1, 2)]:
        attempt = RecordedTest("a", "f.feature::A", "A", start=start, stop=stop)
        AttemptJournal(tmp_path).append(attempt)
    (tmp_path / "2-journal.jsonl").write_text("[]\n")
    (tmp_path / "3-journal.jsonl").write_text("{\n")

    assert durations(tmp_path) == {"f.feature::A": 0.01}


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
@pytest.mark.parametrize(
    "given",
    [
        ("-k", "nosuch"),
        ("-k", "nosuch", "--shard", "1/2"),
        ("other/bad.feature", "--shard", "1/2"),
    ],
    ids=["nothing", "nothing-of-a-shard", "finding"],
)
def test_run_that_does_not_begin_leaves_the_last_results(
    five: Project, workers: tuple[str, ...], given: tuple[str, ...]
) -> None:
    """A mistyped -k and a finding cost nothing, shard or none, in as many processes as wanted."""
    five.run()
    five.feature("Feature: Bad\n  Scenario: Bad\n    Given nobody knows\n", "other/bad.feature")
    before = {file: file.read_bytes() for file in five.results_folder.iterdir()}

    five.run(*given, *workers)

    assert {file: file.read_bytes() for file in five.results_folder.iterdir()} == before
    assert (five.root / "reports/spec.html").is_file()
