"""No scenario fails without anybody knowing: what pytest expects to fail has failed."""

import pytest

from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import FAILING, PASSING, Project, marking

NEXT = "next: let it fail, and write @quarantine:2026-12-31 and the issue, as @issue:ABC-1"

FIXTURE = """
    import pytest


    @pytest.fixture(autouse=True)
    def till(request):
        {}
        yield
        {}
"""


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["one-process", "a-worker"])
@pytest.mark.parametrize("where", ["step", "before", "after"])
def test_scenario_that_is_said_to_fail_has_failed(
    ci_project: Project, where: str, options: tuple[str, ...]
) -> None:
    """Every output tells it, and what to write for a failure that is not to count."""
    code = 'pytest.xfail("no time")'
    if where == "step":
        ci_project.steps(f'@when("it is known")\ndef it_is_known():\n    {code}\n')
    else:
        before, after = (code, "pass") if where == "before" else ("pass", code)
        ci_project.write("features/conftest.py", FIXTURE.format(before, after))
    known = PASSING.replace('"tea" is added', "it is known").replace("holds 1", "holds 0")
    ci_project.feature(known if where == "step" else PASSING)

    run = ci_project.run(*MESSAGES, *options)

    assert red_in_every_output(ci_project, run) == (1, 1)
    run.stdout.fnmatch_lines(["*no time*", "*xfail excuses no scenario", NEXT])


@pytest.mark.parametrize("mark", ["xfail", "xfail(run=False)", "xfail(strict=False)"])
@pytest.mark.parametrize("feature", [PASSING, FAILING])
@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_mark_of_a_plugin_is_a_finding(
    project: Project, mark: str, feature: str, options: tuple[str, ...]
) -> None:
    """Nothing runs, as with the tag; it stands at the scenario."""
    project.write("conftest.py", marking(mark))
    project.feature(feature)

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.INTERRUPTED
    what = "features/shop.feature:3: scenario * is marked xfail by a plugin or conftest.py"
    run.stdout.fnmatch_lines([what, f"    {NEXT}"])
    assert project.seen == []


@pytest.mark.parametrize("mark", ["xfail", "xfail(run=False)", "xfail(strict=False)"])
def test_mark_that_comes_late_excuses_nothing(ci_project: Project, mark: str) -> None:
    """What was to fail, and did, has failed, and says so everywhere."""
    marks = f"request.node.add_marker(pytest.mark.{mark})"
    ci_project.write("features/conftest.py", FIXTURE.format(marks, "pass"))
    ci_project.feature(FAILING)

    run = ci_project.run(*MESSAGES)

    assert red_in_every_output(ci_project, run) == (1, 1)
    run.stdout.fnmatch_lines(["*xfail excuses no scenario", NEXT])


def test_ordinary_test_may_be_expected_to_fail(project: Project) -> None:
    """It is pytest's, beside a scenario in quarantine, which is not excused by it."""
    project.feature(
        FAILING.replace("Scenario", "@quarantine:9999-12-31 @issue:A-1\n      Scenario")
    )
    body = "import pytest\n\n\ndef test_known():\n    pytest.xfail('known')\n"
    project.write("tests/test_known.py", body)

    run = project.run("features", "tests")

    assert run.ret == pytest.ExitCode.OK
    assert run.parseoutcomes() == {"xfailed": 1, "quarantined": 1}
