"""What was exercised of the contract, as a file for programs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from connector_harness.report.coverage.coverage import KINDS, STATES, Coverage, CoveredItem
from connector_harness.report.names import COVERAGE
from connector_harness.results.files import write_whole
from connector_harness.results.reader import Results, Scenario

VERSION: Final = 1

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def write_coverage(
    coverage: Coverage, results: Results, links: Mapping[str, str], folder: Path
) -> Path:
    """Write the file into *folder* and return it."""
    document = coverage_document(coverage, results, links)
    return write_whole(folder / COVERAGE, "".join(_lines(document)))


def coverage_document(
    coverage: Coverage, results: Results, links: Mapping[str, str]
) -> dict[str, Any]:
    """Return what was exercised as a document.

    Nothing in it depends on when and by how many processes scenarios were run.

    Shape: ``{"version": 1, "totals": {kind: {"all": n, state: n, …}, …}, "scenarios": [{"id",
    "fullName", "title", "status"}, …], "items": [{"kind", "id", "part", "name", "state",
    "reason", "scenarios": [place, …], "failed": [place, …]}, …]}``. ``kind`` is one of `KINDS`,
    ``state`` one of `STATES`, ``id`` of a scenario what links to it in the living document name,
    and each ``place`` one in ``scenarios``, counted from 0; in an item, what is empty is left out.
    """
    return {
        "version": VERSION,
        "totals": {
            kind: {"all": coverage.count(kind)}
            | {state: coverage.count(kind, state) for state in STATES}
            for kind in KINDS
        },
        "scenarios": [_scenario(each, links) for each in results.scenarios],
        "items": [_item(each) for each in coverage.met],
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield *document* as JSON with a line for each item and scenario, so that they compare."""
    opening = "{\n"
    for name, value in document.items():
        yield f"{opening}{_encode(name)}: "
        opening = ",\n"
        if isinstance(value, list) and value:
            yield "[\n" + ",\n".join(map(_encode, value)) + "\n]"
        else:
            yield _encode(value)
    yield "\n}\n"


def _scenario(scenario: Scenario, links: Mapping[str, str]) -> dict[str, str]:
    return {
        "id": links.get(scenario.history_id, ""),
        "fullName": scenario.full_name,
        "title": scenario.spec.title,
        "status": scenario.status,
    }


def _item(met: CoveredItem) -> dict[str, Any]:
    item = met.item
    facts = {"kind": item.kind, "id": item.id, "part": item.part, "name": item.name}
    more = {"reason": met.reason, "scenarios": [*met.passed], "failed": [*met.failed]}
    return {**facts, "state": met.state, **{name: each for name, each in more.items() if each}}
