"""A mistake in a sentence is named as what it is, and the sentences that may be meant."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_bdd import parsers

from connector_harness.gherkin.feature import StepSpec
from connector_harness.gherkin.hints import Hints
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import ResolvedStep, StepIndex
from tests.gherkin.planted import NAMES, PLANTED, told
from tests.gherkin.test_step_index import define, say, wait


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


def hints(*definitions: StepDefinition) -> Hints:
    """Return the hints of a project without any feature."""
    return Hints(StepIndex(definitions), Path("/none/features"), Path("/none"))


def closest(*definitions: StepDefinition, to: StepSpec) -> list[StepDefinition]:
    """Return the definitions that may be meant, the likeliest first."""
    return hints(*definitions).closest(to)


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


class Strict:
    """A converter that breaks where it is asked for what it does not know."""

    def __call__(self, value: str) -> str:
        """Return the value."""
        return value

    def problem(self, value: str) -> None:
        """Break unless it is the one value that there is."""
        if value != "tea":
            raise ValueError(value)


def test_what_no_feature_says_is_shown_with_a_gap() -> None:
    """Where neither the writer nor a feature has a value, nobody makes one up."""
    definition = define('the shop sells "{thing}" to {count:d} people')

    _, advice = hints(definition).undefined(say("the shop sold things to 3 people"))

    assert advice.startswith('did you mean: Given the shop sells "…" to 3 people (')


def test_regular_expression_is_shown_as_it_is() -> None:
    """What it takes is not to be read from it; its words are."""
    definition = define(r"(?P<count>\d+) ripe plums", parser=parsers.re)

    _, advice = hints(definition).undefined(say("some ripe plum"))

    assert advice.startswith(r"did you mean: Given (?P<count>\d+) ripe plums (")


def test_converter_may_break_on_what_nobody_has_written() -> None:
    """Somebody's converter is asked for parts of a sentence, and need not expect them."""
    definition = replace(define("the shop sells {thing}"), converters={"thing": Strict()})

    _, advice = hints(definition).undefined(say("the shops all sell tea"))

    assert advice.startswith("did you mean: Given the shop sells tea (")


def test_nothing_is_told_to_give_what_no_sentence_gives() -> None:
    """A value that only steps give which need it themselves has no sentence to begin with."""
    needing = replace(define("the wait goes on", function=wait), target_fixture="wait_s")
    step = say("the wait goes on")

    what, advice = hints(needing).lacking(ResolvedStep(step, needing, {}), {"wait_s"}, set())

    assert what == "no step before it gives what it needs: Given the wait goes on"
    assert advice == "write a step definition that gives it in steps/"
