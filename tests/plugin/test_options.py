"""Options of ours that take a value, as pytest's own take theirs."""

import pytest

from tests.project import FAILING, PASSING, Project


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


@pytest.mark.parametrize("name", ["logging", "junitxml", "cacheprovider", "capture", "xdist"])
def test_run_without_a_plugin_that_it_can_do_without(project: Project, name: str) -> None:
    """What a plugin of pytest's would have brought is not missed; of a failure neither."""
    project.feature(PASSING, "features/a.feature")
    project.feature(FAILING, "features/b.feature")

    project.run("-p", f"no:{name}").assert_outcomes(passed=1, failed=1)


def test_failure_is_told_without_a_terminal(project: Project) -> None:
    """The option that asks for the whole traceback is the terminal's, in set-up as well."""
    project.feature(PASSING)
    project.steps("""
        @pytest.fixture(autouse=True)
        def broken():
            raise RuntimeError("the kettle is cold")
    """)
    options = "--import-mode=importlib -p connector_harness.plugin -p no:anyio"

    run = project.run("-o", f"addopts={options} -p no:hypothesispytest", "-p", "no:terminal")

    assert run.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (("pytest-bdd",), ["pytest-bdd is switched off, and with it the steps"]),
        (("allure_pytest",), ["allure-pytest is switched off, and with it the results"]),
        (("pytest-bdd", "allure_pytest"), ["pytest-bdd is *", "allure-pytest is *"]),
    ],
)
def test_run_needs_two_plugins(project: Project, off: tuple[str, ...], told: list[str]) -> None:
    """Without steps or results there is no run; all that is off is named at once."""
    project.feature(PASSING)
    options = [option for name in off for option in ("-p", f"no:{name}")]

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    first, *others = told
    advice = f"  next: run without {' '.join(options)}, *"
    run.stderr.fnmatch_lines([f"ERROR: {first}", *others, advice])


def test_nothing_but_what_a_run_needs_may_load_by_itself(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has switched off that plugins load by themselves gets those that features run with."""
    project.feature(PASSING)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    project.run_process("-n", "1").assert_outcomes(passed=1)
