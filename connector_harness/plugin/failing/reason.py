"""What an exception says: its gist, the details, where in the project's code, and what to do."""

import difflib
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from connector_harness.results.comparison import Comparison
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import ScenarioUnderWay

_OURS: Final = Path(__file__).parents[2]
_NEXT: Final = "next: "


@dataclass(frozen=True, slots=True)
class Reason:
    """What an exception says: the gist, details and advice, a line each; secrets masked.

    The place is where in the project's own code it came up, as ``steps/batch.py:12``, or empty.
    """

    headline: str
    details: tuple[str, ...]
    advice: tuple[str, ...]
    place: str
    comparison: Comparison | None = None


def read_reason(
    error: BaseException,
    comparison: Comparison | None,
    *,
    rootpath: Path,
    mask: Callable[[str], str],
) -> Reason:
    """Return what *error* says; of a group, the first is told and the others are named.

    The last comparison that did not hold counts where it is that of *error*.
    """
    first, *others = _leaves(error)
    frame = _frame(first, rootpath)
    gist, *about = _lines(first, comparison, frame)
    lines = [gist, *textwrap.dedent("\n".join(about)).split("\n")]
    lines += IN_THREAD.split("\n") if of_thread(_first(error)) else []
    lines += [f"and also: {_lines(each, None, None)[0]}" for each in others]
    # Masked as a whole: a line may hold one half of what only both halves tell to be a secret.
    headline, *details = mask("\n".join(lines)).split("\n")
    told, advice = _apart(details)
    place = own_place(first, rootpath)
    if not place and isinstance(first, pytest.FixtureLookupError):
        asking = first.formatrepr()
        if is_own(file := Path(asking.filename), rootpath):
            place = f"{file.relative_to(rootpath).as_posix()}:{asking.firstlineno + 1}"
    compared = comparison if _is_about(first, comparison) else None
    return Reason(headline, tuple(told), tuple(advice), place, compared)


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield of_thread(error) or error


IN_THREAD: Final = (
    "it failed in a thread that the step started, which goes on without it\n"
    "  next: join the thread in the step, and let its error out, as a Future does in result()"
)


def of_thread(error: BaseException) -> BaseException | None:
    """Return what ended a thread, where pytest tells of that by *error*; else None."""
    is_told = isinstance(error, pytest.PytestUnhandledThreadExceptionWarning)
    return error.__cause__ if is_told else None


def _lines(
    error: BaseException, comparison: Comparison | None, frame: traceback.FrameSummary | None
) -> list[str]:
    notes = list(getattr(error, "__notes__", ()))
    if isinstance(error, pytest.FixtureLookupError):
        return [*(error.msg or _unknown_fixture(error)).split("\n"), *notes]
    text = str(error).strip()
    if isinstance(error, AssertionError):
        return [*_unmet(text, comparison, frame), *notes]
    if text.startswith("ScopeMismatch: "):
        advice = "let the fixture that asks have no wider scope; what a step gives ends with it"
        return [*text.split("\n"), f"  next: {advice}", *notes]
    if isinstance(error.__cause__, ResourceWarning):
        # pytest tells of it when the steps are over, and Python where it was opened if asked to.
        where = textwrap.dedent(text.partition("Object allocated at:")[2]).strip("\n").split("\n")
        advice = "close it in the step or fixture that opens it"
        tell = "" if where[0] else "; `python -X tracemalloc -m pytest` tells which one that is"
        found = [str(error.__cause__), *where, f"  next: {advice}{tell}"]
        return [*found, *notes]
    if isinstance(error, pytest.fail.Exception) or type(error).__module__.startswith(_OURS.name):
        return [*(text or type(error).__name__).split("\n"), *notes]
    cause = error.__cause__
    because = [f"  caused by {type(cause).__name__}: {cause}"] if cause is not None else []
    kind = type(error).__name__
    return [*(f"{kind}: {text}" if text else kind).split("\n"), *because, *notes]


def _unknown_fixture(error: pytest.FixtureLookupError) -> str:
    name, told = str(error.argname), error.formatrepr().errorstring
    what, _, names = told.partition("\n available fixtures: ")
    if what.strip().startswith("recursive"):
        return f"fixture {name!r} asks for itself, by way of others\n  next: let one ask for less"
    advice = advice_on_name(name, names.partition("\n")[0].split(", "))
    return f"no earlier step has given {name!r}, and no fixture has that name\n  next: {advice}"


def advice_on_name(name: str, known: Iterable[str]) -> str:
    """Return what to do where a step or fixture asks for a *name* that is not *known*."""
    close = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {close[0]!r}? Or " if close else ""
    return f"{meant}write the step that gives it (target_fixture), or a fixture {name}"


def _is_about(error: BaseException, comparison: Comparison | None) -> bool:
    """Return whether *error* is an assert that did not hold because of *comparison*."""
    if comparison is None or not isinstance(error, AssertionError):
        return False
    _, _, explained = f"\n{str(error).strip()}".partition("\nassert ")
    return explained.lstrip("(").startswith(comparison.headline)


def _unmet(
    text: str, comparison: Comparison | None, frame: traceback.FrameSummary | None
) -> list[str]:
    """Return what an assert says: its message, and what was compared instead of pytest's words."""
    message, found, explained = f"\n{text}".partition("\nassert ")
    message = message.removeprefix("\n")
    if comparison is not None and explained.lstrip("(").startswith(comparison.headline):
        headline = message or comparison.headline
        return [*headline.split("\n"), *(f"  {line}" for line in comparison.lines)]
    if message or not found:
        return (message or "an assertion does not hold").split("\n")
    # Where it says nothing else, the line of code and pytest's way to its value have to do.
    code = frame.line.removeprefix("assert ") if frame and frame.line else explained
    code, _, _ = code.partition("\n")
    ways = [line.strip(" +") for line in explained.split("\n")[1:]]
    return [f"does not hold: {code}", *(f"  {way}" for way in ways)]


def _frame(error: BaseException, rootpath: Path) -> traceback.FrameSummary | None:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_own(Path(frame.filename), rootpath):
            return frame
    return None


def own_place(error: BaseException, rootpath: Path) -> str:
    """Return where in the project's own code *error* came up, as ``steps/batch.py:12``."""
    if (frame := _frame(error, rootpath)) is None:
        return ""
    return f"{Path(frame.filename).relative_to(rootpath).as_posix()}:{frame.lineno}"


def is_own(file: Path, rootpath: Path) -> bool:
    """Return whether *file* is of the project: neither of the harness, nor of another package."""
    is_inside = file.is_relative_to(rootpath) and not file.is_relative_to(_OURS)
    return is_inside and "site-packages" not in file.relative_to(rootpath).parts


def _apart(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return *lines* without advice, and the advice, each once, its own further lines below it."""
    told: list[str] = []
    advice: list[str] = []
    depth: int | None = None
    for line in filter(None, lines):
        text = line.lstrip()
        indent = len(line) - len(text)
        if text.startswith(_NEXT):
            advice.append(text.removeprefix(_NEXT))
            depth = indent
        elif depth is not None and indent > depth:
            advice[-1] += f"\n  {text}"
        else:
            depth = None
            told.append(line)
    return told, list(dict.fromkeys(advice))


ADVICE: Final = {
    FailureClass.PRODUCT: "compare what came with the sentence that failed: one of them is wrong",
    FailureClass.AUTHENTICATION: "see whether the account may do this, and with these credentials",
    FailureClass.TIMEOUT: "see what it was waiting for, or allow it more time",
    FailureClass.SANDBOX: "the sandbox failed by itself; "
    "`python -m connector_harness.sandbox --verbose` serves one that says why",
}
"""What to do where the failure itself does not say."""

OUT_OF_ORDER: Final = "see the endpoint's log: by its own account it has failed"


REFUSED: Final = "see the last exchange first: what was refused there may be why nothing came"


def advice(kind: FailureClass, reason: Reason, record: ScenarioUnderWay) -> tuple[str, ...]:
    """Return what to do next, in the words of the failure itself where it has any."""
    exchange = record.last_exchange
    if kind is FailureClass.TIMEOUT and exchange is not None and exchange.is_refusal:
        return (REFUSED, *reason.advice)
    if reason.advice:
        return reason.advice
    if kind is FailureClass.PRODUCT and exchange is not None and exchange.is_server_error:
        return (OUT_OF_ORDER,)
    where = f" ({reason.place})" if reason.place else ""
    usual = f"mend the code{where}; --full-trace shows the whole way there"
    return (ADVICE.get(kind, usual),)
