"""A run leaves what a pipeline reads, and tells the CI system that it is part of."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from connector_harness.results.run_facts import read_runs
from tests.project import FAILING, PASSING, SCHEMA, SECRET, Project


def suites(file: Path) -> ET.Element:
    """Return what stands in a JUnit file."""
    return ET.parse(file).getroot()  # noqa: S314 - written by our run


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "workers"])
def test_files_are_made_without_being_asked_for(project: Project, workers: tuple[str, ...]) -> None:
    """The closing lines say where they are; JUnit's holds the scenario with its step's line."""
    project.feature(FAILING)

    run = project.run(*workers)

    for name in ("spec.html", "junit.xml"):
        run.stdout.fnmatch_lines([f"*: *reports/{name}"])
        assert (project.root / "reports" / name).is_file()
    run.stdout.fnmatch_lines(["junit: *reports/junit.xml"])
    [case] = suites(project.root / "reports/junit.xml").iter("testcase")
    assert (case.get("name"), case.get("line")) == ("Too few", "3")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--messages=reports/junit.xml",), "--messages=reports/junit.xml: this is the file of an"),
        (("--messages=reports/../reports/spec.html",), "spec.html: this is the file of another"),
        (("--junit-xml=reports/coverage.json",), "--junit-xml=reports/coverage.json: this is the"),
        (("--junit-xml=x", "--messages=./x"), "--messages=./x: this is the file of another"),
        (("--messages=features/shop.feature",), "shop.feature: this is the file of a feature"),
        (("--junit-xml=features/shop.feature",), "shop.feature: this is the file of a feature"),
    ],
)
def test_no_output_takes_the_place_of_another(
    project: Project, options: tuple[str, ...], told: str
) -> None:
    """Nothing is run, the features stay, and what is left of the run before tells of it."""
    feature = project.feature(PASSING)
    before = feature.read_bytes()
    project.run()

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: *{told}*", "  next: name a file of its own"])
    assert feature.read_bytes() == before
    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "the run could not begin" in html


@pytest.mark.parametrize("name", ["reports/junit.xml", "/dev/null"])
def test_usual_file_and_none_may_be_named(project: Project, name: str) -> None:
    """Who names JUnit's own place, or wants none of it, is taken at their word."""
    project.feature(PASSING)

    run = project.run(f"--junit-xml={name}", f"--messages={'messages' if 'x' in name else name}")

    assert run.ret == pytest.ExitCode.OK


def test_junit_file_is_where_the_command_line_says(project: Project) -> None:
    """Of two files, one would be wrong some day; that of an earlier run goes."""
    project.feature(PASSING)
    project.run()

    run = project.run("--junit-xml", "out/mine.xml")

    assert suites(project.root / "out/mine.xml").find("testsuite/[@file]") is not None
    assert not (project.root / "reports/junit.xml").exists()
    run.stdout.fnmatch_lines(["junit: *out/mine.xml"])


def test_findings_are_in_the_junit_file_of_pytest(project: Project) -> None:
    """A run that stops before its first scenario has no results; who wants a file gets one."""
    project.feature(PASSING.replace("a basket", "no such thing"))

    project.run("--junit-xml", "mine.xml")

    assert suites(project.root / "mine.xml").find(".//error") is not None


def test_property_that_a_step_records_is_kept(project: Project) -> None:
    """What pytest offers for JUnit files works, also for the run as a whole."""
    project.steps(
        """
        import pytest


        @given("it is noted")
        def it_is_noted(record_property):
            record_property("order", 66)


        @pytest.fixture(autouse=True, scope="session")
        def told(record_testsuite_property):
            record_testsuite_property("build", 7)
        """
    )
    project.feature("Feature: F\n  Scenario: S\n    Given it is noted\n")

    project.run("--junit-xml", "mine.xml", "-o", "junit_family=xunit1")

    root = suites(project.root / "mine.xml")
    assert root.find(".//testcase/properties/property[@name='order'][@value='66']") is not None
    assert root.find("testsuite/properties/property[@name='build'][@value='7']") is not None


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_messages_are_made_where_they_are_wanted(
    project: Project, workers: tuple[str, ...]
) -> None:
    """Each sentence comes with the definition that it meant; the others are there as well."""
    project.feature(PASSING)

    run = project.run("--messages", "out/run.ndjson", *workers)

    run.stdout.fnmatch_lines(["messages: *out/run.ndjson"])
    text = (project.root / "out/run.ndjson").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    definitions = [each["stepDefinition"] for each in found if "stepDefinition" in each]
    sources = {each["id"]: each["pattern"]["source"] for each in definitions}
    [case] = [each["testCase"] for each in found if "testCase" in each]
    assert [sources[id_] for step in case["testSteps"] for id_ in step["stepDefinitionIds"]] == [
        "a basket",
        '"{name}" is added',
        "the basket holds {count:d}",
    ]
    assert "these are added:" in sources.values()
    assert definitions[0]["sourceReference"]["uri"] == "shop_steps.py"


def test_one_that_cannot_be_made_costs_no_other(project: Project) -> None:
    """A folder in the place of the JUnit file is told of, in all the rest, and the run is red."""
    project.feature(PASSING)
    (project.root / "reports/junit.xml/a").mkdir(parents=True)

    run = project.run("--messages", "m.ndjson")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(
        ["document: *reports/*", "junit: * not made: *", "messages: *m.ndjson"]
    )
    html = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "passed, but the junit could not be made</h1>" in html


OUTPUTS = (
    "reports/spec.html",
    "reports/coverage.json",
    "reports/junit.xml",
    "m.ndjson",
    "reports/summary.md",
)


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
@pytest.mark.parametrize("lost", OUTPUTS)
def test_each_output_is_made_by_itself(
    project: Project, monkeypatch: pytest.MonkeyPatch, lost: str, workers: tuple[str, ...]
) -> None:
    """A folder in the way of one makes the run red; the others are there, and say why."""
    project.feature(PASSING)
    project.write("schemas/request/thing.json", SCHEMA)
    monkeypatch.setenv("GITLAB_CI", "true")
    (project.root / lost / "in the way").mkdir(parents=True)

    run = project.run("--messages=m.ndjson", *workers)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["*: *not made: *", "  next: make room or correct the place; *"])
    for name in OUTPUTS:
        if name != lost:
            text = (project.root / name).read_text(encoding="utf-8")
            # Coverage tells what was exercised, and nothing of how a run ended.
            assert "could not be made" in text or name == "reports/coverage.json"
    [facts] = read_runs(project.results_folder)
    assert (facts.exit_code, bool(facts.problems)) == (1, True)


def test_github_gets_annotations_and_a_summary(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure stands at the line of its sentence, from the top of the checkout."""
    project.feature(FAILING)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.root.parent))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.root / "summary"))

    run = project.run()

    place = f"file={project.root.name}/features/shop.feature,line=6,"
    run.stdout.fnmatch_lines([f"::error {place}title=Too few [[]product]::*holds 1, not 3*"])
    assert "1 of 1 scenario failed" in (project.root / "summary").read_text(encoding="utf-8")


def test_azure_gets_annotations_and_a_summary(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The summary is named by its full path."""
    project.feature(FAILING)
    monkeypatch.setenv("TF_BUILD", "True")

    run = project.run()

    lines = [line for line in run.outlines if line.startswith("##vso[")]
    assert lines[0] == f"##vso[task.uploadsummary]{project.root / 'reports/summary.md'}"
    assert lines[1].startswith("##vso[task.logissue type=error;sourcepath=features/shop.feature;")


@pytest.mark.parametrize(
    ("system", "args"),
    [
        ("GITHUB_ACTIONS", ("-n", "1")),
        ("GITHUB_ACTIONS", ("-s",)),
        ("TF_BUILD", ()),
        ("TF_BUILD", ("-s",)),
    ],
)
def test_nothing_else_commands_the_system(
    project: Project, monkeypatch: pytest.MonkeyPatch, system: str, args: tuple[str, ...]
) -> None:
    """What a title, an error, a skip or a print says is shown, and not obeyed, nor in pieces."""
    project.steps(
        r"""
        import pytest

        COMMANDS = "\n  ::error::x\n##[error]y\n##vso[task.setvariable variable=a]b\n::add-mask::c"


        @when("it fails")
        def it_fails():
            print(COMMANDS)
            print(*COMMANDS, sep="")
            raise RuntimeError(COMMANDS)


        @when("it is skipped")
        def it_is_skipped():
            pytest.skip(f"\x1b[2J{COMMANDS}")
        """
    )
    project.feature(
        """
        Feature: ##[group]z

          Scenario: ##vso[task.complete result=Succeeded;]
            When it fails

          Scenario: Another
            When it is skipped
        """
    )
    monkeypatch.setenv(system, "true")

    run = project.run("-rA", "-v", *args)

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    commands = [
        line
        for line in run.outlines
        if line.lstrip().startswith("::") or "##[" in line or "##vso[" in line
    ]
    ours = [line for line in commands if line.startswith(("::error file=", "##vso[task."))]
    assert commands == ours
    assert len(ours) == (1 if system == "GITHUB_ACTIONS" else 2)
    assert any(":\\:error::x" in line for line in run.outlines)
    assert "\x1b[2J" not in run.stdout.str()


def test_gitlab_gets_a_summary(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows failures by the JUnit file; nothing is said on the output for it."""
    project.feature(FAILING)
    monkeypatch.setenv("GITLAB_CI", "true")

    project.run().stdout.fnmatch_lines(["summary: *reports/summary.md"])

    assert (project.root / "reports/summary.md").is_file()


def test_nobody_else_is_told(project: Project) -> None:
    """On one's own machine there is no command to anybody."""
    project.feature(FAILING)

    run = project.run()

    assert not re.search(r"^(::|##)", run.stdout.str(), re.MULTILINE)
    assert not (project.root / "reports/summary.md").exists()


@pytest.mark.parametrize("variable", ["GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"])
def test_nothing_of_it_holds_a_secret(
    project: Project, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """What a failure says is masked wherever it is told again."""
    project.steps(
        """
        import os


        @given("it tells all")
        def it_tells_all():
            raise OSError(os.environ["CONNECTOR_CLIENT_SECRET"])
        """
    )
    project.feature("Feature: F\n  Scenario: S\n    Given it tells all\n")
    monkeypatch.setenv(variable, "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.root / "summary.md"))

    run = project.run("--messages", "m.ndjson")

    made = [project.root / "m.ndjson", *project.root.glob("summary.md")]
    made += [file for file in (project.root / "reports").iterdir() if file.is_file()]
    told = {file.name: file.read_text(encoding="utf-8") for file in made}
    telling = ("m.ndjson", "summary.md", "spec.html", "junit.xml")
    assert [name for name in told if SECRET in told[name]] == []
    assert [name for name in telling if "OSError" not in told[name]] == []
    assert SECRET not in run.stdout.str()
    assert "OSError" in run.stdout.str()


@pytest.mark.parametrize("place", ["m.ndjson", "summary"])
def test_audit_looks_into_it(project: Project, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """What went past the masking is found in these files too, wherever they are."""
    project.feature(PASSING)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary")
    project.write(
        "conftest.py",
        f"""
        import os
        from pathlib import Path

        pytest_plugins = ["shop_steps"]


        def pytest_terminal_summary():
            with Path("{place}").open("a") as file:
                file.write(os.environ["CONNECTOR_CLIENT_SECRET"])
        """,
    )

    run = project.run("--messages", "m.ndjson")

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines([f"{place}: holds a secret (client secret)"])
