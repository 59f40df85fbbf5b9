"""Whatever is secret, a run keeps its outcome, in every output."""

import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.redaction.own_words import OWN_WORDS, is_own_word
from connector_harness.redaction.redactor import SHORTEST, Redactor
from connector_harness.results.record import Status
from tests.project import Project

FEATURE = """
Feature: A shop

  Background:
    Given a basket

  Scenario Outline: Row <email>
    When "<email>" is added
    And these are added:
      | tea |
    And the note is written:
      \"\"\"json
      []
      \"\"\"
    And it is told
    Then the basket holds 3

    Examples:
      | email |
{rows}
"""

ELSE = ("features/shop.feature", "shop.feature", "A shop", "Scenario", "basket", "is added")
"""What is no word of ours, and stands in names, paths and sentences."""

TELLS = """
    import allure


    @when("it is told")
    def it_is_told(record_property):
        allure.attach("a note", "note")
        allure.dynamic.description_html("<b>It</b>")
        allure.dynamic.link("https://shop.test", name="shop")
        record_property("kind", "new")
"""


def spelt(words: frozenset[str]) -> list[str]:
    """Return *words* as outputs spell them, with others that stand in results."""
    return sorted({*words, *(word.upper() for word in words), *ELSE, '"status": "failed"'})


@pytest.fixture
def masked(project: Project) -> Project:
    """A project in which every row fails, and says a word of ours as somebody's address."""
    rows = "\n".join(f"      | {word} |" for word in spelt(OWN_WORDS))
    project.steps(TELLS)
    project.feature(FEATURE.format(rows=rows))
    project.run("--messages=messages.ndjson", "-q")
    return project


def members(document: object) -> Iterator[str]:
    """Yield the names of all members of a document."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from (name, *members(value))
    elif isinstance(document, list):
        for each in document:
            yield from members(each)


def test_every_output_tells_every_failure(masked: Project) -> None:
    """JUnit, messages, the document and Allure count what pytest counts."""
    count = len(spelt(OWN_WORDS))
    reports = masked.root / "reports"

    suites = ET.parse(reports / "junit.xml").getroot()  # noqa: S314  # our own file
    lines = (masked.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    failed = [line for line in lines if '"testCaseFinished"' in line]
    page = (reports / "spec.html").read_text(encoding="utf-8")

    assert suites.get("failures") == str(count)
    assert len(failed) == count
    assert f"All {count}" not in page
    assert re.search(rf"\b{count} of {count} scenarios failed", page)
    assert [each["status"] for each in masked.results()] == [Status.FAILED] * count


def test_no_output_has_a_member_that_could_be_masked(masked: Project) -> None:
    """A name that is not among our own words would be one that a secret can take away."""
    folder = masked.results_folder
    files = [*folder.glob("*.json"), *folder.parent.glob("*.json")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    texts += (masked.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    for journal in folder.glob("*.jsonl"):
        texts += journal.read_text(encoding="utf-8").splitlines()

    names = {name for text in texts for name in members(json.loads(text))}

    ours = {name for name in names if re.fullmatch(r"[A-Za-z_]+", name)}
    assert [each for each in sorted(ours) if len(each) >= SHORTEST and not is_own_word(each)] == []


@pytest.mark.parametrize(
    ("language", "outline", "background", "rows"),
    [
        ("en", "Scenario Outline", "Background", "Scenarios"),
        ("en", "Scenario Template", "Background", "Examples"),
        ("de", "Szenariogrundriss", "Grundlage", "Beispiele"),
        ("fr", "Plan du scénario", "Contexte", "Exemples"),
    ],
)
def test_keyword_is_no_secret(
    project: Project, language: str, outline: str, background: str, rows: str
) -> None:
    """A feature that is masked is still one, whatever its cells say."""
    told = [outline, background, rows, rows[:-1], outline.upper()]
    text = FEATURE.format(rows="".join(f"      | {word} |\n" for word in told))
    for ours, theirs in (
        *(("Scenario Outline:", f"{outline}:"), ("Background:", f"{background}:")),
        *(("Examples:", f"{rows}:"), (" Given ", " * "), (" When ", " * "), (" And ", " * ")),
        *((" Then ", " * "), ("Feature:", "Funktionalität:" if language == "de" else "Feature:")),
    ):
        text = text.replace(ours, theirs)
    text = text.replace("Feature:", "Fonctionnalité:") if language == "fr" else text
    project.steps(TELLS)
    project.feature(f"# language: {language}\n{text.strip()}\n")

    run = project.run()

    run.assert_outcomes(failed=5)
    assert "not made" not in run.stdout.str()
    page = (project.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "5 of 5 scenarios failed" in page


def test_secret_that_is_a_word_of_ours_is_refused() -> None:
    """It cannot be masked, and is said so without being shown."""
    with pytest.raises(ValueError, match="a word of every report") as caught:
        Redactor().add("scenarios")

    assert "scenarios" not in str(caught.value)


def test_settings_name_such_a_secret(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run refuses to begin, and says which variable to change."""
    monkeypatch.setenv("CONNECTOR_CLIENT_SECRET", "Scenarios")
    project.feature(FEATURE.format(rows="      | tea |"))

    run = project.run()

    assert SettingsError.__name__ not in str(run.stdout)
    run.stderr.fnmatch_lines(["*CONNECTOR_CLIENT_SECRET is a word that every report is made of*"])


def test_what_its_name_tells_is_masked_all_the_same() -> None:
    """A word of ours is masked where it stands as somebody's address."""
    assert Redactor().text('{"email": "failed"}') == '{"email": "***"}'
