"""What one check has found, and how it is told: as lines for people, or as one document."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector_harness.json_types import JsonObject

Outcome: TypeAlias = Literal["good", "wrong", "not tried"]
"""What a check comes to; what does not apply counts as not tried."""

Problem: TypeAlias = tuple[str, str]
"""What is wrong, and what to do about it."""

Marks: TypeAlias = dict[Outcome, str]
"""What stands before the line of each outcome."""

MARKS: Final[Marks] = {"good": "✓", "wrong": "✗", "not tried": "\N{EN DASH}"}
"""The usual ones."""

PLAIN: Final[Marks] = {"good": "ok", "wrong": "WRONG", "not tried": "-"}
"""The same, where a terminal cannot show these signs."""

_WIDTH: Final = 18


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check, as ``app token``, has found, or why it was not tried; and what to do."""

    check: str
    outcome: Outcome
    told: str
    next: str = ""


def good(check: str, told: str) -> CheckResult:
    """Return that all is well, with what was found."""
    return CheckResult(check, "good", told)


def not_tried(check: str, why: str) -> CheckResult:
    """Return that a check was left out, and why."""
    return CheckResult(check, "not tried", why)


def wrong(check: str, told: str, remedy: str) -> CheckResult:
    """Return that something is wrong, and what to do."""
    return CheckResult(check, "wrong", told, remedy)


def judged(check: str, problems: Sequence[Problem], told: str) -> CheckResult:
    """Return *problems* as one result, each remedy once; where there is none, what was found."""
    if not problems:
        return good(check, told)
    remedies = dict.fromkeys(remedy for _, remedy in problems)
    return wrong(check, "; ".join(what for what, _ in problems), "; ".join(remedies))


def failed(check: str, error: Exception) -> CheckResult:
    """Return an error of the harness, whose message says what happened, where, and what to do."""
    what, *rest = str(error).splitlines() or [type(error).__name__]
    details = [line.strip() for line in rest]
    where = [line.removeprefix("at: ") for line in details if line.startswith("at: ")]
    remedies = [line.removeprefix("next: ") for line in details if line.startswith("next: ")]
    others = [line for line in details if line and not line.startswith(("at: ", "next: "))]
    told = "; ".join([what, *others])
    return wrong(check, f"{told} ({where[0]})" if where else told, "; ".join(remedies))


def lines(result: CheckResult, marks: Marks) -> list[str]:
    """Return one line that tells *result*, and below a wrong one what to do."""
    first, *more = result.told.splitlines() or [""]
    head = f"{marks[result.outcome]} {result.check:{_WIDTH}}{first}"
    advice = [f"    next: {result.next}"] if result.next else []
    return [head, *(f"  {each}" for each in more), *advice]


def document(
    endpoint: str,
    results: Sequence[CheckResult],
    *,
    scenarios: Sequence[str],
    command: str,
    exit_code: int,
) -> str:
    """Return everything as one JSON document, in ASCII.

    Shape: ``{"endpoint": str, "checks": [{"check": str, "outcome": "good" | "wrong" |
    "not tried", "told": str, "next": str | null}], "scenarios": [str], "command": str,
    "exitCode": int}``; a line of scenarios says how many will run, or why others will not.
    """
    checks: list[JsonObject] = [
        {"check": e.check, "outcome": e.outcome, "told": e.told, "next": e.next or None}
        for e in results
    ]
    told = {"endpoint": endpoint, "checks": checks, "scenarios": [*scenarios], "command": command}
    return json.dumps({**told, "exitCode": exit_code}, indent=2)
