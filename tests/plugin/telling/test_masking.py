"""No secret in anything that pytest or Allure writes."""

import contextlib
import io
import os
import pty
import sys
from pathlib import Path

import pytest

from connector_harness.plugin.telling.part import mask_streams
from connector_harness.redaction.redactor import Redactor
from tests.project import PASSING, SECRET, Project

CARELESS = """
    import logging
    import os

    import allure

    SECRET = os.environ["CONNECTOR_CLIENT_SECRET"]
    LOG = logging.getLogger("careless")


    @given("a secret is printed")
    def printed():
        print(f"out: {SECRET}")
        import sys
        print(f"err: {SECRET}", file=sys.stderr)


    @given("a secret is logged")
    def logged():
        LOG.warning("it is %s", SECRET)
        LOG.warning(f"it is {SECRET}, at %s", "last")
        LOG.warning("broken %d", SECRET)


    @given("an exception with a secret is logged")
    def exception_logged():
        try:
            raise ValueError(SECRET)
        except ValueError:
            LOG.exception("it went wrong")


    @given("a secret is raised")
    def raised():
        raise ValueError(f"no {SECRET}")


    @given("a secret is compared")
    def compared():
        own = SECRET
        assert own == "something else"


    @given("a secret is attached")
    def attached():
        allure.attach(f"text {SECRET}", name=f"name {SECRET}")
        allure.attach(SECRET.encode() + bytes([255]), name="bytes")
        with allure.step(f"part {SECRET}"):
            inside(SECRET)
        allure.dynamic.title(f"title {SECRET}")
        allure.dynamic.description(f"description {SECRET}")
        allure.dynamic.label("label", SECRET)
        allure.dynamic.link(f"https://shop.test/{SECRET}", name=SECRET)


    @allure.step("inside {argument}")
    def inside(argument):
        pass


    @given("a secret is a property")
    def a_property(record_property):
        record_property("secret", SECRET)


    @given("a secret is warned of")
    def warned():
        import warnings
        warnings.warn(f"beware of {SECRET}")


    @given("a secret is given away by a skip")
    def skipped():
        import pytest
        pytest.skip(f"because of {SECRET}")
"""

SENTENCES = (
    "a secret is printed",
    "a secret is logged",
    "an exception with a secret is logged",
    "a secret is raised",
    "a secret is compared",
    "a secret is attached",
    "a secret is a property",
    "a secret is warned of",
    "a secret is given away by a skip",
)

TELL_ALL = ("-rA", "-vv", "-l", "--junitxml=out/junit.xml", "-ojunit_logging=all")


@pytest.fixture
def careless(project: Project) -> Project:
    """A project whose steps know the secret of the endpoint."""
    project.steps(CARELESS)
    return project


def run(project: Project, *args: str) -> str:
    """Run the features and return all that was written, to the terminal and to files."""
    told = project.run(*TELL_ALL, *args)
    return everything(project, told)


def everything(project: Project, told: pytest.RunResult) -> str:
    """Return what *told* holds and what stands in the files that a run left."""
    files = [file for folder in ("out", "reports") for file in (project.root / folder).rglob("*")]
    texts = [file.read_text(errors="replace") for file in files if file.is_file()]
    return "\n".join([told.stdout.str(), told.stderr.str(), *texts])


def scenario(*sentences: str) -> str:
    """Return a feature whose scenarios have one of *sentences* each, and then fail."""
    lines = ["Feature: F"]
    for sentence in sentences:
        lines += [f"  Scenario: {sentence}", f"    Given {sentence}", "    And a basket"]
        lines += ["    Then the basket holds 3"]
    return "\n".join(lines)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_secret_of_the_endpoint_is_masked(careless: Project, sentence: str) -> None:
    """Whatever a step does with it, the secret stands in no output and no file."""
    careless.feature(scenario(sentence))

    text = run(careless, "-o", "filterwarnings=default")

    assert SECRET not in text
    assert "***" in text


def test_traceback_is_masked(careless: Project) -> None:
    """Nor does it stand in the lines and variables that a whole traceback shows."""
    careless.feature(scenario(*SENTENCES))

    text = run(careless, "--full-trace")

    assert SECRET not in text
    assert "own        = '***'" in text


def test_rest_of_the_text_stays(careless: Project) -> None:
    """Only the secret is masked: what surrounds it is still there to read."""
    careless.feature(scenario("a secret is raised"))

    assert "ValueError: no ***" in run(careless)


def test_live_log_is_masked(careless: Project) -> None:
    """Log lines on the terminal and in a file are masked as they are written."""
    careless.feature(scenario("a secret is logged", "an exception with a secret is logged"))

    text = run(careless, "--log-cli-level=INFO", "--log-file=out/run.log")

    assert SECRET not in text
    assert text.count("it is ***, at last") > 1


def test_record_keeps_its_arguments_in_the_text(careless: Project) -> None:
    """A masked log record reads as it would have, percent signs included."""
    careless.steps("""
        @given("a share is logged")
        def a_share_is_logged(caplog, seen):
            LOG.warning("100%% of %s for %d", "tea", 3)
            seen.append(caplog.records[-1].getMessage())
    """)
    careless.feature("Feature: F\n  Scenario: S\n    Given a share is logged\n")

    careless.run().assert_outcomes(passed=1)

    assert careless.seen == ["100% of tea for 3"]


def test_workers_mask_too(careless: Project) -> None:
    """A worker knows the secret before its first scenario, also where none uses the endpoint."""
    careless.feature(scenario(*SENTENCES))

    told = careless.run("-n", "1", *TELL_ALL, "-o", "filterwarnings=default")

    text = everything(careless, told)
    assert SECRET not in text
    assert len(careless.results()) == len(SENTENCES)


def test_other_plugins_are_handed_masked_reports(careless: Project) -> None:
    """What listens to pytest's reports gets none with the secret in it."""
    careless.write("out/seen.txt", "")
    careless.write(
        "conftest.py",
        """
        pytest_plugins = ["shop_steps"]


        def pytest_runtest_logreport(report):
            with open("out/seen.txt", "a") as file:
                file.write(f"{report.longrepr} {report.sections} {report.user_properties}")
        """,
    )
    careless.feature(scenario(*SENTENCES))

    text = run(careless, "-o", "filterwarnings=default")

    assert SECRET not in text
    assert "out: ***" in text


def test_set_up_that_fails_is_masked(careless: Project) -> None:
    """A fixture that raises the secret before the first step gives nothing away."""
    careless.write(
        "conftest.py",
        """
        import os

        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture(autouse=True)
        def light():
            raise OSError(os.environ["CONNECTOR_CLIENT_SECRET"])
        """,
    )
    careless.feature(PASSING)

    text = run(careless)

    assert "OSError: ***" in text
    assert SECRET not in text


def test_ordinary_test_beside_features_is_masked(careless: Project) -> None:
    """What allure-pytest writes in the same run is masked as well."""
    careless.write(
        "test_plain.py",
        """
        import os

        import allure

        SECRET = os.environ["CONNECTOR_CLIENT_SECRET"]


        def test_plain():
            allure.attach(f"text {SECRET}", name="proof")
            with allure.step("a step"):
                print(SECRET)
            assert SECRET == "another"
        """,
    )
    careless.feature(PASSING)

    text = run(careless, "features", "test_plain.py")

    assert len(careless.results()) == 2
    assert SECRET not in text


def test_secret_in_a_file_that_cannot_be_collected(project: Project) -> None:
    """What breaks while collecting is masked like what fails while running."""
    project.feature(PASSING)
    project.write(
        "features/inner/conftest.py",
        """
        import os

        raise RuntimeError("boom " + os.environ["CONNECTOR_CLIENT_SECRET"])
        """,
    )
    project.feature(PASSING, "features/inner/f.feature")

    run = project.run("--junitxml=junit.xml")

    assert "boom ***" in run.stdout.str()
    assert SECRET not in run.stdout.str() + run.stderr.str()
    assert SECRET not in (project.root / "junit.xml").read_text(encoding="utf-8")


STREAMS = """
    import os
    import sys

    SECRET = os.environ["CONNECTOR_CLIENT_SECRET"]


    @given("a secret is written to every stream")
    def written():
        print(SECRET)
        print("error", SECRET, file=sys.stderr)
        sys.__stdout__.write(SECRET)
        sys.__stderr__.writelines([f"lines {SECRET}"])
"""


def test_streams_are_masked_where_nothing_is_captured(project: Project) -> None:
    """With -s, what a step prints is masked on its way to the terminal."""
    project.steps(STREAMS)
    project.feature(scenario("a secret is written to every stream"))

    run = project.run_process("-s")

    text = run.stdout.str() + run.stderr.str()
    assert SECRET not in text
    assert ("error ***" in text, "lines ***" in text) == (True, True)


def test_streams_write_as_before_once_the_run_has_ended() -> None:
    """The streams are not ours to keep."""
    stream = io.TextIOWrapper(io.BytesIO())
    redactor = Redactor()
    redactor.add(SECRET)
    with contextlib.redirect_stdout(stream):
        stop = mask_streams(redactor.text, [])
        stream.write(SECRET)
        stop()
        stream.write(SECRET)
        stream.flush()
    assert stream.buffer.getvalue() == f"***{SECRET}".encode()


def test_whole_suite_is_masked_in_the_junit_file(project: Project) -> None:
    """What pytest writes there without showing it to anybody is masked too."""
    project.steps(
        """
        import os

        import pytest


        @pytest.fixture(autouse=True, scope="session")
        def told(record_testsuite_property):
            record_testsuite_property("told", f"<{os.environ['CONNECTOR_CLIENT_SECRET']}>")
        """
    )
    project.feature(PASSING)

    run = project.run("--junitxml=out/junit.xml")

    assert run.ret == pytest.ExitCode.OK
    assert 'value="&lt;***&gt;"' in (project.root / "out/junit.xml").read_text(encoding="utf-8")


ROWS = """
    Feature: Many buy

      Scenario Outline: <email> buys
        Given a basket
        When "<email>" is added
        Then the basket holds 1

        Examples:
          | email             |
          | mira@example.test |
          | kim@example.test  |
"""


def test_personal_data_of_rows_is_masked(project: Project) -> None:
    """Mail addresses in a column called so stand nowhere, and the run stays green."""
    project.feature(ROWS)

    run = project.run(*TELL_ALL)

    run.assert_outcomes(passed=2)
    assert run.ret == pytest.ExitCode.OK
    assert "@example.test" not in everything(project, run)


def test_personal_data_that_nobody_named_stays(project: Project) -> None:
    """Settings that name other members, or none, leave the rest readable."""
    settings = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    project.write("pyproject.toml", settings + "\n[tool.connector_harness]\npersonal_data = []\n")
    project.feature(ROWS)

    assert "mira@example.test" in everything(project, project.run("-v"))


def test_wrong_settings_of_personal_data(project: Project) -> None:
    """Settings that name no members end the run before it begins."""
    settings = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    project.write("pyproject.toml", settings + "\n[tool.connector_harness]\npersonal_data = 1\n")
    project.feature(PASSING)

    run = project.run()

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert "personal_data = 1 is no list of member names" in run.stderr.str()


def test_everything_of_an_ordinary_test_is_masked(careless: Project) -> None:
    """Names, labels, parameters and files that allure-pytest writes are masked, nothing else."""
    careless.write(
        "test_plain.py",
        """
        import os
        from pathlib import Path

        import allure
        import pytest

        SECRET = os.environ["CONNECTOR_CLIENT_SECRET"]


        @allure.label("label", SECRET)
        @allure.link(f"https://shop.test/{SECRET}", name=SECRET)
        @pytest.mark.parametrize("given", [SECRET], ids=["x"])
        def test_plain(given, tmp_path):
            file = tmp_path / "proof.txt"
            file.write_text(SECRET)
            allure.attach.file(file, name=f"proof {SECRET}")
            with allure.step(f"a step with {SECRET}"):
                allure.dynamic.parameter("told", SECRET)
        """,
    )
    careless.feature(PASSING)

    run = careless.run("features", "test_plain.py")

    run.assert_outcomes(passed=2)
    assert run.ret == pytest.ExitCode.OK
    assert SECRET not in everything(careless, run)
    assert {result["status"] for result in careless.results()} == {"passed"}


def test_log_call_with_any_fault_is_left_to_logging(careless: Project) -> None:
    """A faulty log call of a step does not fail in our code."""
    careless.steps("""
        @given("a log call lacks a key")
        def lacks_a_key():
            logging.raiseExceptions = False
            logging.Logger("aside").warning("%(missing)s", {"there": 1})
    """)
    careless.feature("Feature: F\n  Scenario: S\n    Given a log call lacks a key\n")

    careless.run().assert_outcomes(passed=1)


def test_terminal_that_has_hung_up_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is still said to it goes nowhere, and what comes after it is done."""
    ours, theirs = pty.openpty()
    with open(theirs, "w", buffering=1, encoding="utf-8") as stream:  # noqa: PTH123  # no path
        monkeypatch.setattr(sys, "stdout", stream)
        end = mask_streams(str, [])
        os.close(ours)
        sys.stdout.write("a line\n")
        sys.stdout.write("and half of one")
        sys.stdout.flush()
        end()
        with pytest.raises(OSError, match="Input/output error"):
            stream.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), theirs)


def test_other_errors_of_the_output_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is full is no terminal that has gone."""
    with Path("/dev/full").open("w", buffering=1, encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        end = mask_streams(str, [])
        with pytest.raises(OSError, match="No space left"):
            sys.stdout.write("a line\n")
        end()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
