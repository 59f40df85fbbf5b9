"""What only looks leaves the results and documents of the last run as they are."""

import pytest

from tests.project import FAILING, PASSING, SCHEMA, Project

LOOKING = {
    "--collect-only": "*One thing*",
    "--setup-plan": "*One thing*",
    "--setup-only": "*One thing*",
    "--fixtures": "*tmp_path*",
    "--fixtures-per-test": "collected 1 item",
    "--markers": "*usefixtures*",
    "--help": "*--endpoint*",
    "--version": "*pytest*",
    "-VV": "*pytest*",
    "--cache-show": "*cachedir*",
    "--steps": "*a basket*",
    "--steps=json": "*a basket*",
    "--spec-check": "*no finding*",
}


def left(project: Project) -> dict[str, bytes]:
    """Return the content of every file that runs leave, by path."""
    files = [*project.root.glob("*.xml"), *project.root.glob("*.ndjson")]
    files += [file for file in (project.root / "reports").rglob("*") if file.is_file()]
    return {file.relative_to(project.root).as_posix(): file.read_bytes() for file in files}


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
@pytest.mark.parametrize("option", LOOKING)
def test_it_leaves_everything(project: Project, option: str, workers: tuple[str, ...]) -> None:
    """Neither a file of the results nor an output changes, and what was asked for is shown."""
    project.write("schemas/request/thing.json", SCHEMA)
    project.feature(PASSING)
    more = ("--junit-xml=out.xml", "--messages=m.ndjson")
    project.run(*more)
    before = left(project)
    assert {"out.xml", "m.ndjson", "reports/spec.html", "reports/coverage.json"} <= {*before}

    run = project.run(option, *more, *workers)

    assert run.ret == pytest.ExitCode.OK
    (run.stderr if option == "--version" and not run.outlines else run.stdout).fnmatch_lines(
        [LOOKING[option]]
    )
    assert left(project) == before


def test_setups_that_are_shown_are_a_run(project: Project) -> None:
    """``--setup-show`` runs everything, and says more of it."""
    project.feature(PASSING)
    project.run()
    project.feature(FAILING)

    project.run("--setup-show").assert_outcomes(failed=1)

    assert [each["name"] for each in project.results()] == ["Too few"]
