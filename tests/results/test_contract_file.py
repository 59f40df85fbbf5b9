"""The contract is kept beside the results, with what no scenario can exercise."""

import json
from pathlib import Path

import pytest

from connector_harness.results.contract_file import (
    CONTRACT_FILE,
    REASONS_FILE,
    KeptContract,
    contract_in,
    fits,
    read_contract,
    read_reasons,
)
from tests.schema_examples import FOLDER


def test_contract_is_read_back(tmp_path: Path) -> None:
    """What was written is what documents are made from."""
    kept = contract_in(FOLDER)
    (tmp_path / CONTRACT_FILE).write_text(json.dumps(kept.document), encoding="utf-8")

    assert read_contract(tmp_path) == kept
    assert kept.reasons


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schemas": []}', '{"schemas": {}, "reasons": 1}']
)
def test_broken_file_is_no_contract(text: str, tmp_path: Path) -> None:
    """Documents are made without it."""
    (tmp_path / CONTRACT_FILE).write_text(text, encoding="utf-8")

    assert read_contract(tmp_path) is None


@pytest.mark.parametrize(
    ("pattern", "id_", "is_meant"),
    [
        ("a → 400", "a → 400", True),
        ("a → 400", "a → 4000", False),
        ("a*", "a → 400", True),
        ("* [2].code", "b [2].code", True),
        ("a.c", "abc", False),
        ("*x", "y", False),
    ],
)
def test_star_stands_for_any_words(pattern: str, id_: str, *, is_meant: bool) -> None:
    """No other letter is special."""
    assert fits(pattern, id_) is is_meant


def test_reason_is_found_by_pattern() -> None:
    """The first that fits is told; without any there is none."""
    kept = KeptContract({}, {"a → *": "because", "a → 400": "why not"})

    assert (kept.reason("a → 400"), kept.reason("b")) == ("because", "")


@pytest.mark.parametrize(
    ("text", "told"), [("x", "unreachable.toml: "), ("a = 1", "'a' is no text")]
)
def test_wrong_reasons_are_told(text: str, told: str, tmp_path: Path) -> None:
    """The message names file and mistake, and how a reason is written."""
    file = tmp_path / REASONS_FILE
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=rf'{told}.*\n  next: write "what" = "why"$'):
        read_reasons(file)


def test_project_without_reasons_has_none(tmp_path: Path) -> None:
    """The file may be missing."""
    assert read_reasons(tmp_path / REASONS_FILE) == {}
