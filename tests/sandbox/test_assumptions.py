"""What is assumed: how it is said, and the table of it in the documentation."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from connector_harness.sandbox.assumptions import (
    Assumptions,
    AssumptionsError,
    as_markdown,
    read_assumptions,
    write_table,
)

NO_INTEGER = "Input should be a valid integer, unable to parse string as an integer"
PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"


def test_command_line_wins_over_the_file(tmp_path: Path) -> None:
    """What neither names is as usual; values are read as what they stand for."""
    file = tmp_path / "assumptions.toml"
    file.write_text('first_webhook = "before"\nmost_fields = 2\n')

    found = read_assumptions(["most_fields=3", "null_means_absent=yes"], file=file)

    usual = {each.name: getattr(Assumptions(), each.name) for each in fields(Assumptions)}
    assert found == Assumptions(
        **{**usual, "first_webhook": "before", "most_fields": 3, "null_means_absent": True}
    )


def test_all_that_is_wrong_is_told_at_once() -> None:
    """A name that is none is told with those close to it, a value with what it should be."""
    with pytest.raises(AssumptionsError) as caught:
        read_assumptions(["most_field=1", "nonsense", "most_fields=many", "first_webhook=never"])

    assert str(caught.value).splitlines() == [
        "4 assumption(s) cannot be made",
        "  at: 'most_field' is not known; close: most_fields",
        "  at: 'nonsense' is not known; close: none",
        f"  at: most_fields is 'many': {NO_INTEGER}",
        "  at: first_webhook is 'never': Input should be 'before', 'after' or 'either'",
        "  next: see docs/sandbox.md for all",
    ]


@pytest.mark.parametrize("content", [None, "x ="], ids=["no file", "no TOML"])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    """A file that is missing, or no TOML, is one message."""
    file = tmp_path / "assumptions.toml"
    if content is not None:
        file.write_text(content)

    with pytest.raises(AssumptionsError, match=f"at: {re.escape(str(file))}\n  next: give a file"):
        read_assumptions(file=file)


def test_table_of_the_documentation_is_made_from_the_code() -> None:
    """``python -m connector_harness.sandbox.assumptions docs/sandbox.md`` makes it."""
    assert as_markdown(Assumptions()) in PAGE.read_text(encoding="utf-8")


def test_table_is_replaced_in_its_place(tmp_path: Path) -> None:
    """What stands before and after it stays, and writing it again changes nothing."""
    page = tmp_path / "sandbox.md"
    page.write_text("Before.\n\n| name | question |\n| --- |\n| old |\n\nAfter.\n| a table |\n")

    write_table(page)
    once = page.read_text()
    write_table(page)

    table = as_markdown(Assumptions())
    assert page.read_text() == once == f"Before.\n\n{table}\nAfter.\n| a table |\n"
    assert "| `history_delay_s` | Seconds by which the history is late" in table
