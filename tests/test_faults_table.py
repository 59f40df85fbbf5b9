"""Tests of docs/faults.md: every row is shown by something, and every fault has a row."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector_harness.results.failure_class import FailureClass
from connector_harness.sandbox.faults.faults import FAULTS
from steps.fault import MISHAPS

ROOT = Path(__file__).parent.parent
TABLES = (
    *("Faults of the endpoint", "Hostile and broken endpoints", "Interruptions"),
    "Results that are not of this run, or not whole",
)
NOTIFICATIONS = frozenset(name for name, kind in FAULTS.items() if "webhook" in kind.operations)
VALUES = {"app", "consumer"}
"""Words of the list of parameters that are none."""

PLACE = re.compile("`([^`]+::[^`]+)`")


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        table: Its heading.
        cells: By the name of their column.
    """

    table: str
    cells: dict[str, str]

    @property
    def fault(self) -> str:
        """What goes wrong, as the first column names it."""
        return next(iter(self.cells.values())).strip("`")

    @property
    def places(self) -> list[str]:
        """The scenarios and tests that show it."""
        return PLACE.findall(self.cells["shown by"])


def rows(text: str) -> Iterator[Row]:
    """Yield the rows of the tables in *text*, each with the heading above it."""
    heading = ""
    names: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("## "):
            heading, names = line.removeprefix("## "), []
        elif line.startswith("|") and not names:
            names = cells
        elif line.startswith("|") and not line.startswith("| ---"):
            yield Row(heading, dict(zip(names, cells, strict=True)))


def files() -> list[str]:
    """Return the files that the tables name, each once."""
    return sorted({place.partition("::")[0] for row in ROWS for place in row.places})


@pytest.fixture(scope="module")
def nodes() -> set[str]:
    """Every scenario and test in the files that the tables name; of a row of many, the name too."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *files()]
    ran = subprocess.run(  # noqa: S603  # our own command line
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = {line for line in ran.stdout.splitlines() if "::" in line}
    return found | {node.partition("[")[0] for node in found}


TEXT = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = list(rows(TEXT))


def of(table: str) -> list[Row]:
    """Return the rows below the heading *table*."""
    return [row for row in ROWS if row.table == table]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.fault}: {row.places}")
def test_row_is_shown_by_something(nodes: set[str], row: Row) -> None:
    """Every row names a scenario or a test, and what it names is collected."""
    assert row.places
    assert [place for place in row.places if place not in nodes] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.fault}: {row.places}")
def test_row_has_a_class_and_a_time(row: Row) -> None:
    """Every row says how the failure is classified, in a known word, and how long it takes."""
    assert row.cells["class"] in {*FailureClass, "none"}
    assert row.cells["longest"]


def test_every_fault_of_the_sandbox_has_a_row() -> None:
    """The table names the faults of the sandbox, all of them and no other."""
    assert {row.fault for row in of(TABLES[0])} == set(FAULTS)


def test_every_fault_of_the_sandbox_can_be_said() -> None:
    """Every fault of a call stands behind words of the features, and nothing else does."""
    said = {mishap.fault for mishap in MISHAPS.meanings.values()}

    assert said == set(FAULTS) - NOTIFICATIONS


def test_every_parameter_is_told() -> None:
    """The list names every parameter that a fault needs or takes, and no other."""
    _, _, list_ = TEXT.partition("\n## Parameters\n")
    told: dict[str, set[str]] = {name: set() for name in FAULTS}
    for faults, words in re.findall("^- ((?:`[a-z_0-9]+`(?:, )?)+): (.*)", list_, re.MULTILINE):
        for name in re.findall("`([^`]+)`", faults):
            told[name] |= set(re.findall("`([a-z]+_?[a-z_]*)`", words)) - VALUES

    assert told == {name: {*kind.needs, *kind.takes} for name, kind in FAULTS.items()}


def test_every_word_for_a_fault_is_used() -> None:
    """No mishap can be said that no feature says."""
    files = (ROOT / "features" / "faults").glob("*.feature")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)

    assert [words for words in MISHAPS.meanings if words not in text] == []


def test_tables_are_those_of_the_four_kinds() -> None:
    """The endpoint's faults, hostile endpoints, interruptions and results have a table each."""
    assert tuple(dict.fromkeys(row.table for row in ROWS)) == TABLES


def test_missing_places_are_found(nodes: set[str]) -> None:
    """A file, a scenario, a test or a row of one that is not there is found."""
    folder = "features/faults"

    assert f"{folder}/interrupted_files.feature::Half a picture is none" in nodes
    assert f"{folder}/gone.feature::Half a picture is none" not in nodes
    assert f"{folder}/interrupted_files.feature::A whole picture is none" not in nodes
    assert "tests/hostile/test_bounds.py::test_answer_without_end[sings]" not in nodes


def test_rows_are_read_as_they_stand() -> None:
    """A row knows its heading, its columns, and every place that it names."""
    text = "## A\n| fault | shown by |\n| --- | --- |\n| `b` | `c::d e`, `f::g` |\n"

    (row,) = rows(text)

    assert (row.table, row.fault, row.places) == ("A", "b", ["c::d e", "f::g"])
