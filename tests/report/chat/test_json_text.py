"""JSON is written for readers."""

import json

import pytest

from connector_harness.json_types import JsonValue
from connector_harness.report.chat.json_text import WIDTH, json_text

MANY: JsonValue = [{"b": number, "c": ["x" * 30, {}]} for number in range(9)]


@pytest.mark.parametrize("document", [None, "", 1.5, [], {}, [[]], {"a": MANY, 'q"': [None, True]}])
def test_document_stays_what_it_is(document: JsonValue) -> None:
    """Only its spaces differ."""
    assert json.loads(json_text(document)) == document


def test_short_objects_stay_on_one_line() -> None:
    """What fits is not spread out."""
    lines = json_text({"a": [{"b": 1}] * 30}).split("\n")

    assert '    {"b": 1},' in lines
    assert max(map(len, lines)) <= WIDTH


def test_long_text_is_cut() -> None:
    """A picture in Base64 does not fill the page."""
    shown = json_text({"preview": "x" * 30_000})

    assert "… (30000 characters)" in shown
    assert len(shown) < 400
