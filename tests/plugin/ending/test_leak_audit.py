"""A secret that went past the redactor is found in whatever the run has written."""

import json
import re
from pathlib import Path

import pytest

from connector_harness.plugin.ending.leak_audit import leaks
from connector_harness.redaction.encodings import encoded_forms, plain_forms
from connector_harness.redaction.redactor import KnownSecret, Redactor
from connector_harness.results.run_facts import read_runs
from tests.project import PASSING, SECRET, Project

SPEAKS = """
    import os

    SECRET = os.environ["CONNECTOR_CLIENT_SECRET"]


    @given("a secret slips out")
    def slips_out():
        {}
"""

SLIPS = """
    Feature: F
      Scenario: S
        Given a secret slips out
"""

PIECES = "import sys; [sys.stdout.write(part) for part in (SECRET[:9], SECRET[9:])]"
RAW = "import sys; sys.stdout.buffer.write(SECRET.encode())"
ERROR = "import sys; [sys.stderr.write(part) for part in (SECRET[:9], SECRET[9:])]"
PAST_THE_FACTORY = """
        import logging
        logging.getLogger("x").handle(logging.makeLogRecord({"msg": SECRET, "levelno": 50}))
"""
FILE = "import pathlib; pathlib.Path('reports/allure-results/{}').write_text('x' + SECRET)"
ENCODED = (
    "import base64, pathlib; "
    "pathlib.Path('reports/allure-results/b.txt').write_bytes(base64.b64encode(SECRET.encode()))"
)
NAMED = "import pathlib; pathlib.Path('reports', f'of {SECRET}.txt').touch()"
BESIDE = "import pathlib; pathlib.Path('reports/note.html').write_text(SECRET)"

TERMINAL = "the terminal's output"

LATECOMER = """
    import os
    import pathlib

    import pytest

    pytest_plugins = ["shop_steps"]


    class Latecomer:
        @pytest.hookimpl(wrapper=True)
        def pytest_sessionfinish(self):
            done = yield
            file = pathlib.Path("out/junit.xml")
            secret = os.environ["CONNECTOR_CLIENT_SECRET"]
            file.write_text(file.read_text() + f"<!-- {secret} -->")
            return done


    def pytest_sessionstart(session):
        session.config.pluginmanager.register(Latecomer())
"""

LOUD = """
    import os

    import pytest

    pytest_plugins = ["shop_steps"]


    def pytest_terminal_summary(terminalreporter):
        secret = os.environ["CONNECTOR_CLIENT_SECRET"]
        for letter in f"a warning of another plugin: {secret}":
            terminalreporter.write(letter)
"""


def audit(run: pytest.RunResult) -> str:
    """Return what the audit wrote, if anything."""
    return run.stdout.str().partition(" leak audit ")[2]


@pytest.mark.parametrize(
    ("code", "args", "where"),
    [
        (FILE.format("0-result.json"), (), "reports/allure-results/0-result.json"),
        (FILE.format("0-attachment.txt"), (), "reports/allure-results/0-attachment.txt"),
        (ENCODED, (), "reports/allure-results/b.txt"),
        (BESIDE, (), "reports/note.html"),
        (NAMED, (), "reports/of ***.txt"),
        (PIECES, ("-s",), TERMINAL),
        (RAW, ("-s",), TERMINAL),
        (ERROR, ("-s",), TERMINAL),
        (PAST_THE_FACTORY, ("--log-file=out/run.log",), "out/run.log"),
    ],
    ids=["result", "attachment", "Base64", "beside", "name", "stdout", "bytes", "stderr", "log"],
)
def test_leak_of_a_step_is_caught(
    project: Project, code: str, args: tuple[str, ...], where: str
) -> None:
    """What a step writes past the redactor fails the run, which names the place, not the secret."""
    project.steps(SPEAKS.format(code))
    project.feature(SLIPS)

    run = project.run(*args)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert f"{where}: holds a secret (client secret)" in audit(run)
    assert SECRET not in audit(run)


@pytest.mark.parametrize(
    ("conftest", "where"),
    [(LATECOMER, "out/junit.xml"), (LOUD, TERMINAL)],
    ids=["JUnit file", "warning"],
)
def test_leak_of_a_plugin_is_caught(project: Project, conftest: str, where: str) -> None:
    """So does what another plugin adds to the JUnit file, or shows as a warning."""
    project.write("conftest.py", conftest)
    project.feature(PASSING)

    run = project.run("--junitxml=out/junit.xml")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert f"{where}: holds a secret (client secret)" in audit(run)
    assert SECRET not in audit(run)


SHINY = """
    import argparse
    import os
    import pathlib

    import pytest

    pytest_plugins = ["shop_steps"]


    class Keyed(argparse.Action):
        def __call__(self, parser, namespace, values, option_string=None):
            kind, _, path = values.partition(":")
            setattr(namespace, self.dest, {kind: path})


    def pytest_addoption(parser):
        parser.addoption("--shiny")
        parser.addoption("--shiny-list", action="append")
        parser.addoption("--shiny-keyed", action=Keyed)
        parser.addoption("--shiny-open", type=argparse.FileType("w"))
        parser.addini("shiny_ini", "where it goes")
        parser.addini("shiny_paths", "where they go", type="paths")


    def pytest_unconfigure(config):
        if not hasattr(config, "workerinput") and (opened := config.option.shiny_open):
            opened.close()


    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(session):
        if hasattr(session.config, "workerinput"):
            return
        file = pathlib.Path("far/off/shiny.txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"as it were: {os.environ['CONNECTOR_CLIENT_SECRET']}")
"""


@pytest.mark.parametrize(
    "args",
    [
        ("--shiny=far/off/shiny.txt",),
        ("--shiny=./far/../far/off/shiny.txt",),
        ("--shiny=far",),
        ("--shiny=html:far/off/shiny.txt",),
        ("--shiny-list=other", "--shiny-list=far/off"),
        ("--shiny-keyed=html:far/off",),
        ("--shiny-open=far/off/shiny.txt",),
        ("-o", "shiny_ini=far/off/shiny.txt"),
        ("-o", "shiny_paths=far/off"),
        (
            "-o",
            "addopts=-p connector_harness.plugin -p no:hypothesispytest --shiny=far/off/shiny.txt",
        ),
        ("--shiny=far/off/shiny.txt", "-n", "2"),
    ],
    ids=" ".join,
)
def test_whatever_the_run_was_told_to_write_is_searched(
    project: Project, args: tuple[str, ...]
) -> None:
    """Also by an option or a setting of a plugin that nobody here knows."""
    project.write("conftest.py", SHINY)
    project.write("far/off/shiny.txt", "what was there before")
    project.feature(PASSING)

    run = project.run(*args)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert "far/off/shiny.txt: holds a secret (client secret)" in audit(run)


def test_what_the_run_was_told_to_read_is_not_searched(project: Project) -> None:
    """A file that stays as it was belongs to somebody else, whatever it holds."""
    project.write("far/off/shiny.txt", SECRET)
    project.write("conftest.py", SHINY.partition("@pytest.hookimpl")[0])
    project.feature(PASSING)

    run = project.run("--shiny=far", "-o", "shiny_ini=.")

    assert (run.ret, audit(run)) == (pytest.ExitCode.OK, "")


@pytest.mark.parametrize("args", [("--debug",), ("--debug=out.log",)], ids=["usual", "named"])
def test_trace_of_pytest_is_masked(project: Project, args: tuple[str, ...]) -> None:
    """What --debug writes of a failing call has no secret either."""
    project.steps(SPEAKS.format("raise ValueError(f'no {SECRET}')"))
    project.feature(SLIPS)

    run = project.run(*args)

    assert audit(run) == ""
    [file] = [*project.root.glob("*.log")]
    assert SECRET not in (text := file.read_text(encoding="utf-8"))
    assert "no ***" in text


def test_secret_on_the_command_line_is_found_in_the_trace(project: Project) -> None:
    """The head of it was written before anybody could mask it."""
    project.feature(PASSING)

    run = project.run("--debug", "-k", f"not {SECRET}")

    assert "pytestdebug.log: holds a secret (client secret)" in audit(run)


def test_leak_of_a_worker_is_caught(project: Project) -> None:
    """What a worker alone knows is looked for as well, also in what it writes itself."""
    project.steps(
        """
        @given("a secret slips out")
        def slips_out(request):
            import sys
            from pathlib import Path
            from connector_harness.plugin.stash import REDACTOR
            request.config.stash[REDACTOR].add("known-to-one-worker", kind="app secret")
            Path("reports/allure-results/a.txt").write_text("known-to-one-worker")
            sys.stderr.write("known-to")
            sys.stderr.write("-one-worker")
        """
    )
    project.feature(SLIPS)

    run = project.run("-n", "1", "-s")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert "reports/allure-results/a.txt: holds a secret (app secret)" in audit(run)
    assert f"{TERMINAL} (gw" in audit(run)


def test_documents_for_programs_are_red_as_well(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were made before the leak was found, and said that all was well."""
    project.steps(SPEAKS.format(BESIDE))
    project.feature(SLIPS)
    monkeypatch.setenv("GITLAB_CI", "true")

    run = project.run("--messages", "m.ndjson")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    reports = project.root / "reports"
    last = (project.root / "m.ndjson").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["testRunFinished"]["success"] is False
    [facts] = read_runs(project.results_folder)
    assert facts.exit_code == 1
    summary = (reports / "summary.md").read_text(encoding="utf-8")
    assert "but the leak audit found secrets" in summary
    assert "but the leak audit found secrets" in (reports / "spec.html").read_text(encoding="utf-8")
    assert 'errors="1"' in (reports / "junit.xml").read_text(encoding="utf-8")


def test_lost_worker_is_told(project: Project) -> None:
    """A worker that crashes takes with it what it knew; the audit does not pass over that."""
    project.steps(SPEAKS.format("os._exit(3)"))
    project.feature(SLIPS)

    run = project.run("-n", "1")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    told = audit(run)
    assert re.search(r"gw\d: was lost with what it knew", told)
    assert "next: look through what that worker has written" in told


def test_clean_run_is_not_bothered(project: Project) -> None:
    """A run that leaks nothing says nothing of an audit, however much it shows."""
    project.steps(SPEAKS.format("print(SECRET)"))
    project.feature(SLIPS)

    run = project.run("-s", "-vv", "-rA", "--junitxml=out/junit.xml")

    run.assert_outcomes(passed=1)
    assert (run.ret, audit(run)) == (pytest.ExitCode.OK, "")
    assert SECRET not in run.stdout.str() + run.stderr.str()


def test_earlier_files_are_left_alone(project: Project) -> None:
    """What an earlier run has left beside the results does not fail this one."""
    project.write("reports/old.txt", SECRET)
    project.feature(PASSING)

    assert project.run().ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    "code", [FILE.format("0-result.json"), BESIDE], ids=["new", "written over"]
)
def test_age_of_a_file_says_nothing(project: Project, code: str) -> None:
    """A clock that was set back, or that of another machine, hides no leak."""
    project.write("reports/note.html", "-" * len(SECRET))
    project.steps(SPEAKS.format(f"{code}; [os.utime(f, (0, 0)) for f in FILES.rglob('*.*')]"))
    project.steps("import pathlib\nFILES = pathlib.Path('reports')")
    project.feature(SLIPS)

    run = project.run()

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert "holds a secret (client secret)" in audit(run)


def test_more_hits_than_anybody_reads(project: Project) -> None:
    """Of many files the first are named and the others counted."""
    code = (
        "import pathlib; [pathlib.Path(f'reports/{n}.txt').write_text(SECRET) for n in range(30)]"
    )
    project.steps(SPEAKS.format(code))
    project.feature(SLIPS)

    told = audit(project.run())

    assert told.count("holds a secret") == 20
    assert "… and 10 more" in told


def test_failing_run_keeps_its_exit_code(project: Project) -> None:
    """A run that was stopped by a finding stays one that was."""
    project.write("conftest.py", LOUD)
    project.feature("Feature: F\n  Scenario: S\n    Given nobody knows\n")

    run = project.run()

    assert run.ret == pytest.ExitCode.INTERRUPTED
    assert TERMINAL in audit(run)


ODD = 'p/s+w"ö 7\\x'


def knowing(value: str, *, is_word: bool = False) -> Redactor:
    """Return a redactor that knows one secret."""
    redactor = Redactor()
    redactor.take_over([KnownSecret("phone", value, is_word)])
    return redactor


@pytest.mark.parametrize("form", sorted(plain_forms(ODD) | encoded_forms(ODD)))
def test_every_form_is_found(form: str) -> None:
    """However a secret was written, it is found."""
    assert knowing(ODD).kinds(f"before {form} after") == ["phone"]


@pytest.mark.parametrize(
    ("text", "count"), [("call 123456.", 1), ("\\n123456", 1), ("91234567", 0), ("", 0)]
)
def test_short_one_counts_as_a_word(text: str, count: int) -> None:
    """Digits that stand inside of a longer number are no phone number."""
    assert len(knowing("123456", is_word=True).kinds(text)) == count


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI3In0.c2lnbmF0dXJl",
        "ZXlKaGJHY2lPaUpTVXpJMU5pSjkuZXlKaGRXUWlPaUkzSW4w",
        "65794a68624763694f694a5355",
    ],
    ids=["plain", "Base64", "hex"],
)
def test_shape_of_a_token_is_enough(token: str) -> None:
    """A token is found though nobody has told of it."""
    assert Redactor().kinds(token) == ["token"]


def test_secret_across_the_border_of_two_pieces(tmp_path: Path) -> None:
    """A large file is searched as thoroughly as a small one."""
    file = tmp_path / "large.log"
    file.write_bytes(b"-" * (4 * 1024 * 1024 - 3) + b"secret-of-mine" + b"-" * 100)
    found = leaks(knowing("secret-of-mine"), [str(file), str(tmp_path / "gone")], {})
    assert list(found) == [(str(file), "holds a secret (phone)")]


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """What could not be searched is not taken for clean."""
    [(name, what)] = leaks(knowing("secret-of-mine"), [str(tmp_path)], {})
    assert name == str(tmp_path)
    assert what.startswith("cannot be searched: ")


def test_link_in_a_circle_is_no_file(project: Project) -> None:
    """What lies beside the results and leads nowhere is passed by."""
    project.feature(PASSING)
    project.results_folder.parent.mkdir()
    (project.results_folder.parent / "circle").symlink_to("circle")

    project.run().assert_outcomes(passed=1)
