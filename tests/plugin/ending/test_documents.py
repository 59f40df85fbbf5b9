"""A run leaves its documents, and ends as it would have ended without them."""

import json
import os
import time

import pytest

from connector_harness.results.run_facts import read_runs
from tests.project import FAILING, PASSING, SCHEMA, Project


def test_document_is_made_and_named(project: Project) -> None:
    """The closing lines say where the document is, and it holds the scenario."""
    project.feature(PASSING)

    run = project.run()

    run.stdout.fnmatch_lines(["document: *reports/spec.html"])
    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "The one scenario passed" in html


def test_facts_of_the_run_are_kept(project: Project) -> None:
    """How the run ended, and what it did not come to, stands beside the results."""
    project.feature(FAILING, "features/a.feature")
    project.feature(PASSING, "features/b.feature")

    project.run("-x")

    [run] = read_runs(project.results_folder)
    assert (run.exit_code, run.not_run) == (1, ("features/b.feature::One thing",))
    assert run.start <= run.stop


def test_where_nothing_ran_nothing_is_written(project: Project) -> None:
    """A run without a scenario does not touch what the last one left."""
    project.feature(PASSING)

    run = project.run("-k", "nothing_like_that")

    run.stdout.no_fnmatch_line("document:*")
    assert not (project.root / "reports").exists()


def test_clock_says_nothing_of_results(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the files have another clock than the process, the documents are made all the same."""
    ahead = time.time_ns() + 3_600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: ahead)
    project.feature(PASSING)

    project.run().stdout.fnmatch_lines(["document: reports/spec.html"])


def test_results_of_the_last_run_make_no_documents_of_this_one(project: Project) -> None:
    """Whatever their time, they are not what this run has left."""
    project.feature(PASSING)
    project.run()
    for file in project.results_folder.iterdir():
        os.utime(file, (2**32, 2**32))

    run = project.run("-k", "nothing_like_that")

    run.stdout.no_fnmatch_line("document:*")


def test_own_folder_holds_its_document(project: Project) -> None:
    """Results that go elsewhere take their document with them."""
    project.feature(PASSING)

    project.run("--alluredir", "mine")

    assert (project.root / "mine/spec.html").is_file()
    assert not (project.root / "reports").exists()


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_failure_to_make_it_costs_the_document_alone(
    project: Project, workers: tuple[str, ...]
) -> None:
    """A document that cannot be written makes the run red, and the JUnit file says why."""
    project.feature(PASSING)
    (project.root / "reports/spec.html").mkdir(parents=True)

    run = project.run(*workers)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    told = [
        "document: *not made: IsADirectoryError: *",
        "  next: make room or correct the place; *",
    ]
    run.stdout.fnmatch_lines(told)
    junit = (project.root / "reports/junit.xml").read_text(encoding="utf-8")
    assert 'errors="1"' in junit
    assert "the document could not be made: IsADirectoryError" in junit


def test_output_that_cannot_be_made_again_is_gone(project: Project) -> None:
    """What was made before a run turned red calls it green, whatever keeps it from being mended."""
    project.feature(PASSING)
    project.write(
        "features/conftest.py",
        """
        from connector_harness.report.pipeline import junit

        write, made = junit.write_junit, []


        def write_once(*args):
            if made:
                raise ValueError("no second time")
            made.append(write(*args))
            return made[0]


        def pytest_configure():
            junit.write_junit = write_once


        def pytest_terminal_summary():
            raise RuntimeError("the till is jammed")
        """,
    )

    run = project.run_process()

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert not (project.root / "reports/junit.xml").exists()
    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "the till is jammed" in html


def test_cache_that_cannot_be_written_hides_nothing(project: Project) -> None:
    """Pytest warns of it, which is an error where warnings are; the documents say so.

    Which schemas are sound is then not remembered, either.
    """
    project.feature(PASSING)
    project.write("schemas/request/thing.json", SCHEMA)
    project.write(".pytest_cache", "a file in the way")

    run = project.run()

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["*= not written =*", "could not create cache path *"])
    run.stdout.no_fnmatch_line("*Traceback*")
    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "but a file could not be written</h1>" in html


@pytest.mark.parametrize("name", ["reports", "reports/allure-results"])
def test_results_that_lead_in_a_circle_are_no_internal_error(project: Project, name: str) -> None:
    """Where nothing can be written there is nothing to audit, and the folder is named."""
    project.feature(PASSING)
    circle = project.root / name
    circle.parent.mkdir(exist_ok=True)
    circle.symlink_to(circle.name)

    run = project.run()

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: the results cannot be written: *reports/allure-results'"])
    run.stdout.no_fnmatch_line("*leak audit*")


def test_last_run_can_be_compared_with(project: Project) -> None:
    """The results that a run takes the place of are read before they go."""
    project.feature(FAILING)
    project.run()
    project.feature(FAILING.replace("holds 3", "holds 1"))

    project.run("--since", "reports/allure-results")

    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "Since the last run" in html
    assert "1 fixed" in html


def test_wrong_folder_to_compare_with_is_named(project: Project) -> None:
    """A mistyped folder stops the run before anything is sent."""
    project.feature(PASSING)

    run = project.run("--since", "gone")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: --since: no folder *"])


def test_coverage_is_made_from_the_schemas(project: Project) -> None:
    """The schemas are kept as they are, and how much of them was met stands in a file."""
    project.feature(PASSING)
    project.write("schemas/request/thing.json", SCHEMA)

    project.run().stdout.fnmatch_lines(["coverage: *reports/coverage.json"])

    kept = json.loads((project.results_folder / "contract.json").read_bytes())
    assert kept["schemas"]["request/thing"]["properties"] == {"phone": {"type": "string"}}
    made = json.loads((project.root / "reports/coverage.json").read_bytes())
    assert list(made["totals"]) == ["command", "refusal", "notification"]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("unreachable.toml", "a = 1", "schemas/unreachable.toml: the reason of 'a' is no text"),
        ("thing.json", "{", "schemas cannot be used (1 problem)"),
    ],
)
def test_without_a_usable_contract_the_rest_is_made(
    project: Project, file: str, text: str, told: str
) -> None:
    """What is wrong with it is told, and costs the coverage alone."""
    project.feature(PASSING)
    project.write("schemas/request/thing.json", SCHEMA)
    # What is wrong from the beginning with a schema is a finding.
    path = project.root / "schemas" / file
    project.write(
        "features/conftest.py",
        f"def pytest_runtest_setup():\n    open({str(path)!r}, 'w').write({text!r})\n",
    )

    run = project.run("-W", "ignore::ResourceWarning")

    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["document: *reports/spec.html"])
    run.stdout.fnmatch_lines([f"coverage: *not made: {told}"])


def test_nothing_of_it_is_loaded_before_the_end(project: Project) -> None:
    """A run does not wait for what is needed when it is over."""
    project.steps(
        """
        @then("nothing is loaded too early")
        def nothing_is_loaded_too_early():
            import sys

            early = ("jinja2", "connector_harness.results.reader")
            assert [name for name in early if name in sys.modules] == []
        """
    )
    project.feature("Feature: F\n  Scenario: S\n    Then nothing is loaded too early\n")

    assert project.run_process().ret == pytest.ExitCode.OK
