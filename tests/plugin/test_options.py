"""Options of ours that take a value, as pytest's own take theirs."""

import pytest

from tests.project import PASSING, Project


@pytest.mark.parametrize("option", ["--since", "--history", "--messages"])
def test_value_that_moves_the_rootdir_is_refused(project: Project, option: str) -> None:
    """Pytest would leave the project's configuration unread: it says how to write it."""
    project.feature(PASSING)
    project.run()
    elsewhere = project.root.parent / f"{project.root.name}-elsewhere"
    project.results_folder.rename(elsewhere)

    # The project's own -p is not read either.
    run = project.run("-p", "no:hypothesispytest", option, str(elsewhere))

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"*next: write {option}={elsewhere}"])


@pytest.mark.parametrize("words", [("--since={}",), ("features", "--since", "{}")])
def test_value_that_moves_nothing_is_taken(project: Project, words: tuple[str, ...]) -> None:
    """Behind an equals sign it is no path, and inside of the project it is no matter."""
    project.feature(PASSING)
    project.run()
    before = project.root / "before"
    project.results_folder.rename(before)

    run = project.run(*(word.format(before) for word in words))

    run.assert_outcomes(passed=1)


def test_settings_of_other_tools_make_no_project(project: Project) -> None:
    """A package of a larger project keeps the rootdir that pytest has found above it."""
    project.feature(PASSING, "package/features/shop.feature")
    project.write("package/pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    project.write("package/before.ndjson", "")
    project.pytester.chdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root / "package")
        run = project.run("features", "--messages", "before.ndjson")

    run.assert_outcomes(passed=1)
