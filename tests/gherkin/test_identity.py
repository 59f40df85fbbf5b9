"""A scenario is known by its id, or by where it stands and what it is called."""

import textwrap

import pytest

from connector_harness.gherkin import identity
from connector_harness.gherkin.feature import FeatureSpec, parse_feature
from connector_harness.gherkin.identity import Place, full_name, history_id, problems

OUTLINE = """
    Feature: F

      {tag}
      Scenario Outline: {title}
        Given <thing>
        Examples:
          | thing |
          | tea   |
          | milk  |
          | tea   |
"""
SEVERAL = """
    @id:1
    Feature: F

      @id:2
      Scenario: A
        Given a basket

      @id:3 @allure.id:4
      Scenario: B
        Given a basket

      @AS_ID=2
      Scenario: C
        Given a basket
"""


def read(text: str, path: str = "features/a.feature") -> FeatureSpec:
    """Return the feature in *text*."""
    feature = parse_feature(textwrap.dedent(text).lstrip("\n"), path)
    assert feature is not None
    return feature


def keys(tag: str, title: str = "S", path: str = "features/a.feature") -> list[str]:
    """Return the history ids of the rows of an outline."""
    feature = read(OUTLINE.format(tag=tag, title=title), path)
    return [history_id(feature, scenario) for scenario in feature.scenarios]


def test_id_survives_another_title_and_place() -> None:
    """Renamed and moved, the rows of a scenario with an id are the same ones."""
    assert keys("@id:417") == keys("@allure.id=417", "Another", "features/b/c.feature")


@pytest.mark.parametrize(
    ("title", "path"), [("Another", "features/a.feature"), ("S", "features/b.feature")]
)
def test_without_an_id_title_and_place_count(title: str, path: str) -> None:
    """Where nothing says that it is the same scenario, it is another one."""
    assert set(keys("@smoke")).isdisjoint(keys("@smoke", title, path))


@pytest.mark.parametrize("tag", ["@id:417", "@smoke"])
def test_equal_rows_stay_apart(tag: str) -> None:
    """Each row has a key of its own, also one that stands twice."""
    assert len(set(keys(tag))) == 3


def test_key_is_the_same_on_every_machine() -> None:
    """It depends on path, title and row alone; a changed one would cut off all history."""
    feature = read(OUTLINE.format(tag="@smoke", title="S"))
    scenario = feature.scenarios[1]

    assert full_name(feature, scenario) == "features/a.feature::S[milk]"
    assert identity.test_case_id(feature, scenario) == "127332f2a2354d2d5cf4c20f6c82c56a"
    assert history_id(feature, scenario) == "41447e991e1e78be34cb5da24b835c4e"


def test_rows_of_an_id_are_one_test_case() -> None:
    """The id names the outline; Allure tells its rows apart by their values."""
    feature = read(OUTLINE.format(tag="@id:417", title="S"))

    assert len({identity.test_case_id(feature, scenario) for scenario in feature.scenarios}) == 1


def test_wrong_ids_are_problems() -> None:
    """An id names one scenario: not a whole feature, not two, and there is one for each."""
    found = [(line, what) for line, _, what, _ in problems(read(SEVERAL), {})]

    assert list(dict.fromkeys(found)) == [
        (1, "@id:1 would be the id of every scenario below it"),
        (8, 'scenario "B" has 2 ids: @id:3 and @allure.id:4'),
        (12, "the id of @AS_ID=2 is taken already, at features/a.feature:5"),
    ]


def test_id_of_another_feature_is_taken() -> None:
    """Ids are told apart over all features of a run, and collecting one twice is no matter."""
    known: dict[str, Place] = {}
    text = OUTLINE.format(tag="@id:417", title="S")
    assert list(problems(read(text), known)) == []
    assert list(problems(read(text), known)) == []

    [(line, _, what, _), *_] = problems(read(text, "features/b.feature"), known)

    assert (line, what) == (3, "the id of @id:417 is taken already, at features/a.feature:4")


def test_tables_of_one_outline_may_have_ids_of_their_own() -> None:
    """The innermost id counts, so each Examples table can be another test case."""
    feature = read("""
        Feature: F
          @id:1
          Scenario Outline: S
            Given <thing>
            Examples:
              | thing |
              | tea   |
            @id:2
            Examples:
              | thing |
              | tea   |
    """)

    assert list(problems(feature, {})) == []
    assert len({identity.test_case_id(feature, scenario) for scenario in feature.scenarios}) == 2


def test_outline_is_one_test_case() -> None:
    """Its rows are told apart by their values, with an id and without."""
    feature = read(OUTLINE.format(tag="@smoke", title="S"))

    assert len({identity.test_case_id(feature, scenario) for scenario in feature.scenarios}) == 1


COLUMNS = """
    Feature: F
      Scenario Outline: S
        Given <{0}> in <{1}>

        @smoke
        Examples:
          | {0}   | {1}   |
          | {0} 1 | {1} 1 |
          | {0} 1 | {1} 1 |

        @slow
        Examples:
          | {0}   | {1}   |
          | {0} 1 | {1} 1 |
"""


def test_swapped_columns_keep_the_history() -> None:
    """A row is known by its values, wherever their columns stand; equal rows stay apart."""
    swapped = [
        [history_id(feature, scenario) for scenario in feature.scenarios]
        for columns in (("thing", "cup"), ("cup", "thing"))
        for feature in [read(COLUMNS.format(*columns))]
    ]

    assert swapped[0] == swapped[1]
    assert len(set(swapped[0])) == 3
