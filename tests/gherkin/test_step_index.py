"""A sentence means the one step definition that it should."""

import functools
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_bdd import parsers

from connector_harness.gherkin.feature import StepSpec, StepType
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import StepIndex, place
from connector_harness.plugin.running.bdd import define as definition

ROOT = Path("/project")
FEATURES = ROOT / "features"


def some_step() -> None:
    """Stand for any step function."""


def wait(wait_s: float) -> None:
    """Stand for a step function that waits."""


numbers = functools.partial(parsers.cfparse, extra_types={"Number": int})


def define(
    pattern: str,
    type_: StepType | None = "given",
    *,
    parser: Callable[[str], parsers.StepParser] = parsers.parse,
    function: Callable[..., None] = some_step,
    directory: Path | None = None,
) -> StepDefinition:
    """Return a step definition that does nothing."""
    return definition(
        parser(pattern),
        type=type_,
        function=function,
        converters={},
        target_fixture=None,
        directory=directory,
    )


def say(text: str, type_: StepType | None = "given", *, starred: bool = False) -> StepSpec:
    """Return a step of a feature."""
    return StepSpec("*" if starred else "Given", type_, text, 3, 5)


def found(index: StepIndex, step: StepSpec, folder: Path = FEATURES) -> list[StepDefinition]:
    """Return the definitions that *step* could mean."""
    return [match.definition for match in index.matches(step, folder)]


@pytest.mark.parametrize(
    ("parser", "pattern", "arguments", "sentence"),
    [
        (parsers.string, "3 plums", {}, "3 plums"),
        (parsers.parse, "{count:d} plums", {"count": 3}, "3 plums"),
        (numbers, "{counts:Number+} plums", {"counts": [3, 4]}, "3, 4 plums"),
        (parsers.re, r"(?P<count>\d+) plums", {"count": "3"}, "3 plums"),
    ],
    ids=["string", "parse", "cfparse", "re"],
)
def test_each_of_the_parsers_finds_its_sentence(
    parser: Callable[[str], parsers.StepParser],
    pattern: str,
    arguments: dict[str, object],
    sentence: str,
) -> None:
    """All parsers of pytest-bdd work, and hand over the arguments as they do there."""
    index = StepIndex([define(pattern, parser=parser)])

    [match] = index.matches(say(sentence), FEATURES)

    assert match.arguments == arguments
    assert index.matches(say("no plums"), FEATURES) == ()


def test_exact_sentence_is_exact() -> None:
    """A definition without a parser is the sentence itself, in its very letters."""
    index = StepIndex([define("a {basket}", parser=parsers.string)])

    assert found(index, say("a {basket}"))
    assert not found(index, say("a {Basket}"))


def test_parsed_sentence_may_differ_in_case() -> None:
    """The parse package ignores case, and so does the index in front of it."""
    definition = define("A Basket of {fruit}")

    assert found(StepIndex([definition]), say("a basket OF figs")) == [definition]


def test_pattern_that_begins_with_an_argument_is_found() -> None:
    """A definition needs no fixed words at its beginning."""
    definition = define('"{name}" is added', "when")

    assert found(StepIndex([definition]), say('"tea" is added', "when")) == [definition]


def test_keyword_must_fit() -> None:
    """A Given sentence is no Then sentence, unless the definition answers to every keyword."""
    given, every = define("given only"), define("either", None)
    index = StepIndex([given, every])

    assert not found(index, say("given only", "then"))
    assert found(index, say("either", "then")) == [every]


def test_one_sentence_may_mean_two_things_under_two_keywords() -> None:
    """Given and When of one wording are two definitions and no conflict."""
    given, when = define("a basket"), define("a basket", "when")
    index = StepIndex([given, when])

    assert found(index, say("a basket")) == [given]
    assert found(index, say("a basket", "when")) == [when]


def test_star_falls_back_on_any_keyword() -> None:
    """A ``*`` after a Given may be a Then where no Given fits."""
    given, then, other = define("both"), define("both", "then"), define("other", "then")
    index = StepIndex([given, then, other])

    assert found(index, say("both", starred=True)) == [given]
    assert found(index, say("other", starred=True)) == [other]
    assert not found(index, say("other"))


def test_two_definitions_of_one_sentence_are_both_found() -> None:
    """The index does not choose: the guard shows both."""
    both = [define("{count:d} figs"), define("3 figs", parser=parsers.string)]

    assert set(found(StepIndex(both), say("3 figs"))) == set(both)


def test_definition_of_a_folder_is_for_that_folder_alone() -> None:
    """What a conftest.py in a folder defines is unknown in the folder beside it."""
    inner = define("a basket", directory=FEATURES / "shop")
    index = StepIndex([inner])

    assert found(index, say("a basket"), FEATURES / "shop" / "deep") == [inner]
    assert not found(index, say("a basket"), FEATURES / "shopping")


def test_inner_folder_overrides_the_outer() -> None:
    """Of several definitions the one nearest to the feature counts."""
    everywhere = define("a basket")
    outer = define("a basket", directory=FEATURES)
    inner = define("a {thing}", directory=FEATURES / "shop")
    index = StepIndex([everywhere, inner, outer])

    assert found(index, say("a basket"), FEATURES / "shop") == [inner]
    assert found(index, say("a basket"), FEATURES / "bank") == [outer]
    assert found(index, say("a basket"), ROOT / "other") == [everywhere]


@pytest.mark.parametrize(
    ("time", "wait_s"),
    [("at once ", 1.0), ("within 1 second ", 1.0), ("Within 20 seconds ", 20.0)],
)
def test_time_may_stand_before_a_sentence_that_waits(time: str, wait_s: float) -> None:
    """The step is given it; what does not wait is another sentence with it."""
    index = StepIndex([define("a plum falls", function=wait), define("a plum is red")])

    [match] = index.matches(say(f"{time}a plum falls"), FEATURES)
    assert (match.definition.pattern, match.arguments) == ("a plum falls", {"wait_s": wait_s})
    [usual] = index.matches(say("a plum falls"), FEATURES)
    assert usual.arguments == {}
    assert index.matches(say(f"{time}a plum is red"), FEATURES) == ()


def test_sentence_with_a_time_of_its_own_is_itself() -> None:
    """What says a time where it stands is not read as another sentence."""
    own = "within 3 seconds a plum falls"
    index = StepIndex([define("a plum falls", function=wait), define(own)])

    [match] = index.matches(say(own), FEATURES)

    assert (match.definition.pattern, match.arguments) == (own, {})


def test_place_is_relative_to_the_project() -> None:
    """Messages name a definition by its file and line, as editors read it."""
    here = Path(__file__)

    shown = place(define("a basket"), here.parents[2])

    assert shown == f"tests/gherkin/test_step_index.py:{some_step.__code__.co_firstlineno}"


def test_place_outside_of_the_project_is_whole() -> None:
    """A definition of an installed package is named with its whole path."""
    assert place(define("a basket"), ROOT).startswith(Path(__file__).as_posix())
