"""Features are read as the official Gherkin parser reads them."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from connector_harness.gherkin.feature import (
    DocString,
    FeatureSpec,
    FeatureSyntaxError,
    ScenarioSpec,
    StepSpec,
    read_feature,
)

Read = Callable[[str | bytes], FeatureSpec]

OUTLINE = """
    @feature
    Feature: F
      @outline
      Scenario Outline: <fruit> costs something
        Given <fruit>

        @cheap
        Examples:
          | fruit |
          | fig   |
          | plum  |

        @dear @rare
        Examples: from far away
          | fruit |
          | kiwi  |
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a feature from its text or its bytes."""

    def read_text(content: str | bytes) -> FeatureSpec:
        file = tmp_path / "f.feature"
        if isinstance(content, str):
            content = textwrap.dedent(content).lstrip("\n").encode()
        file.write_bytes(content)
        feature = read_feature(file, "features/f.feature")
        assert feature is not None
        return feature

    return read_text


def texts(scenario: ScenarioSpec) -> list[str]:
    """Return the sentences of *scenario*."""
    return [step.text for step in scenario.steps]


def problems(read: Read, content: str | bytes) -> list[tuple[int, str]]:
    """Return what is wrong with a feature file."""
    with pytest.raises(FeatureSyntaxError) as caught:
        read(content)
    return [(line, what) for line, what, _ in caught.value.problems]


def only_step(read: Read, lines: str) -> StepSpec:
    """Return the step of a feature with one scenario of one step."""
    block = textwrap.indent(textwrap.dedent(lines).strip("\n"), "    ")
    [scenario] = read(f"Feature: F\n  Scenario: S\n{block}\n").scenarios
    [step] = scenario.steps
    return step


def test_background_steps_come_first_in_every_scenario(read: Read) -> None:
    """The steps of a background are those of each scenario, before its own."""
    feature = read("""
        Feature: F
          Background:
            Given a shop
          Scenario: A
            When a
          Scenario: B
            When b
    """)

    assert [texts(scenario) for scenario in feature.scenarios] == [["a shop", "a"], ["a shop", "b"]]
    assert [step.line for step in feature.scenarios[1].steps] == [3, 7]


def test_rule_has_a_background_of_its_own(read: Read) -> None:
    """A rule's background follows the feature's, and other rules do not have it."""
    feature = read("""
        Feature: F
          Background:
            Given a shop
          Rule: Open
            Background:
              Given it is noon
            Example: A
              When a
          Rule: Closed
            Example: B
              When b
    """)

    first, second = feature.scenarios
    assert texts(first) == ["a shop", "it is noon", "a"]
    assert texts(second) == ["a shop", "b"]
    assert [scenario.rule and scenario.rule.title for scenario in (first, second)] == [
        "Open",
        "Closed",
    ]


def test_each_row_of_each_examples_table_is_a_scenario(read: Read) -> None:
    """Rows come in file order, with their own lines, values and sentences."""
    scenarios = read(OUTLINE).scenarios

    assert [scenario.title for scenario in scenarios] == [
        "fig costs something",
        "plum costs something",
        "kiwi costs something",
    ]
    assert [scenario.line for scenario in scenarios] == [10, 11, 16]
    assert [scenario.row for scenario in scenarios] == [{"fruit": f} for f in FRUITS]
    assert [texts(scenario) for scenario in scenarios] == [[fruit] for fruit in FRUITS]


FRUITS = ("fig", "plum", "kiwi")


def test_rows_have_the_tags_of_their_table(read: Read) -> None:
    """Tags of Examples belong to their rows alone, after those of feature and outline."""
    tags = [scenario.tags for scenario in read(OUTLINE).scenarios]

    assert tags == [
        ("feature", "outline", "cheap"),
        ("feature", "outline", "cheap"),
        ("feature", "outline", "dear", "rare"),
    ]


def test_tags_of_feature_rule_and_scenario_add_up(read: Read) -> None:
    """A scenario has each tag above it once; `own_tags` are those right at it."""
    feature = read("""
        @a
        Feature: F
          @b
          Rule: R
            @c @a
            Scenario: S
              Given x
    """)

    [scenario] = feature.scenarios
    assert scenario.tags == ("a", "b", "c")
    assert scenario.own_tags == ("c", "a")
    assert feature.tag_lines == (("a", 1), ("b", 3), ("c", 5), ("a", 5))


def test_title_without_placeholder_gets_the_values(read: Read) -> None:
    """A row's name tells it from the other rows where the title does not."""
    feature = read("""
        Feature: F
          Scenario Outline: Prices
            Given <fruit> for <price>
            Examples:
              | fruit | price |
              | fig   | 3     |
              | plum  | 2     |
    """)

    assert [scenario.name for scenario in feature.scenarios] == [
        "Prices[fig, 3]",
        "Prices[plum, 2]",
    ]
    assert [scenario.title for scenario in feature.scenarios] == ["Prices", "Prices"]


def test_equal_rows_get_names_of_their_own(read: Read) -> None:
    """No two scenarios of a feature have one name, not even those of equal rows."""
    feature = read("""
        Feature: F
          Scenario Outline: Prices
            Given <fruit>
            Examples:
              | fruit |
              | fig   |
              | fig   |
              | fig   |
    """)

    names = [scenario.name for scenario in feature.scenarios]
    assert names == ["Prices[fig]", "Prices[fig#2]", "Prices[fig#3]"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Draft [v2] of a label", "Draft (v2) of a label"),
        ("Half an open [bracket", "Half an open (bracket"),
        ("Ends in [brackets]", "Ends in [brackets]"),
        ("Another ]", "Another ]"),
    ],
)
def test_name_is_shown_by_pytest_as_it_is(read: Read, title: str, name: str) -> None:
    """What pytest takes for the parameters of a test ends with the name."""
    [scenario] = read(f"Feature: F\n  Scenario: {title}\n    Given it\n").scenarios

    assert (scenario.name, scenario.title) == (name, title)


def test_rows_that_share_a_title_get_their_values_too(read: Read) -> None:
    """Where the title names only some columns, the second row of a title is told by all."""
    feature = read("""
        Feature: F
          Scenario Outline: <fruit>
            Given <fruit> for <price>
            Examples:
              | fruit | price |
              | fig   | 3     |
              | fig   | 4     |
    """)

    assert [scenario.name for scenario in feature.scenarios] == ["fig", "fig[fig, 4]"]


def test_doc_string_keeps_its_media_type(read: Read) -> None:
    """A doc string has its content without the indentation, and what stands behind the quotes."""
    step = only_step(
        read,
        '''
        Given a note
          """application/json
          {"a":
            1}
          """
        ''',
    )

    assert step.doc_string == DocString('{"a":\n  1}', "application/json")


def test_doc_string_in_backticks_has_no_media_type(read: Read) -> None:
    """Both kinds of quotes work, and a media type is no must."""
    step = only_step(read, 'Given a note\n  ```\n  say """\n  ```')

    assert step.doc_string == DocString('say """', None)


def test_placeholders_are_filled_in_below_the_step_too(read: Read) -> None:
    """Data tables, doc strings and their media types take the values of the row."""
    feature = read('''
        Feature: F
          Scenario Outline: <kind>
            Given a table
              | <kind> | as <kind> |
            And a text
              """text/<kind>
              It is <kind>.
              """
            Examples:
              | kind |
              | html |
    ''')

    table, text = feature.scenarios[0].steps
    assert table.table == (("html", "as html"),)
    assert text.doc_string == DocString("It is html.", "text/html")


def test_escapes_in_cells_are_undone(read: Read) -> None:
    """A cell can hold a bar, a backslash and a line break."""
    step = only_step(
        read,
        r"""
        Given a table
          | a\|b | c\\d | e\nf |  |
    """,
    )

    assert step.table == (("a|b", "c\\d", "e\nf", ""),)


def test_language_is_the_one_named_in_the_first_line(read: Read) -> None:
    """German keywords are keywords, and their types are those of the English ones."""
    feature = read("""
        # language: de
        Funktionalität: Korb
          Regel: Offen
            Szenariogrundriss: Ein <ding>
              Angenommen ein Korb
              Wenn <ding> dazukommt
              Dann ist es drin
              Und bleibt es
              Beispiele:
                | ding |
                | Tee  |
    """)

    [scenario] = feature.scenarios
    assert (feature.language, feature.keyword, scenario.name) == ("de", "Funktionalität", "Ein Tee")
    assert [step.type for step in scenario.steps] == ["given", "when", "then", "then"]
    assert scenario.steps[3].keyword == "Und"


def test_star_has_the_type_of_the_step_before(read: Read) -> None:
    """``*``, And and But go on with what Given, When or Then began."""
    feature = read("""
        Feature: F
          Scenario: S
            * a
            Given b
            * c
            And d
            When e
            * f
            But g
    """)

    steps = feature.scenarios[0].steps
    types = [None, "given", "given", "given", "when", "when", "when"]
    assert [step.type for step in steps] == types
    assert [step.starred for step in steps] == [True, False, True, False, False, True, False]


def test_description_loses_the_indentation_of_the_file(read: Read) -> None:
    """Descriptions of feature, rule and scenario are text, an empty line included."""
    feature = read("""
        Feature: F
          Why it

          matters.
          Rule: R
            Because.
            Scenario: S
              So.
              Given x
    """)

    [scenario] = feature.scenarios
    assert feature.description == "Why it\n\nmatters."
    assert (scenario.rule and scenario.rule.description, scenario.description) == (
        "Because.",
        "So.",
    )


def test_byte_order_mark_and_windows_line_ends_change_nothing(read: Read) -> None:
    """A file saved by a Windows editor reads like any other."""
    text = "Feature: F\n  Scenario: S\n    Given x\n      ```\n      a\n      b\n      ```\n"

    written = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()

    assert read(written) == read(text.encode())


def test_syntax_errors_are_reported_all_at_once(read: Read) -> None:
    """Every line that is no Gherkin is named, with what the parser expected."""
    found = problems(
        read,
        """
        Feature: F
          Scenario: S
            Given x
            Gven y
            When z
              | a | b |
              | c |
        """,
    )

    assert [line for line, _ in found] == [4, 7]
    assert found[0][1].startswith("'Gven y' does not belong here; expected ")
    assert found[1][1] == "this row has more or fewer cells than the first of its table"


@pytest.mark.parametrize(("fence", "other"), [('"""', "```"), ("```", '"""')])
@pytest.mark.parametrize("behind", ["", "  Scenario: T\n    Given y\n      {fence}\n      z\n"])
def test_text_without_its_end_is_told_with_both_lines(
    read: Read, fence: str, other: str, behind: str
) -> None:
    """A doc string is at fault where it begins, not where the parser gives up."""
    text = f"Feature: F\n  Scenario: S\n    Given x\n      {fence}\n      a\n"
    behind = behind.format(fence=fence)

    assert problems(read, f"{text}      {other}\n{behind}") == [
        (4, f"this doc string goes on behind the {other} of line 6, which does not end it")
    ]
    assert problems(read, text) == [(4, "this doc string has no end")]
    assert problems(read, f"{text}      {other}\n      {other}\n") == [
        (4, "this doc string has no end")
    ]


def test_what_stands_before_an_open_text_is_told_too(read: Read) -> None:
    """Only what comes of a doc string without its end is left out."""
    text = 'Feature: F\n  Scenario: S\n    Given x\n    Gven x\n    Given x\n      """\n'

    assert [line for line, _ in problems(read, text)] == [4, 6]


@pytest.mark.parametrize(
    "rows",
    [
        ["| a | b", "| c | d |", "| e | f |"],
        ["| a | b |", "| c | d", "| e | f |"],
        ["| a | b |", "# why", "", "| c | d |", "| e | f"],
    ],
)
def test_row_without_its_last_bar_is_told_at_its_line(read: Read, rows: list[str]) -> None:
    """The row itself is at fault, not the first that differs from the one above it."""
    lines = ["Feature: F", "  Scenario: S", "    Given x", *rows, "    When y"]
    [line] = [n for n, row in enumerate(lines, 1) if row[:1] == "|" and not row.endswith("|")]
    cell = lines[line - 1][-1]

    assert problems(read, "\n".join(lines)) == [
        (line, f"'{cell}' stands behind the last bar of its row and is lost")
    ]


def test_rows_that_differ_are_told_as_such(read: Read) -> None:
    """Where no bar is forgotten, a cell is."""
    assert problems(read, "Feature: F\n  Scenario: S\n    Given x\n  |a|b|\n  |c|\n") == [
        (5, "this row has more or fewer cells than the first of its table")
    ]


def test_unknown_language_is_a_problem_at_its_line(read: Read) -> None:
    """A language that Gherkin does not know is named."""
    assert problems(read, "# language: klingon\nFeature: F\n") == [
        (1, "Language not supported: klingon")
    ]


def test_file_in_another_encoding_is_refused_at_the_line(read: Read) -> None:
    """Bytes that are not UTF-8 are found, and where they stand."""
    content = "Feature: F\n  Scenario: Grüße\n".encode("latin-1")

    assert problems(read, content) == [(2, "not UTF-8 text")]


def test_message_of_the_error_names_file_and_line(read: Read) -> None:
    """The error alone is enough to find the place."""
    with pytest.raises(FeatureSyntaxError, match=r"^features/f\.feature:1: 'Fature: F' does"):
        read("Fature: F\n")


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n"])
def test_file_without_a_feature_is_none(tmp_path: Path, content: str) -> None:
    """An empty file is no error and no feature."""
    file = tmp_path / "f.feature"
    file.write_text(content, encoding="utf-8")

    assert read_feature(file, "f.feature") is None
