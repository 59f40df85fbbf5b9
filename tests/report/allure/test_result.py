"""Each scenario is one Allure result that reads like its feature."""

import json
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.project import FAILING, PASSING, SECRET, Project, marking

FULL = '''
    @shop
    Feature: A shop
      Sells things.

      Background:
        Given a basket

      @slow @critical
      Rule: Things are counted
        Because they cost.

        @team:blue
        Scenario Outline: Counting <thing>
          One by one.

          When these are added:
            | <thing> |
            | a "b", c |
          And the note is written:
            """json
            {"thing": "<thing>"}
            """
          Then the basket holds <count>

          @minor
          Examples:
            | thing | count |
            | tea   | 2     |
'''

WITH_ALLURE = """
    import allure


    @given("a report", target_fixture="report")
    def a_report():
        allure.dynamic.title("Another title")
        allure.dynamic.description("Another description")
        allure.dynamic.severity("blocker")
        allure.dynamic.tag("dynamic")
        allure.dynamic.link("https://shop.test/1", name="Shop")
        allure.dynamic.parameter("weight", 7)
        allure.attach("seen", name="proof", attachment_type=allure.attachment_type.TEXT)
        allure.attach(b"PNG", name="picture", attachment_type=allure.attachment_type.PNG)
        with allure.step("outer"):
            allure.attach("{}", "inside", allure.attachment_type.JSON)
            inner(3)


    @allure.step("inner {number}")
    def inner(number):
        pass


    @given("a broken part")
    def a_broken_part():
        with allure.step("part"):
            raise ValueError("broken")
"""

EXCHANGE = """
    from connector_harness.client.http.exchange import Exchange
    from connector_harness.plugin.running.exchange_recorder import EVIDENCE


    def exchange(status=500, failure=None):
        return Exchange(
            operation="create_conversation",
            method="POST",
            url="http://127.0.0.1:9/api/conversation?v=3",
            request_headers=(("Content-Type", "application/json"), ("Authorization", "secret")),
            request_body=b'[{"id": "1"}]',
            status=status,
            response_headers=(("Content-Type", "text/html; charset=utf-8"),),
            response_body=b"<p>sorry</p>" if status else b"",
            started_s=1_700_000_000.0008,
            elapsed_s=0.25,
            failure=failure,
        )


    @when("something is sent")
    def something_is_sent(request):
        request.config.stash[EVIDENCE].exchanged(exchange())


    @when("nothing answers")
    def nothing_answers(request):
        request.config.stash[EVIDENCE].exchanged(exchange(None, "timed out"))
"""


@pytest.fixture
def full(project: Project) -> dict[str, Any]:
    """The result of a scenario that has everything."""
    project.feature(FULL, "features/stock/deep/shop.feature")
    project.run().assert_outcomes(passed=1)
    return project.result()


def labels(result: dict[str, Any], *names: str) -> list[str]:
    """Return the values of the labels called one of *names*, in order."""
    return [label["value"] for label in result["labels"] if label["name"] in names]


def statuses(result: dict[str, Any]) -> list[str]:
    """Return the statuses of the steps."""
    return [step["status"] for step in result["steps"]]


def run_steps(project: Project, *sentences: str) -> dict[str, Any]:
    """Return the result of a scenario with these sentences."""
    lines = "\n".join(f"    * {sentence}" for sentence in sentences)
    project.feature(f"Feature: F\n  Scenario: S\n{lines}\n")
    project.run()
    return project.result()


def written(folder: Path) -> str:
    """Return all text in all files of *folder*, and the files' names."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "\n".join(file.name + file.read_text(errors="replace") for file in files)


def test_name_is_the_title(full: dict[str, Any]) -> None:
    """The report shows the title with the row's values; the full name adds the file's path."""
    assert full["name"] == "Counting tea"
    assert full["fullName"] == "features/stock/deep/shop.feature::Counting tea"
    assert (full["status"], full["stage"]) == ("passed", "finished")


def test_labels_place_the_scenario_in_the_report(full: dict[str, Any]) -> None:
    """Epic is the folder, feature the feature, story the rule; suites mirror them."""
    assert labels(full, "epic", "feature", "story") == [
        "stock / deep",
        "A shop",
        "Things are counted",
    ]
    assert labels(full, "parentSuite", "suite", "subSuite") == [
        "stock / deep",
        "A shop",
        "Things are counted",
    ]


def test_story_without_a_rule_is_the_scenario(project: Project) -> None:
    """The rows of an outline share a story: its title as it is written."""
    project.feature("""
        Feature: F
          Scenario Outline: Adding <thing>
            Given a basket
            When "<thing>" is added
            Examples:
              | thing |
              | tea   |
              | milk  |
    """)

    project.run()

    assert [labels(result, "story") for result in project.results()] == [["Adding <thing>"]] * 2
    assert labels(project.results()[0], "epic", "subSuite") == ["features"]


def test_tags_are_tags(full: dict[str, Any]) -> None:
    """All tags of feature, rule, outline and Examples are shown, without the at sign."""
    assert labels(full, "tag") == ["shop", "slow", "critical", "team:blue", "minor"]


def test_innermost_severity_counts(full: dict[str, Any]) -> None:
    """A severity at the row beats that of the rule."""
    assert labels(full, "severity") == ["minor"]


TAGGED = """
    @epic:Purchase @owner:ada @critical
    Feature: F

      @layer=api
      Rule: R

        @allure.id:417 @team:blue @flaky
        Scenario Outline: S
          Given a basket
          When "<thing>" is added

          @owner=bob @suite:Mine
          Examples:
            | thing |
            | tea   |
            | tea   |
"""


@pytest.fixture
def tagged(project: Project) -> list[dict[str, Any]]:
    """The results of two equal rows, tagged at every level."""
    project.feature(TAGGED)
    project.run().assert_outcomes(passed=2)
    return sorted(project.results(), key=lambda result: len(result["parameters"]))


def test_tags_of_every_level_are_labels(tagged: list[dict[str, Any]]) -> None:
    """Those of feature, rule, outline and Examples count, in place of what the titles say."""
    result = tagged[0]

    assert labels(result, "epic", "layer", "team") == ["Purchase", "api", "blue"]
    assert labels(result, "suite", "feature", "owner") == ["F", "bob", "Mine"]
    assert labels(result, "tag") == ["critical", "team:blue", "flaky"]
    assert result["statusDetails"] == {"flaky": True}


def test_id_is_either_label(tagged: list[dict[str, Any]]) -> None:
    """Older tools look for one, newer ones for the other."""
    assert labels(tagged[0], "ALLURE_ID", "AS_ID") == ["417", "417"]


def test_equal_rows_of_an_id_have_other_parameters(tagged: list[dict[str, Any]]) -> None:
    """Allure 3 tells the rows of an id apart by their parameters alone."""
    assert [len(result["parameters"]) for result in tagged] == [1, 2]
    assert tagged[1]["parameters"][1] == {"name": "repeated row", "value": "2"}
    assert tagged[0]["historyId"] != tagged[1]["historyId"]


@pytest.mark.parametrize(
    ("tag", "severity"),
    [("critical", ["critical"]), ("severity:trivial", ["trivial"]), ("severe", [])],
)
def test_severity_comes_from_a_tag(project: Project, tag: str, severity: list[str]) -> None:
    """Both spellings work, and other tags are no severity."""
    project.feature(f"Feature: F\n  @{tag}\n  Scenario: S\n    Given a basket\n")

    project.run()

    assert labels(project.result(), "severity") == severity


def test_values_of_the_row_are_parameters(full: dict[str, Any]) -> None:
    """Each column is a parameter of the scenario."""
    assert full["parameters"] == [
        {"name": "thing", "value": "tea"},
        {"name": "count", "value": "2"},
    ]


def test_description_is_that_of_the_gherkin(full: dict[str, Any]) -> None:
    """What stands below feature, rule and scenario is shown in that order."""
    assert full["description"] == (
        "Sells things.\n\n**Rule: Things are counted**\n\nBecause they cost.\n\nOne by one."
    )


def test_steps_have_their_keywords(full: dict[str, Any]) -> None:
    """Steps read as in the feature, the background's first, with values filled in."""
    assert [step["name"] for step in full["steps"]] == [
        "Given a basket",
        "When these are added:",
        "And the note is written:",
        "Then the basket holds 2",
    ]
    assert statuses(full) == ["passed"] * 4


def test_times_are_those_of_the_run(full: dict[str, Any]) -> None:
    """Steps follow each other within the scenario."""
    times = [time for step in full["steps"] for time in (step["start"], step["stop"])]

    assert times == sorted(times)
    assert full["start"] <= times[0]
    assert times[-1] <= full["stop"]


def test_data_table_is_attached_to_its_step(project: Project, full: dict[str, Any]) -> None:
    """A table is a CSV attachment, its cells quoted where they must be."""
    [entry] = full["steps"][1]["attachments"]

    assert (entry["name"], entry["type"]) == ("data table", "text/csv")
    assert entry["source"].endswith("-attachment.csv")
    assert project.attachment(entry) == 'tea\n"a ""b"", c"'


def test_doc_string_is_attached_with_its_media_type(project: Project, full: dict[str, Any]) -> None:
    """A text keeps the type that the feature gives it, ``json`` as the short form."""
    [entry] = full["steps"][2]["attachments"]

    assert (entry["name"], entry["type"]) == ("doc string", "application/json")
    assert project.attachment(entry) == '{"thing": "tea"}'


@pytest.mark.parametrize(
    ("written_type", "media_type", "ending"),
    [
        ("", "text/plain", "txt"),
        ("text/html", "text/html", "html"),
        ("xml", "application/xml", "xml"),
        ("python", "text/plain", "txt"),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "txt"),
    ],
)
def test_media_type_decides_how_a_text_opens(
    project: Project, written_type: str, media_type: str, ending: str
) -> None:
    """Known types get their file ending; what is no media type is plain text."""
    project.feature(
        f"Feature: F\n  Scenario: S\n    When the note is written:\n"
        f'      """{written_type}\n      x\n      """\n'
    )

    project.run()

    [entry] = project.result()["steps"][0]["attachments"]
    assert entry["type"] == media_type
    assert entry["source"].endswith(f".{ending}")


def test_ids_do_not_depend_on_where_the_project_lies(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report knows a scenario again on another machine."""
    project.feature(FULL)
    elsewhere = project.root / "else" / "where"
    shutil.copytree(project.root, elsewhere, ignore=shutil.ignore_patterns("else"))

    project.run()
    monkeypatch.chdir(elsewhere)
    project.run()

    [here], [there] = project.results(), project.results(elsewhere / "reports/allure-results")
    for name in ("fullName", "testCaseId", "historyId"):
        assert here[name] == there[name]


def test_ids_do_not_depend_on_the_folder_where_pytest_starts(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run in a sub folder writes the same names to the same place."""
    project.feature(PASSING)
    monkeypatch.chdir(project.root / "features")

    project.run("shop.feature")

    assert project.result()["fullName"] == "features/shop.feature::One thing"


def test_each_scenario_has_ids_of_its_own(project: Project) -> None:
    """Even two equal rows are two lines in the report's history."""
    outline = """
        Feature: F
          Scenario Outline: Same
            Given a basket
            When "<thing>" is added
            Examples:
              | thing |
              | tea   |
              | tea   |
    """
    project.feature(outline, "features/a.feature")
    project.feature(outline, "features/b.feature")

    project.run()

    found = {
        name: len({result[name] for result in project.results()})
        for name in ("uuid", "fullName", "historyId", "testCaseId")
    }
    # The rows of an outline are one test case.
    assert found == {"uuid": 4, "fullName": 4, "historyId": 4, "testCaseId": 2}


def test_ids_of_a_scenario_outlive_a_new_neighbour(project: Project) -> None:
    """Another scenario above it does not change who a scenario is."""
    project.feature(PASSING)
    project.run()
    before = project.result()["historyId"]
    project.feature(
        PASSING.replace("  Scenario:", "  Scenario: New\n        Given a basket\n\n      Scenario:")
    )

    project.run()

    assert project.results()[1]["historyId"] == before


def test_failure_is_told_at_its_step_and_above(project: Project) -> None:
    """The step that failed, the reason, and the rest of the steps as skipped."""
    project.feature(FAILING)
    project.run()

    result = project.result()

    assert statuses(result) == ["passed", "passed", "failed", "skipped"]
    reason = (
        "[product] the basket holds 1, not 3 (Then the basket holds 3, features/shop.feature:6)"
    )
    assert result["status"] == "failed"
    assert result["statusDetails"]["message"] == reason
    assert result["statusDetails"]["trace"].startswith("Scenario: Too few\n")
    assert result["steps"][2]["statusDetails"]["message"] == reason


def test_error_that_is_no_assertion_is_broken(project: Project) -> None:
    """The report tells an unmet expectation from a step that cannot do its work."""
    project.steps(WITH_ALLURE)

    result = run_steps(project, "a broken part", "a basket")

    assert result["status"] == "broken"
    assert statuses(result) == ["broken", "skipped"]
    assert result["steps"][0]["steps"][0]["status"] == "broken"


def test_skipped_scenario_says_why(project: Project) -> None:
    """A step that skips the scenario is skipped itself, and so are those after it."""
    project.steps("""
        @given("it is closed")
        def it_is_closed():
            import pytest
            pytest.skip("closed on Sundays")
    """)

    result = run_steps(project, "a basket", "it is closed", "a basket")

    assert result["status"] == "skipped"
    assert statuses(result) == ["passed", "skipped", "skipped"]
    assert "closed on Sundays" in result["statusDetails"]["message"]


def test_scenario_skipped_by_a_mark_is_in_the_report(project: Project) -> None:
    """A scenario that never began is shown as skipped, with all its steps."""
    project.write("conftest.py", marking("skip"))
    project.feature(PASSING)

    project.run()

    assert project.result()["status"] == "skipped"
    assert statuses(project.result()) == ["skipped"] * 3


LIGHT = """
    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture(autouse=True)
    def light():
        {}
        yield
        {}
"""


def test_error_before_the_steps_is_broken(project: Project) -> None:
    """A fixture that fails in its set-up is the reason, and no step has run."""
    project.write("conftest.py", LIGHT.format('raise OSError("no power")', "pass"))
    project.feature(PASSING)

    project.run()

    result = project.result()
    assert result["status"] == "broken"
    assert result["statusDetails"]["message"].startswith("[spec] OSError: no power (set-up, ")
    assert statuses(result) == ["skipped"] * 3


def test_error_after_the_steps_is_broken(project: Project) -> None:
    """A fixture that fails in its tear-down spoils a scenario whose steps have all passed."""
    project.write("conftest.py", LIGHT.format("pass", 'raise OSError("lamp stuck")'))
    project.feature(PASSING)

    project.run()

    result = project.result()
    assert result["status"] == "broken"
    assert result["statusDetails"]["message"].startswith("[spec] OSError: lamp stuck (tear-")
    assert statuses(result) == ["passed"] * 3


def test_failure_of_a_step_beats_that_of_the_tear_down(project: Project) -> None:
    """The first thing that went wrong is the reason."""
    project.write("conftest.py", LIGHT.format("pass", 'raise OSError("lamp stuck")'))
    project.feature(FAILING)

    project.run()

    assert "the basket holds 1, not 3" in project.result()["statusDetails"]["message"]


def test_allure_calls_work_inside_of_steps(project: Project) -> None:
    """Attachments and parts stand below the step that made them, nested as they were."""
    project.steps(WITH_ALLURE)

    [step] = run_steps(project, "a report")["steps"]

    assert [entry["name"] for entry in step["attachments"]] == ["proof", "picture"]
    assert [entry["type"] for entry in step["attachments"]] == ["text/plain", "image/png"]
    assert project.attachment(step["attachments"][0]) == "seen"
    [outer] = step["steps"]
    assert (outer["name"], outer["status"]) == ("outer", "passed")
    assert outer["attachments"][0]["type"] == "application/json"
    [inner] = outer["steps"]
    assert (inner["name"], inner["parameters"]) == ("inner 3", [{"name": "number", "value": "3"}])


def test_dynamic_calls_work_inside_of_steps(project: Project) -> None:
    """Title, description, labels, links and parameters can be set by a step."""
    project.steps(WITH_ALLURE)

    result = run_steps(project, "a report")

    assert result["name"] == "Another title"
    assert result["description"] == "Another description"
    assert labels(result, "severity", "tag") == ["blocker", "dynamic"]
    [link] = result["links"]
    assert (link["url"], link["name"]) == ("https://shop.test/1", "Shop")
    assert result["parameters"] == [{"name": "weight", "value": "7"}]


PARAMETERS = """
    import allure


    @given("a delivery", target_fixture="delivery")
    def a_delivery():
        mode = allure.parameter_mode
        allure.dynamic.description_html("<b>Another</b> description")
        allure.dynamic.parameter("thing", "milk", excluded=True)
        allure.dynamic.parameter("door code", "8714", mode=mode.MASKED)
        allure.dynamic.parameter("van", 1, mode=mode.HIDDEN)
        allure.dynamic.parameter("van", 2, mode=mode.HIDDEN)
"""


def test_parameters_are_shown_as_code_says(project: Project) -> None:
    """Hidden, masked or left out of the history; what is masked is written nowhere."""
    project.steps(PARAMETERS)
    project.feature("""
        Feature: F
          Scenario Outline: The <thing> comes
            Given a delivery
            And a basket
            Then the basket holds <count>
            Examples:
              | thing | count |
              | tea   | 0     |
    """)

    project.run()

    result = project.result()
    assert result["parameters"] == [
        {"name": "count", "value": "0"},
        {"name": "thing", "value": "milk", "excluded": True},
        {"name": "door code", "value": "***", "mode": "masked"},
        {"name": "van", "value": "2", "mode": "hidden"},
    ]
    assert result["descriptionHtml"] == "<b>Another</b> description"
    assert "8714" not in written(project.results_folder)


def test_failure_says_what_was_expected_and_what_came(project: Project) -> None:
    """Allure compares the two side by side."""
    project.feature(FAILING)

    project.run()

    details = project.result()["statusDetails"]
    assert (details["expected"], details["actual"]) == ("3", "1")


def test_title_given_by_a_step_does_not_change_who_it_is(project: Project) -> None:
    """The history goes by the feature's title."""
    project.steps(WITH_ALLURE)

    assert run_steps(project, "a report")["fullName"] == "features/shop.feature::S"


def test_fixtures_may_attach_too(project: Project) -> None:
    """What is attached before the steps stands there, and what comes after them behind."""
    project.write(
        "conftest.py",
        LIGHT.format(
            "import allure; allure.attach('on', 'before')", "allure.attach('off', 'after')"
        ),
    )
    project.feature(PASSING)

    project.run()

    [file] = project.results_folder.glob("*-container.json")
    container = json.loads(file.read_text(encoding="utf-8"))
    told = {
        name: [(entry["name"], project.attachment(entry)) for entry in fixture["attachments"]]
        for name in ("befores", "afters")
        for fixture in container[name]
    }
    assert told == {"befores": [("before", "on")], "afters": [("after", "off")]}


TALKING = """
    @given("it talks")
    def it_talks():
        import logging

        print("hello out there")
        logging.getLogger("shop").warning("a word of warning")
"""


def test_captured_output_is_attached(project: Project) -> None:
    """What steps print and log is attached to the scenario."""
    project.steps(TALKING)

    entries = run_steps(project, "it talks")["attachments"]

    texts = {entry["name"]: project.attachment(entry) for entry in entries}
    assert texts["stdout"] == "hello out there\n"
    assert "a word of warning" in texts["log"]


def test_captured_output_can_be_left_out(project: Project) -> None:
    """allure-pytest's option for that works for scenarios."""
    project.steps(TALKING)
    project.feature("Feature: F\n  Scenario: S\n    Given it talks\n")

    project.run("--allure-no-capture")

    assert project.result()["attachments"] == []


def test_exchange_stands_below_the_step_that_caused_it(project: Project) -> None:
    """An exchange is a part of its step, called by what was sent and what came."""
    project.steps(EXCHANGE)

    _, step = run_steps(project, "a basket", "something is sent")["steps"]

    [exchange] = step["steps"]
    assert exchange["name"] == "POST …/conversation → 500"
    assert (exchange["start"], exchange["stop"]) == (1_700_000_000_000, 1_700_000_000_250)
    [entry] = exchange["attachments"]
    assert entry["type"] == "application/vnd.allure.http+json"
    document = json.loads(project.attachment(entry))
    assert document["request"]["body"]["value"] == '[{"id": "1"}]'
    assert document["response"]["body"]["value"] == "<p>sorry</p>"


def test_exchange_shows_its_headers_without_secrets(project: Project) -> None:
    """What authorises is masked, as the viewer wants to be told."""
    project.steps(EXCHANGE)

    [step] = run_steps(project, "something is sent")["steps"]

    document = json.loads(project.attachment(step["steps"][0]["attachments"][0]))
    authorization = {"name": "Authorization", "value": "__ALLURE_REDACTED__"}
    content_type = {"name": "Content-Type", "value": "text/html; charset=utf-8"}
    assert authorization in document["request"]["headers"]
    assert content_type in document["response"]["headers"]


def test_header_is_not_named_after_a_secret(project: Project) -> None:
    """A secret that an endpoint hides in the name of a header is masked there."""
    project.steps(EXCHANGE)
    project.steps(
        """
        import dataclasses
        from connector_harness.plugin.stash import REDACTOR


        @when("a header tells")
        def a_header_tells(request):
            request.config.stash[REDACTOR].add("hush-hush-hush")
            name = f"X-{b'hush-hush-hush'.hex()}"
            told = dataclasses.replace(exchange(), response_headers=((name, "1"),))
            request.config.stash[EVIDENCE].exchanged(told)
        """,
    )

    [step] = run_steps(project, "a header tells")["steps"]

    document = json.loads(project.attachment(step["steps"][0]["attachments"][0]))
    assert document["response"]["headers"] == [{"name": "X-***", "value": "1"}]


def test_exchange_without_an_answer_is_broken(project: Project) -> None:
    """What was sent into the void is shown with the reason and no response."""
    project.steps(EXCHANGE)

    [step] = run_steps(project, "nothing answers")["steps"]

    [exchange] = step["steps"]
    assert (exchange["name"], exchange["status"]) == (
        "POST …/conversation → no answer (timed out)",
        "broken",
    )
    document = json.loads(project.attachment(exchange["attachments"][0]))
    assert document["error"] == {"name": "no answer", "message": "timed out"}
    assert "response" not in document


def test_failure_shows_the_last_exchange(project: Project) -> None:
    """The terminal shows what came last, and a line for the shell that repeats it."""
    project.steps(EXCHANGE)
    project.feature(
        "Feature: F\n  Scenario: S\n    Given a basket\n    When something is sent\n"
        "    Then the basket holds 7\n"
    )

    project.run().stdout.fnmatch_lines(
        [
            "last exchange: POST …/conversation → 500 in 250 ms",
            "  answer: <p>sorry</p>",
            "  repeat: curl -X POST * -H 'Authorization: [*][*][*]' --data-raw *",
        ]
    )


def test_nothing_else_is_written(project: Project) -> None:
    """A result a scenario, attachments and what stands beside them; no container of a fixture."""
    project.write("conftest.py", LIGHT.format("pass", "pass"))
    project.feature(PASSING)
    project.feature(FULL, "features/full.feature")

    project.run()

    kinds = Counter(file.name.rpartition("-")[2] for file in project.results_folder.iterdir())
    assert kinds == {
        "result.json": 2,
        "environment.properties": 1,
        "categories.json": 1,
        "allurerc.json": 1,
        "run.json": 1,
        "run.lock": 1,
        "spec.json": 1,
        "attachment.csv": 1,
        "attachment.json": 1,
        "journal.jsonl": 1,
    }
    assert "_pytest_bdd_example" not in written(project.results_folder)


DARK = """
    import json

    import pytest


    @pytest.fixture(autouse=True)
    def light():
        json.loads("no power")
"""


def test_no_absolute_path_is_written(project: Project) -> None:
    """Results can be shown to anybody: no file names a folder of the machine."""
    project.steps(WITH_ALLURE)
    project.steps(TALKING)
    project.write("features/broken/conftest.py", DARK)
    project.feature(PASSING, "features/broken/set_up.feature")
    project.feature(FAILING, "features/failing.feature")
    project.feature(
        "Feature: F\n  Scenario: S\n    Given it talks\n    Given a broken part\n",
        "features/other.feature",
    )

    project.run()

    text = written(project.results_folder)
    assert len(project.results()) == 3
    for folder in (project.root, Path(__file__).parents[3], sys.prefix, sys.base_prefix):
        assert str(folder) not in text


def test_environment_names_endpoint_account_and_versions(project: Project) -> None:
    """The report says what was tested, and not the secret."""
    project.feature(PASSING)

    project.run()

    text = (project.results_folder / "environment.properties").read_text(encoding="utf-8")
    lines = dict(line.split(" = ") for line in text.splitlines())
    assert lines["endpoint"] == lines["address"] == "http://127.0.0.1:9"
    assert lines["account"] == "70000001"
    assert lines["pytest"] == pytest.__version__
    assert SECRET not in text


def test_results_of_an_earlier_run_are_removed(project: Project) -> None:
    """A report never mixes two runs."""
    project.feature(PASSING)
    project.run()
    project.feature(FAILING)

    project.run()

    assert project.result()["name"] == "Too few"


@pytest.mark.parametrize("option", ["--co", "--spec-check"])
def test_results_stay_where_nothing_runs(project: Project, option: str) -> None:
    """To look at the features does not cost the results of the last run."""
    project.feature(PASSING)
    project.run()
    before = written(project.results_folder)

    project.run(option)

    assert written(project.results_folder) == before


def test_results_go_where_they_are_asked_to(project: Project) -> None:
    """``--alluredir`` means what it means in allure-pytest, and the run says so at its end."""
    project.feature(PASSING)

    run = project.run("--alluredir", "out/here")

    assert len(project.results(project.root / "out" / "here")) == 1
    assert not project.results_folder.exists()
    run.stdout.fnmatch_lines(["results:  out/here"])


def test_results_folder_counts_from_the_folder_where_pytest_starts(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--alluredir`` in a sub folder means a folder there."""
    project.feature(PASSING)
    monkeypatch.chdir(project.root / "features")

    run = project.run("--alluredir", "out", "shop.feature")

    assert len(project.results(project.root / "features" / "out")) == 1
    run.stdout.fnmatch_lines(["results:  out"])


@pytest.mark.parametrize(("option", "count"), [((), 2), (("--clean-alluredir",), 1)])
def test_folder_of_ones_own_is_cleaned_on_demand(
    project: Project, option: tuple[str, ...], count: int
) -> None:
    """A folder given with ``--alluredir`` may collect runs; ``--clean-alluredir`` empties it."""
    project.feature(PASSING)

    project.run("--alluredir", "out")
    project.run("--alluredir", "out", *option)

    assert len(project.results(project.root / "out")) == count


def test_end_of_the_run_says_how_to_open_the_results(project: Project) -> None:
    """Endpoint, folder and a command to paste."""
    project.feature(PASSING)

    project.run().stdout.fnmatch_lines(
        [
            "endpoint: http://127.0.0.1:9",
            "results:  reports/allure-results",
            (
                "open:     npx --yes allure generate reports/allure-results "
                "--config reports/allure-results/allurerc.json -o reports/allure-report --open"
            ),
        ]
    )


PLAIN = """
    import allure
    import pytest


    @pytest.fixture
    def plug():
        yield


    @allure.title("A plain test")
    def test_plain(plug):
        with allure.step("a step"):
            allure.attach("text", "proof")


    def test_failing():
        assert 1 == 2
"""


def test_ordinary_tests_keep_their_results(project: Project) -> None:
    """Python tests of the same run are written by allure-pytest itself."""
    project.write("test_plain.py", PLAIN)
    project.feature(PASSING)

    project.run("features", "test_plain.py").assert_outcomes(passed=2, failed=1)

    results = {result["name"]: result for result in project.results()}
    assert set(results) == {"One thing", "A plain test", "test_failing"}
    assert results["A plain test"]["steps"][0]["name"] == "a step"
    assert results["test_failing"]["status"] == "failed"


def test_other_adapter_is_switched_off(project: Project) -> None:
    """Where allure-pytest-bdd is installed too the run says so, and does not end in an error."""
    project.write(
        "site/allure_pytest_bdd/__init__.py",
        """
        def pytest_addoption(parser):
            parser.addoption("--alluredir")
        """,
    )
    project.write(
        "site/allure_pytest_bdd-2.16.2.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: allure-pytest-bdd\nVersion: 2.16.2\n",
    )
    project.write(
        "site/allure_pytest_bdd-2.16.2.dist-info/entry_points.txt",
        "[pytest11]\nallure_pytest_bdd = allure_pytest_bdd\n",
    )
    project.feature(PASSING)
    project.pytester.syspathinsert(project.root / "site")

    run = project.run()

    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(
        ["allure-pytest-bdd is installed too and switched off: *; next: pip *"]
    )


def test_only_results_are_cleaned_away(project: Project) -> None:
    """The folder may hold more than results, be it the project itself: that stays."""
    project.feature(PASSING)
    kept = project.write("reports/allure-results/notes.txt", "mine")
    project.run()

    project.run("-o", "connector_results=.")

    assert kept.read_text(encoding="utf-8") == "mine"
    assert (project.root / "features").is_dir()
    assert len(list((project.root / "reports" / "allure-results").glob("*-result.json"))) == 1
    assert len(list(project.root.glob("*-result.json"))) == 1
    project.run("-o", "connector_results=.")
    assert len(list(project.root.glob("*-result.json"))) == 1


def test_run_without_allure_pytest_says_what_to_do(project: Project) -> None:
    """Where the results cannot be written, the run ends with what to do."""
    project.feature(PASSING)

    run = project.run("-p", "no:allure_pytest")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*allure-pytest is switched off*", "  next: run without *"])
