"""A mistake in a sentence is named as what it is, and the sentences that may be meant."""

from pathlib import Path

import pytest

from connector_harness.gherkin.feature import StepSpec
from connector_harness.gherkin.hints import Hints
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import StepIndex
from tests.gherkin.planted import NAMES, PLANTED, told
from tests.gherkin.test_step_index import define, say


@pytest.fixture(scope="module")
def told_of_each(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is told of each planted mistake, found in one check of all of them."""
    return told(tmp_path_factory.mktemp("planted") / "project")


@pytest.mark.parametrize("name", NAMES)
def test_mistake_is_named_as_what_it_is(told_of_each: dict[str, str], name: str) -> None:
    """One finding names a mistake and what to write; ``python -m tests.gherkin.keep`` keeps it."""
    expected = (PLANTED / f"{name}.txt").read_text(encoding="utf-8")

    assert told_of_each[name] == expected
    assert expected.count("next:") == 1


def closest(*definitions: StepDefinition, to: StepSpec) -> list[StepDefinition]:
    """Return the definitions that may be meant, the likeliest first."""
    return Hints(StepIndex(definitions), Path("/none/features"), Path("/none")).closest(to)


def test_closest_definitions_come_best_first() -> None:
    """Suggestions are the most alike, few, and none that is quite different."""
    texts = ("a casket", "a bassket", "a basket!", "a baskett", "rain")

    patterns = [near.pattern for near in closest(*map(define, texts), to=say("a basket"))]

    assert patterns == ["a bassket", "a basket!", "a baskett"]


def test_nothing_is_close_to_quite_another_sentence() -> None:
    """A guess that helps nobody is not made."""
    assert closest(define("a basket"), to=say("the moon rises")) == []


def test_what_any_sentence_may_have_makes_none_alike() -> None:
    """Small words, numbers and quoted texts say nothing of what is meant."""
    definition = define('there is the "{thing}" of {count:d}')

    assert closest(definition, to=say('that was the "tea" of 3 shops')) == []


def test_words_count_before_the_keyword_and_letters_last() -> None:
    """However like in its letters, a sentence of other words comes behind."""
    letters, keyword = define("the shape of plums"), define("plums in the rain", "when")
    words = define('the rain falls on "{thing}"', "then")

    assert closest(letters, keyword, words, to=say("rain falls on plums", "when")) == [
        *(keyword, words),
    ]


def test_fitting_keyword_comes_first_among_equals() -> None:
    """Of two sentences equally alike, the one with the right keyword is suggested first."""
    when, given = define("a basket", "when"), define("a basket", "given")

    assert closest(when, given, to=say("a baskett")) == [given, when]
