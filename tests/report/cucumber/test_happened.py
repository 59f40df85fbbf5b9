"""Messages tell what happened beside the steps, and in which order it did."""

import base64
import json
from typing import Any

import pytest

from connector_harness.report.cucumber.attachments import LINK, LOG
from connector_harness.report.cucumber.messages import messages
from connector_harness.results.reader import read_results
from connector_harness.results.record import RecordedScenario
from tests.project import Project
from tests.report.edits import edit
from tests.report.runs import START_MS, write_run

PIXEL = bytes.fromhex("89504e470d0a1a0a00ff")
"""How a picture begins: bytes that are no text."""

STEPS = f"""
    import logging
    import allure
    import pytest
    from allure_commons.types import AttachmentType


    @pytest.fixture
    def oven():
        with allure.step("heat"):
            allure.attach("warm", "oven", AttachmentType.TEXT)
        logging.warning("it is hot")
        yield
        allure.attach("cold", "oven", AttachmentType.TEXT)


    @given("all is shown")
    def all_is_shown():
        allure.attach("<b>hi</b>", "page", AttachmentType.HTML)
        with allure.step("inside"):
            allure.attach({PIXEL!r}, "picture", AttachmentType.PNG)
            logging.getLogger("shop").error("no tea")
        allure.attach("{{}}", "own", "application/vnd.own+json")
        allure.dynamic.link("https://example.test/tea", name="tea")


    @given("an oven")
    def an_oven(oven): ...


    @given("no oven")
    def no_oven():
        pytest.skip("the oven is out")


    @given("an oven to build")
    def an_oven_to_build():
        raise NotImplementedError("later")


    @pytest.fixture
    def broken_oven():
        pytest.skip("nobody bakes")


    @pytest.fixture
    def silent_oven():
        pytest.skip()


    @pytest.fixture
    def leaving_oven():
        yield
        pytest.skip("nobody cleans")
"""


def run(project: Project, *steps: str, marks: str = "", options: tuple[str, ...] = ()) -> Any:  # noqa: ANN401  # JSON
    """Return the messages of a run of one scenario, by kind."""
    project.steps(STEPS)
    if marks:
        project.write(
            "conftest.py",
            f"""
            import pytest

            pytest_plugins = ["shop_steps"]


            def pytest_collection_modifyitems(items):
                for item in items:
                    item.fixturenames.append({marks!r})
            """,
        )
    lines = "\n".join(f"    Given {step}" for step in steps)
    project.feature(f"@link:https://example.test/spec\nFeature: A\n\n  Scenario: B\n{lines}\n")
    project.run("--messages=messages.ndjson", *options)
    text = (project.root / "messages.ndjson").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = {}
    for line in text.splitlines():
        for kind, message in json.loads(line).items():
            found.setdefault(kind, []).append(message)
    return found


def results_of(found: Any) -> list[tuple[str, str]]:  # noqa: ANN401  # JSON
    """Return status and message of each test step."""
    ended = [each["testStepResult"] for each in found["testStepFinished"]]
    return [(each["status"], each.get("message", "")) for each in ended]


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_step_shows_what_it_attached_logged_and_linked(
    project: Project, workers: tuple[str, ...]
) -> None:
    """Texts as they are, bytes in Base64, each of its own media type, at the step it was."""
    found = run(project, "a basket", "all is shown", options=workers)

    [_, step] = found["testCase"][0]["testSteps"]
    own = [each for each in found["attachment"] if each.get("testStepId") == step["id"]]
    shown = {each["mediaType"]: each for each in own}
    assert shown["text/html"]["body"] == "<b>hi</b>"
    assert shown["text/html"]["fileName"] == "page"
    assert shown["application/vnd.own+json"]["contentEncoding"] == "IDENTITY"
    assert base64.b64decode(shown["image/png"]["body"]) == PIXEL
    assert shown["image/png"]["contentEncoding"] == "BASE64"
    assert shown[LOG]["body"] == "ERROR shop: no tea"
    assert shown[LINK]["body"] == "https://example.test/tea"
    assert len(own) == 5  # as above
    [of_scenario] = [each for each in found["attachment"] if "testStepId" not in each]
    assert of_scenario["body"] == "https://example.test/spec"


def test_bytes_are_taken_for_no_token(project: Project) -> None:
    """Their Base64 may hold by chance what tokens begin with; nobody has leaked anything."""
    content = base64.b64decode("/+//eyJhbGciOiJIUzI1NiJ9aaaa")
    project.steps(f"""
    import allure


    @given("bytes")
    def some_bytes():
        allure.attach({content!r}, "bytes", "application/pdf", "pdf")
    """)
    project.feature("Feature: A\n\n  Scenario: B\n    Given bytes\n")

    run = project.run("--messages=messages.ndjson")

    assert run.ret == pytest.ExitCode.OK
    lines = (project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    [shown] = [m["attachment"] for m in map(json.loads, lines) if "attachment" in m]
    assert base64.b64decode(shown["body"]) == content


def test_bytes_that_are_gone_are_told(project: Project) -> None:
    """Nobody is shown an empty picture."""
    run(project, "all is shown")
    folder = project.results_folder
    for file in folder.glob("*.png"):
        file.unlink()

    told = [
        each["attachment"]["body"]
        for each in messages(read_results(folder))
        if "attachment" in each
    ]

    assert f"picture: {len(PIXEL)} bytes, no longer among the results" in told


def test_fixtures_are_hooks_where_they_do_something(project: Project) -> None:
    """Set-up and tear-down stand around the steps, with what happened there."""
    found = run(project, "a basket", "an oven")

    kinds = {each["id"]: each["type"] for each in found["hook"]}
    before, *_, after = found["testCase"][0]["testSteps"]
    assert kinds[after["hookId"]] == "AFTER_TEST_CASE"
    shown = [each["body"] for each in found["attachment"] if each.get("testStepId") == after["id"]]
    assert "cold" in shown
    assert "hookId" not in before
    assert results_of(found) == [("PASSED", "")] * 3


def test_scenario_without_anything_around_it_has_no_hooks(project: Project) -> None:
    """A fixture that does nothing is no step."""
    found = run(project, "a basket")

    assert "hook" not in found
    assert len(found["testStepFinished"]) == 1


def test_set_up_is_a_hook(project: Project) -> None:
    """It comes first."""
    found = run(project, "a basket", marks="oven")

    first, *_, last = found["testCase"][0]["testSteps"]
    kinds = {each["id"]: each["type"] for each in found["hook"]}
    assert [kinds[each["hookId"]] for each in (first, last)] == [
        "BEFORE_TEST_CASE",
        "AFTER_TEST_CASE",
    ]
    shown = [each["body"] for each in found["attachment"] if each.get("testStepId") == first["id"]]
    assert shown == ["WARNING root: it is hot", "warm"]


@pytest.mark.parametrize(
    ("steps", "mark", "ended"),
    [
        (("no oven", "a basket"), "", [("SKIPPED", "the oven is out"), ("SKIPPED", "")]),
        (("a basket",), "broken_oven", [("SKIPPED", "nobody bakes"), ("SKIPPED", "")]),
        (("a basket",), "silent_oven", [("SKIPPED", ""), ("SKIPPED", "")]),
        (("a basket",), "leaving_oven", [("PASSED", ""), ("SKIPPED", "nobody cleans")]),
    ],
)
def test_skip_has_its_reason(
    project: Project, steps: tuple[str, ...], mark: str, ended: list[tuple[str, str]]
) -> None:
    """At the step or the hook that skipped the rest."""
    assert results_of(run(project, *steps, marks=mark)) == ended


def test_step_that_is_not_written_yet_is_pending(project: Project) -> None:
    """It is no success."""
    found = run(project, "an oven to build", "a basket")

    [(status, message), (rest, _)] = results_of(found)
    assert (status, rest) == ("PENDING", "SKIPPED")
    assert "later" in message
    assert not found["testRunFinished"][0]["success"]


def test_attempts_are_told_as_they_ran(tmp_path: Any) -> None:  # noqa: ANN401
    """By time, not by place, each with its worker."""
    write_run(tmp_path, failed=("One parcel",))

    def begin(ms: int) -> Any:  # noqa: ANN401
        def change(record: RecordedScenario) -> None:
            record.start, record.stop, record.thread = START_MS + ms, START_MS + ms + 1, f"1-gw{ms}"

        return change

    for name, ms in (("One parcel", 30), ("A parcel to Rome", 10), ("A parcel to Oslo", 20)):
        edit(tmp_path, name, begin(ms))

    found = list(messages(read_results(tmp_path)))

    started = [each["testCaseStarted"] for each in found if "testCaseStarted" in each]
    assert [each["workerId"] for each in started] == ["1-gw10", "1-gw20", "1-gw30"]
    assert [each["timestamp"]["nanos"] for each in started] == [10_000_000, 20_000_000, 30_000_000]
    cases = [each["testCase"]["id"] for each in found if "testCase" in each]
    assert [each["testCaseId"] for each in started] == cases
