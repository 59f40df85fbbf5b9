"""What the checks have found, as lines for people or as one document."""

import json
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from connector_harness.doctor.result import CheckResult, Outcome
from connector_harness.json_types import JsonObject

Marks: TypeAlias = dict[Outcome, str]
"""What stands before the line of each outcome."""

MARKS: Final[Marks] = {"good": "✓", "wrong": "✗", "not tried": "\N{EN DASH}"}
"""The usual ones."""

PLAIN: Final[Marks] = {"good": "ok", "wrong": "WRONG", "not tried": "-"}
"""The same, where a terminal cannot show these signs."""

_WIDTH: Final = 18


def lines(result: CheckResult, marks: Marks) -> list[str]:
    """Return one line that tells *result*, and below a wrong one what to do."""
    first, *more = result.told.splitlines() or [""]
    told = [
        f"{marks[result.outcome]} {result.check:{_WIDTH}}{first}",
        *(f"  {each}" for each in more),
    ]
    return [*told, f"    next: {result.next}"] if result.next else told


def document(
    endpoint: str,
    results: Sequence[CheckResult],
    *,
    scenarios: Sequence[str],
    command: str,
    exit_code: int,
    masked: Callable[[str], str],
) -> str:
    """Return everything as one JSON document, in ASCII.

    Shape: ``{"endpoint": str, "checks": [{"check": str, "outcome": "good" | "wrong" |
    "not tried", "told": str, "next": str | null}], "scenarios": [str], "command": str,
    "exitCode": int}``.

    Args:
        endpoint: Its name.
        results: What the checks have found.
        scenarios: How many scenarios will run and why the others will not, a line each.
        command: How to run them.
        exit_code: What the process ends with.
        masked: Masks the secrets in a text.
    """
    told: JsonObject = {
        "endpoint": endpoint,
        "checks": [
            {
                "check": each.check,
                "outcome": each.outcome,
                "told": masked(each.told),
                "next": masked(each.next) or None,
            }
            for each in results
        ],
        "scenarios": [masked(line) for line in scenarios],
        "command": command,
        "exitCode": exit_code,
    }
    return json.dumps(told, indent=2)
