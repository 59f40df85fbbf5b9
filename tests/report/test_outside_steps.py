"""Whatever fixtures do around the steps, each output marks the sentence that failed."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.project import FAILING, Project

AROUND = {
    "set-up": ('with allure.step("the light goes on"): pass', "pass"),
    "tear-down": ("pass", 'with allure.step("the light goes out"): pass'),
}
CONFTEST = """
    import allure
    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture(autouse=True)
    def light():
        {}
        yield
        {}
"""
SENTENCE = "Then the basket holds 3"
PART = re.compile(r'<li class="x"><span class="kw">(.*?)</span>.*?</span>(.*?)</span></li>')
TAG = re.compile(r"<[^>]*>")


@pytest.fixture(params=AROUND)
def failed(project: Project, request: pytest.FixtureRequest) -> Project:
    """A run in which the third sentence failed, between or before what a fixture calls a step."""
    project.write("conftest.py", CONFTEST.format(*AROUND[request.param]))
    project.feature(FAILING)
    project.run("--messages", "messages.ndjson").assert_outcomes(failed=1)
    return project


def test_allure_marks_the_sentence(failed: Project) -> None:
    """What the fixture did stands before or after the steps, and did not fail."""
    result = failed.result()
    [container] = failed.results_folder.glob("*-container.json")
    around = json.loads(container.read_text(encoding="utf-8"))

    assert [each["name"] for each in result["steps"] if each["status"] == "failed"] == [SENTENCE]
    assert [each["name"] for each in result["steps"] if "light" in each["name"]] == []
    assert around["children"] == [result["uuid"]]
    [fixture] = around["befores"] + around["afters"]
    [part] = fixture["steps"]
    assert (fixture["status"], part["status"]) == ("passed", "passed")
    assert "light" in part["name"]


def test_document_marks_the_sentence(failed: Project) -> None:
    """The sentence stands out in the scenario as it is written."""
    page = (failed.root / "reports/spec.html").read_text(encoding="utf-8")

    assert [" ".join(TAG.sub("", part) for part in each) for each in PART.findall(page)] == [
        SENTENCE
    ]


def test_junit_marks_the_sentence(failed: Project) -> None:
    """The steps in the output are those of the feature."""
    told = ET.parse(failed.root / "reports/junit.xml").findtext(".//system-out") or ""  # noqa: S314 - just written

    assert [line.split("  ")[2].strip() for line in told.splitlines() if "FAILED" in line] == [
        SENTENCE
    ]
    assert "light" not in told


def test_messages_mark_the_sentence(failed: Project) -> None:
    """The step that failed is the pickle's step of these words."""
    lines = (failed.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    texts = {s["id"]: s["text"] for m in messages if "pickle" in m for s in m["pickle"]["steps"]}
    steps = {s["id"]: s for m in messages if "testCase" in m for s in m["testCase"]["testSteps"]}
    ended = [m["testStepFinished"] for m in messages if "testStepFinished" in m]

    red = [e["testStepId"] for e in ended if e["testStepResult"]["status"] == "FAILED"]

    assert [texts[steps[each]["pickleStepId"]] for each in red] == ["the basket holds 3"]


BREAKING = """
    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture(autouse=True)
    def light():
        yield
        raise RuntimeError("the light stays on")
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one-process", "a-worker"])
def test_what_breaks_after_a_skip_breaks_the_scenario(
    project: Project, workers: tuple[str, ...]
) -> None:
    """Terminal, Allure, JUnit, document and messages tell one outcome: that of the tear-down."""
    project.write("conftest.py", BREAKING)
    project.steps("@when('that is not for now')\ndef not_now():\n    pytest.skip('not today')\n")
    project.feature("Feature: F\n  Scenario: S\n    When that is not for now\n    Given a basket\n")

    run = project.run("--messages", "messages.ndjson", *workers)

    why = "RuntimeError: the light stays on"
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert run.parseoutcomes()["errors"] == 1
    allure = project.result()
    assert (allure["status"], why in allure["statusDetails"]["message"]) == ("broken", True)
    root = ET.parse(project.root / "reports/junit.xml").getroot()  # noqa: S314 - just written
    [error] = root.iter("error")
    assert (root.get("errors"), why in str(error.get("message"))) == ("1", True)
    assert [*root.iter("skipped")] == []
    page = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "<h1>1 of 1 scenario failed</h1>" in page
    assert "The light stays on" in page or "the light stays on" in page
    lines = (project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    ended = [m["testStepFinished"] for m in map(json.loads, lines) if "testStepFinished" in m]
    red = [each["testStepResult"] for each in ended if each["testStepResult"]["status"] == "FAILED"]
    assert [why in each["message"] for each in red] == [True]
    assert json.loads(lines[-1])["testRunFinished"]["success"] is False
