"""What one check has found."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["good", "wrong", "not tried"]
"""What a check comes to; what does not apply counts as not tried."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check has found.

    Attributes:
        check: What was looked at, as ``app token``.
        outcome: What it came to.
        told: What was found, or why it was not tried.
        next: What to do; empty where nothing is wrong.
    """

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


def all_wrong(check: str, problems: list[tuple[str, str]]) -> CheckResult:
    """Return several problems as one result, each remedy once.

    Args:
        check: What was looked at.
        problems: What is wrong, and what to do about it; at least one.
    """
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
