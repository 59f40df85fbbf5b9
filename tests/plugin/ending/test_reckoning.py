"""What was planned, what ran and what is on record are counted against one another."""

import pytest

from connector_harness.report.__main__ import main
from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import FAILING, PASSING, Project

PLAIN = """
    import pytest


"""

PROTOCOL = """
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(item):
        return "One" in item.name or None
"""

PROTOCOL_REPORTED = """
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(item):
        if "One" not in item.name:
            return None
        for when in ("setup", "call", "teardown"):
            report = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, when)
            item.ihook.pytest_runtest_logreport(report=report)
        return True
"""

LOOP = """
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop():
        return True
"""

DROPPING = """
    def pytest_collection_modifyitems(items):
        items[:] = [item for item in items if "One" not in item.name]
"""

DROPPING_ALL = """
    def pytest_collection_modifyitems(items):
        items.clear()
"""

DROPPING_LATE = """
    def pytest_collection_finish(session):
        session.items[:] = [item for item in session.items if "One" not in item.name]
"""

DROPPING_EARLY = """
    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(collector):
        report = yield
        report.result = [each for each in report.result if "One" not in each.name]
        return report
"""

LEAVING = """
    @pytest.fixture(autouse=True)
    def leaving(request):
        if "One" in request.node.name:
            pytest.exit("enough", returncode=0)
"""

TWO = """
    Feature: Two

      Scenario: One thing
        Given a basket
        Then the basket holds 0

      Scenario: Another thing
        Given a basket
        Then the basket holds 0
"""

EMPTYING = """
    import shutil


    @then("the reports are gone")
    def the_reports_are_gone(pytestconfig):
        shutil.rmtree(pytestconfig.rootpath / "reports")
        assert True
"""

EMPTIED = """
    Feature: Three

      Scenario: One
        Given a basket
        Then the basket holds 0

      Scenario: Two
        Given a basket
        Then the reports are gone
"""


@pytest.mark.parametrize(
    ("plugin", "failed", "why"),
    [
        (PROTOCOL, 1, "planned, and not run to its end"),
        (PROTOCOL_REPORTED, 1, "reported as passed, and there is no record of it"),
        (LOOP, 2, "planned, and not run to its end"),
        (DROPPING, 1, "left out by a plugin or conftest.py that does not say so"),
        (DROPPING_ALL, 2, "left out by a plugin or conftest.py that does not say so"),
        (DROPPING_LATE, 1, "left out by a plugin or conftest.py that does not say so"),
        (DROPPING_EARLY, 1, "left out by a plugin or conftest.py that does not say so"),
        (LEAVING, 2, "planned, and not run to its end: the run was stopped: Exit: enough"),
    ],
    ids=[
        *("protocol", "reported", "loop", "dropped", "all-dropped", "dropped-late"),
        *("dropped-early", "exit"),
    ],
)
def test_what_is_missing_makes_every_output_red(
    ci_project: Project, plugin: str, failed: int, why: str
) -> None:
    """The exit code, the terminal and each output tell of every scenario that did not pass."""
    ci_project.feature(TWO)
    # The run before was good.
    ci_project.run(*MESSAGES).assert_outcomes(passed=2)
    ci_project.write("features/conftest.py", PLAIN + plugin)

    run = ci_project.run(*MESSAGES)

    assert why in run.stdout.str()
    assert red_in_every_output(ci_project, run) == (2, failed)
    assert run.parseoutcomes()["failed"] == failed


@pytest.mark.parametrize(
    ("plugin", "failed"),
    [(PROTOCOL, 1), (PROTOCOL_REPORTED, 1), (DROPPING, 1), (DROPPING_EARLY, 1)],
    ids=["protocol", "reported", "dropped", "dropped-early"],
)
def test_workers_are_counted_as_one(ci_project: Project, plugin: str, failed: int) -> None:
    """What is missing in a worker is missing in the run, and told once."""
    ci_project.feature(TWO)
    ci_project.write("features/conftest.py", PLAIN + plugin)

    run = ci_project.run(*MESSAGES, "-n2")

    assert red_in_every_output(ci_project, run) == (2, failed)


def test_loop_that_is_swallowed_where_workers_are_controlled(project: Project) -> None:
    """Of what they have collected nobody hears, and the run is not good."""
    project.feature(TWO)
    project.write("features/conftest.py", PLAIN + LOOP)

    assert project.run("-n2").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("workers", [(), ("-n2", "--dist=loadfile")], ids=["one-process", "worker"])
def test_results_that_are_gone_are_no_success(
    ci_project: Project, workers: tuple[str, ...]
) -> None:
    """What was written before the folder was emptied is told as lost; the rest is as it was."""
    ci_project.steps(EMPTYING)
    ci_project.feature(EMPTIED)

    run = ci_project.run(*MESSAGES, *workers)

    assert "reported as passed, and there is no record of it" in run.stdout.str()
    assert red_in_every_output(ci_project, run) == (2, 1)


DYING = """
    @pytest.fixture(autouse=True)
    def dying(request):
        yield
        if "One" in request.node.name:
            import os
            os.kill(os.getpid(), 9)
"""


def test_worker_that_dies_in_tear_down_is_told_once(ci_project: Project) -> None:
    """A scenario that had passed until then has failed, and nobody says so twice."""
    ci_project.feature(TWO)
    ci_project.write("features/conftest.py", PLAIN + DYING)

    run = ci_project.run(*MESSAGES, "-n2")

    assert run.parseoutcomes()["failed"] == 1
    assert red_in_every_output(ci_project, run) == (2, 1)


CLEARING = """
    import shutil


    @pytest.fixture(autouse=True, scope="module")
    def clear(pytestconfig):
        results = pytestconfig.rootpath / "reports/allure-results"
        shutil.rmtree(results)
        results.mkdir()
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one-process", "worker"])
def test_spec_that_is_gone_before_the_first_result_is_written_anew(
    project: Project, workers: tuple[str, ...]
) -> None:
    """Every result is there, and so is its scenario in the document; as with ``--basetemp``."""
    project.feature(TWO)
    project.write("features/conftest.py", PLAIN + CLEARING)

    assert project.run(*workers).ret == pytest.ExitCode.OK

    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "All 2 scenarios passed" in html


@pytest.mark.parametrize(
    ("file", "kept", "told"),
    [
        ("*-journal.jsonl", None, "2 of 2 results of the run are missing"),
        ("*-journal.jsonl", 0, "2 of 2 results of the run are missing"),
        ("*-journal.jsonl", 1, "1 of 2 results of the run are missing"),
        ("spec.json", None, "the features that the results are of are missing: no spec.json"),
    ],
    ids=["no-journal", "empty-journal", "half-of-a-journal", "no-spec"],
)
def test_results_that_are_gone_after_the_run_are_told(
    project: Project, capsys: pytest.CaptureFixture[str], file: str, kept: int | None, told: str
) -> None:
    """What is made of the rest, as where a pipeline hands on less than all, is not good."""
    project.feature(TWO)
    project.run().assert_outcomes(passed=2)
    [found] = project.results_folder.glob(file)
    lines = found.read_text(encoding="utf-8").splitlines(keepends=True)
    found.unlink()
    if kept is not None:
        found.write_text("".join(lines[:kept]), encoding="utf-8")
    capsys.readouterr()

    assert main([str(project.results_folder), "--out", str(project.root / "out")]) == 1

    assert capsys.readouterr().err.startswith(f"{told}\n  next: ")


RENAMING = """
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport():
        report = yield
        if report.failed:
            report.outcome = "flaked"
        return report
"""


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "workers"])
def test_failure_by_another_name_is_one(ci_project: Project, workers: tuple[str, ...]) -> None:
    """An outcome that a plugin has made up does not hide what is on record."""
    ci_project.feature(FAILING)
    ci_project.write("features/conftest.py", PLAIN + RENAMING)

    run = ci_project.run(*MESSAGES, *workers)

    assert red_in_every_output(ci_project, run) == (1, 1)


RESETTING = """
    @pytest.hookimpl({when})
    def pytest_sessionfinish(session):
        {before}
        session.exitstatus = 0
"""

LEAVING_WELL = """
    import sys


    def {hook}():
        {leave}
"""


@pytest.mark.parametrize(
    "plugin",
    [
        RESETTING.format(when="tryfirst=True", before=""),
        RESETTING.format(when="wrapper=True, tryfirst=True", before="yield"),
        LEAVING_WELL.format(hook="pytest_terminal_summary", leave="pytest.exit('', returncode=0)"),
    ],
    ids=["early", "late", "exit"],
)
def test_exit_code_agrees_with_the_outputs(ci_project: Project, plugin: str) -> None:
    """Whoever sets it to 0, a failure that is told is not forgotten."""
    ci_project.feature(FAILING)
    ci_project.write("features/conftest.py", PLAIN + plugin)

    assert red_in_every_output(ci_project, ci_project.run(*MESSAGES)) == (1, 1)


@pytest.mark.parametrize(
    ("hook", "leave"),
    [
        ("pytest_sessionstart", "pytest.exit('enough', returncode=0)"),
        ("pytest_sessionfinish", "pytest.exit('enough', returncode=0)"),
        ("pytest_sessionfinish", "sys.exit()"),
        ("pytest_unconfigure", "sys.exit(0)"),
    ],
)
def test_run_that_is_left_in_the_middle_is_not_green(
    project: Project, hook: str, leave: str
) -> None:
    """Its outputs say so, and so does the exit code, whatever was wished for."""
    project.feature(PASSING)
    project.write("features/conftest.py", PLAIN + LEAVING_WELL.format(hook=hook, leave=leave))

    assert project.run_process().ret == pytest.ExitCode.TESTS_FAILED


SELECTING = """
    def pytest_collection_modifyitems(config, items):
        gone = [item for item in items if "One" in item.name]
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=gone)
"""


@pytest.mark.parametrize(
    ("plugin", "options"),
    [
        (SELECTING, ()),
        ("", ("-k", "Another")),
        ("", ("-m", "not one")),
        ("", ("--deselect", "features/shop.feature::One thing")),
        ("", ("--shard=1/2",)),
        ("", ("features/shop.feature:7",)),
    ],
    ids=["plugin", "words", "tags", "deselect", "shard", "line"],
)
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "workers"])
def test_what_was_left_out_on_purpose_is_not_missed(
    project: Project, plugin: str, options: tuple[str, ...], workers: tuple[str, ...]
) -> None:
    """A choice that somebody makes known is no difference."""
    project.feature(TWO.replace("Scenario: One", "@one\n      Scenario: One"))
    project.write("features/conftest.py", PLAIN + plugin)

    run = project.run(*options, *workers)

    assert run.ret == pytest.ExitCode.OK
    run.assert_outcomes(passed=1, deselected=run.parseoutcomes().get("deselected", 0))


def test_last_failed_is_a_choice(project: Project) -> None:
    """``--lf`` passes whole files by, and nobody misses them."""
    project.feature(PASSING, "features/a.feature")
    project.feature(FAILING, "features/b.feature")
    project.run()
    project.feature(FAILING.replace("holds 3", "holds 1"), "features/b.feature")

    assert project.run("--lf").ret == pytest.ExitCode.OK


GROUPED = """
    def pytest_collection_modifyitems(items):
        for item in items:
            item.add_marker(pytest.mark.xdist_group("a"))
"""


def test_groups_of_scenarios_are_counted_by_their_names(project: Project) -> None:
    """pytest-xdist adds the group to a node id, and to nothing else."""
    project.feature(TWO)
    project.write("features/conftest.py", PLAIN + GROUPED)

    run = project.run("-n2", "--dist=loadgroup")

    run.assert_outcomes(passed=2)
    assert run.ret == pytest.ExitCode.OK


def test_stopped_run_is_told_as_such(project: Project) -> None:
    """With ``-x`` what did not run is named, and no failure of its own."""
    project.feature(FAILING, "features/a.feature")
    project.feature(PASSING, "features/b.feature")

    run = project.run("-x")

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(["1 of 2 did not run to the end"])


@pytest.mark.parametrize("code", ["0", "7", "None"])
def test_run_that_is_stopped_has_one_cause(ci_project: Project, code: str) -> None:
    """It is told of what was under way and of what had not begun, each at its own line."""
    ci_project.steps(
        f"""
        @when("it is enough")
        def it_is_enough():
            pytest.exit("enough", returncode={code})
        """
    )
    ci_project.feature(
        TWO.replace("basket\n        Then", "basket\n        When it is enough\n        Then", 1)
    )

    run = ci_project.run(*MESSAGES)

    assert run.ret == {"0": 1, "7": 7, "None": 2}[code]
    out, html = run.stdout.str(), (ci_project.root / "reports/spec.html").read_text("utf-8")
    assert "nothing that pytest knows of" not in out + html
    assert "see the traceback at the terminal" not in out + html
    line = 1 + (ci_project.root / "shop_steps.py").read_text().partition("exit(")[0].count("\n")
    assert f"see what stops it, at shop_steps.py:{line}" in html
    assert "the run failed: the run was stopped: Exit: enough" in run.outlines
    assert "The run was stopped: Exit: enough" in html
    if code == "0":
        why = "planned, and not run to its end: the run was stopped: Exit: enough"
        # In CI, pytest repeats them whole at the end.
        out = out.partition(" short test summary info ")[0]
        assert out.count(f"{why}\n  at: features/shop.feature:3\n") == 1
        assert out.count(f"{why}\n  at: features/shop.feature:8\n") == 1
