"""A row fills the placeholders of an outline with its values, whatever both are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_harness.gherkin.feature import parse_feature
from connector_harness.gherkin.placeholders import filled

SIGNS = st.characters(exclude_categories=["C", "Z"], exclude_characters="<>|@\\")
NAME = st.text(SIGNS, min_size=1)


def outline(name: str, value: str) -> str:
    """Return a feature that says a column's value in its title, a step, a table and a text."""
    return f"""
Feature: F
  {"" if " " in name else f"@kind:<{name}>"}
  Scenario Outline: With <{name}>
    Given it says "<{name}>"
      | <{name}> |
    And it reads
      \"\"\"
      <{name}>
      \"\"\"
    Examples:
      | {name} |
      | {value} |
"""


@pytest.mark.parametrize(
    "name", ["text (any)", "ripe?", "b.r", "**", "a+b", "[x]", "{n}", "$1", "^", "x\\by", "\\d"]
)
def test_column_is_a_name_and_no_expression(name: str) -> None:
    """A column may be called anything; signs of regular expressions mean nothing in it."""
    feature = parse_feature(outline(name.replace("\\", "\\\\"), "tea"), "f.feature")

    assert feature is not None
    [scenario] = feature.scenarios
    assert scenario.row == {name: "tea"}


@given(NAME)
def test_value_stands_wherever_its_name_does(name: str) -> None:
    """Title, step, table, text and tag have the value, and no bracket is left."""
    feature = parse_feature(outline(name, "tea"), "f.feature")

    assert feature is not None
    [scenario] = feature.scenarios
    said, read = scenario.steps
    assert (scenario.title, said.text, said.table) == ("With tea", 'it says "tea"', (("tea",),))
    assert read.doc_string is not None
    assert (read.doc_string.content, scenario.tags) == ("tea", ("kind:tea",))


def test_other_columns_are_left_alone() -> None:
    """A name is no pattern that fits another one."""
    assert filled("<b.r> and <bar>", {"b.r": "first", "bar": "second"}) == "first and second"


@pytest.mark.parametrize("value", ["<other>", "<name>", r"\1", r"\g<0>", "a\\"])
def test_value_is_text(value: str) -> None:
    """A value that looks like a placeholder, or like a reference, is not filled again."""
    assert filled("<name>, <other>", {"name": value, "other": "x"}) == f"{value}, x"
