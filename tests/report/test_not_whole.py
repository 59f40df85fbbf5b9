"""Results that are not those of one whole run are told as that, by whatever is made of them."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from msgspec.structs import replace

from connector_harness.report.__main__ import main
from connector_harness.results.run_facts import Problem, Run
from tests.report.runs import START_MS, write_facts, write_run

KILLED = "the run did not come to the end"


@pytest.fixture(autouse=True)
def gitlab(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that is given a summary of its own."""
    for variable in ("GITHUB_ACTIONS", "TF_BUILD"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("GITLAB_CI", "true")


def part(folder: Path, run: Run, left_out: tuple[str, ...] = ()) -> Path:
    """Write the results of a part of a run, and return their folder."""
    write_facts(write_run(folder, left_out=left_out), run)
    return folder


def assert_told(out: Path, what: str) -> None:
    """Expect every output in *out* to say *what* is wrong, first of all."""
    root = ET.parse(out / "junit.xml").getroot()  # noqa: S314 - just written
    assert next(each.get("name") for each in root) == "the run"
    errors = [str(each.get("message")) for each in root.iter("error")]
    assert root.get("errors") == str(len(errors))
    assert what in errors[0]
    html = (out / "spec.html").read_text(encoding="utf-8")
    assert what.partition(": ")[0] in html.partition("<h1>")[2].partition("</h1>")[0]
    assert "Wrong with the run" in html
    heading, _, rest = (out / "summary.md").read_text(encoding="utf-8").partition("\n")
    assert what.partition(": ")[0] in heading
    assert "### Wrong with the run" in rest
    last = json.loads((out / "messages.ndjson").read_text(encoding="utf-8").splitlines()[-1])
    assert last["testRunFinished"]["success"] is False


def make(out: Path, *folders: Path) -> int:
    """Make the outputs of *folders* and return the exit code."""
    messages = out / "messages.ndjson"
    return main([*map(str, folders), "--out", str(out), "--messages", str(messages)])


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "merged"])
def test_killed_run_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], others: int
) -> None:
    """What is left of it is shown, and not taken for all."""
    missing = ("features/parcels.feature::One parcel", "features/parcels.feature::A parcel to Rome")
    killed = part(tmp_path / "k", Run(START_MS, not_run=missing), ("One parcel",))
    whole = [write_run(tmp_path / str(n), left_out=("One parcel",)) for n in range(others)]

    assert make(tmp_path / "out", killed, *whole) == 1

    told = KILLED.replace("the run", "1 of 2 runs") if others else KILLED
    assert capsys.readouterr().err.startswith(f"{told}\n  next: see what ended it")
    assert_told(tmp_path / "out", told)
    html = (tmp_path / "out/spec.html").read_text(encoding="utf-8")
    assert 'not run to the end <span class="n">1</span>' in html


def test_results_without_facts_are_those_of_a_killed_run(tmp_path: Path) -> None:
    """Nobody knows what else was to run."""
    folder = write_run(tmp_path / "results")
    next(folder.glob("*-run.json")).unlink()

    assert make(tmp_path / "out", folder) == 1
    assert_told(tmp_path / "out", KILLED)


def test_folder_without_a_run_is_told(tmp_path: Path) -> None:
    """A part that was not brought along is no part that passed."""
    (tmp_path / "empty").mkdir()

    assert make(tmp_path / "out", tmp_path / "empty") == 1
    assert_told(tmp_path / "out", "no run has left anything here")


def test_empty_part_of_a_merge_is_told(tmp_path: Path) -> None:
    """The same beside a part that is there."""
    (tmp_path / "empty").mkdir()

    assert make(tmp_path / "out", write_run(tmp_path / "1"), tmp_path / "empty") == 1


WHOLE = Run(START_MS, START_MS, 0, endpoint="sandbox, account 7", commit="c0ffee")


def test_results_that_are_gone_are_told(tmp_path: Path) -> None:
    """A run that has ended knows how many there were; another run's do not make up for them."""
    cut = part(tmp_path / "cut", replace(WHOLE, attempts=9))
    next(cut.glob("*-journal.jsonl")).unlink()

    assert make(tmp_path / "out", write_run(tmp_path / "whole"), cut) == 1
    assert_told(tmp_path / "out", "9 of 9 results of the run are missing")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"endpoint": "live at https://x, account 7"}, "different endpoints: live at https://x"),
        ({"commit": "decade"}, "different commits: c0ffee, decade"),
        ({"versions": {"features/a.feature": "2"}}, "states of the project: features/a.feature"),
        ({"versions": {"steps/a.py": "2"}}, "different states of the project: steps/a.py"),
        ({"versions": {"schema request/a": "2"}}, "of the project: schema request/a"),
    ],
    ids=["endpoint", "commit", "feature", "steps", "schema"],
)
def test_parts_that_do_not_belong_together_are_told(
    tmp_path: Path, other: dict[str, object], told: str
) -> None:
    """They are results of several things, whatever each of them says."""
    versions = dict.fromkeys(("features/a.feature", "steps/a.py", "schema request/a"), "1")
    one = replace(WHOLE, versions=versions)
    two = replace(WHOLE, **{"versions": {"features/b.feature": "3"}, **other})

    assert make(tmp_path / "out", part(tmp_path / "1", one), part(tmp_path / "2", two)) == 1
    assert_told(tmp_path / "out", f"the results are of {told}" if "of the" not in told else told)


def test_parts_of_one_whole_are_whole(tmp_path: Path) -> None:
    """Parts with other features of one state belong together, and so do those merged before."""
    parts = [part(tmp_path / number, WHOLE) for number in "123"]

    assert make(tmp_path / "some", *parts[:2]) == 0
    assert make(tmp_path / "out", tmp_path / "some/allure-results", parts[2]) == 0


def test_what_an_earlier_merge_lacked_is_told_again(tmp_path: Path) -> None:
    """The facts of all runs go along, however often they are merged."""
    shards = [Run(START_MS, START_MS, 0, shard=f"{n}/3", split="a") for n in (1, 2)]
    parts = [part(tmp_path / run.shard[0], run) for run in shards]

    assert make(tmp_path / "some", *parts) == 1
    assert make(tmp_path / "out", tmp_path / "some/allure-results") == 1
    assert_told(tmp_path / "out", "no results of shard 3/3")


def test_same_run_twice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody has meant another one."""
    one, two = write_run(tmp_path / "1"), tmp_path / "2"
    two.mkdir()
    for file in one.iterdir():
        (two / file.name).write_bytes(file.read_bytes())

    assert make(tmp_path / "out", one, two) == 1
    assert "hold the same run" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_problems_of_a_run_are_told(tmp_path: Path) -> None:
    """Whatever made it red apart from its scenarios goes with its results."""
    wrong = (Problem("no step definition for: Given x", "write it", "features/x.feature", 3),)
    folder = part(tmp_path / "1", Run(START_MS, START_MS, 1, problems=wrong))

    assert make(tmp_path / "out", folder) == 1
    root = ET.parse(tmp_path / "out/junit.xml").getroot()  # noqa: S314 - just written
    [error] = root.iter("error")
    assert error.get("message") == "no step definition for: Given x; next: write it"
    html = (tmp_path / "out/spec.html").read_text(encoding="utf-8")
    assert "but features/x.feature could not be run</h1>" in html


def test_run_that_another_has_mended_is_no_problem(tmp_path: Path) -> None:
    """What failed in one run and passed in a later one explains the exit code of the first."""
    first = write_run(tmp_path / "1", failed=("One parcel",))
    write_facts(first, replace(WHOLE, exit_code=1))
    second = write_run(tmp_path / "2", start_ms=START_MS + 99)

    assert make(tmp_path / "out", first, second) == 0
    html = (tmp_path / "out/spec.html").read_text(encoding="utf-8")
    assert "<h1>All 3 scenarios passed</h1>" in html
    last = (tmp_path / "out/messages.ndjson").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["testRunFinished"]["success"] is True


def test_exit_code_that_nothing_explains_is_told(tmp_path: Path) -> None:
    """A plugin may have made the run red, whatever another run says."""
    first, second = write_run(tmp_path / "1"), write_run(tmp_path / "2", start_ms=START_MS + 99)
    write_facts(first, replace(WHOLE, exit_code=1))

    make(tmp_path / "out", first, second)

    html = (tmp_path / "out/spec.html").read_text(encoding="utf-8")
    assert "passed, but the run did not end well (exit code 1)</h1>" in html
