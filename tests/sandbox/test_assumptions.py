"""The table of assumptions."""

import re
from dataclasses import fields

import pytest

from connector_harness.sandbox.assumptions import Assumptions, as_markdown


def test_every_row_names_its_section() -> None:
    """Every assumption says which question it answers and where it comes from."""
    for row in fields(Assumptions):
        assert re.fullmatch(r"§[0-9.]+", row.metadata["section"])
        assert row.metadata["question"]


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "unlimited"), (64, "64")], ids=["none", "number"]
)
def test_table_shows_the_chosen_value(value: int | None, shown: str) -> None:
    """The README's table is made from the values in use."""
    table = as_markdown(Assumptions(longest_consumer_id=value))

    assert (
        f"| `longest_consumer_id` | Longest `ext_consumer_id`, in characters | {shown} |" in table
    )


def test_table_says_yes_and_no() -> None:
    """Switches are shown as words, one line for each row and two for the heading."""
    table = as_markdown(Assumptions(null_means_absent=True, missing_version_refused=False))

    assert len(table.splitlines()) == len(fields(Assumptions)) + 2
    assert "be null? | yes | §4.6 |" in table
    assert "(404)? | no | §4.1 |" in table
