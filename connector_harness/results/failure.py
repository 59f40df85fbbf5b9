"""Why a scenario failed, in plain words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connector_harness.results.failure_class import MEANINGS, FailureClass
from connector_harness.results.reader import FAILED, Result, StepResult

_CLASS: Final = re.compile(r"\[(?P<class>[a-z ]+)\] ")
_PLACE: Final = re.compile(r" \((?P<sentence>.*), (?P<place>[^()]*:\d+)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a scenario failed.

    Attributes:
        sentence: The step that failed; empty if it was none.
        reason: Why, in one line.
        kind: Whose fault it seems to be, as ``"product"``; empty if that is not known.
        details: What else is known, as it was written at the time.
        next: What to do.
        counts: Whether it makes the run fail; one in quarantine does not.
    """

    sentence: str
    reason: str
    kind: str
    details: str
    next: str
    counts: bool

    @property
    def kind_in_words(self) -> str:
        """Whose fault it seems to be, in words."""
        return MEANINGS[FailureClass(self.kind)] if self.kind else ""


def failure_of(result: Result | None) -> Failure | None:
    """Return why a scenario failed; None if it did not."""
    if result is None or result.status not in FAILED:
        return None
    details = result.raw.get("statusDetails") or {}
    failed = _failed_step(result.steps)
    # Behind the reason stands, on a line of its own, that it is excused.
    told = result.message.rpartition("\n")[0] if result.is_excused else result.message
    reason, sentence = _plain(told, failed)
    kind = next(iter(result.labels("failureClass")), "")
    why, next_ = _explanation(str(details.get("trace", "")))
    return Failure(
        failed or sentence,
        reason or "it says nothing about why",
        kind,
        why,
        next_,
        counts=not result.is_excused,
    )


def _plain(message: str, failed: str) -> tuple[str, str]:
    """Return the reason without its class and place, and the sentence that was named.

    Args:
        message: The message of the failure.
        failed: The step that failed; a reason and a sentence may have brackets of their own.
    """
    place = message.rfind(f" ({failed}, ") if failed else -1
    match = _PLACE.search(message, max(place, 0))
    reason = message[: match.start()] if match else message
    reason = _CLASS.sub("", reason, count=1).strip()
    return reason[:1].upper() + reason[1:], match["sentence"] if match else ""


def _failed_step(steps: Sequence[StepResult]) -> str:
    return next((step.name for step in steps if step.status in FAILED), "")


def _explanation(trace: str) -> tuple[str, str]:
    """Return what a trace explains, and its advice."""
    parts = trace.split("\n\n")
    told = [part for part in parts if _CLASS.match(part)]
    advice = [part for part in parts if part.startswith("next: ")]
    lines = told[0].split("\n")[1:] if told else []
    kept = [line for line in lines if not line.startswith("  code: ")]
    return "\n".join(kept), advice[-1].removeprefix("next: ") if advice else ""
