"""An output that a CI system reads commands from: only those meant for it get through."""

import re
from collections.abc import Callable
from typing import Final

# GitHub takes a line that begins so, blanks aside, and its older form anywhere; so does Azure.
_COMMAND: Final = re.compile(r"#(?=#\w*\[)|(?<![^\r\n])[^\S\r\n]*:(?=:)")
# How much is kept of a line that is under way.
_LINE: Final = 80
_issued: Final[set[str]] = set()


def issued(command: str) -> str:
    """Return *command*, which gets through from now on."""
    _issued.add(command)
    return command


def disarmed(text: str) -> str:
    """Return *text* with a backslash in all that would be a command, unless it was issued.

    Answers and titles end up in what a run writes, and nobody meant them as commands.
    """
    if text in _issued or ("::" not in text and "##" not in text):
        return text
    return _COMMAND.sub(r"\g<0>\\", text)


def disarming() -> Callable[[str], str]:
    """Return what disarms an output that comes in pieces, each of which it is given in turn."""
    line = ""

    def disarm(text: str) -> str:
        nonlocal line
        if text in _issued:
            line = ""
            return text
        shown = disarmed(line + text)
        # What the piece before has begun is broken off where that ends.
        shown = shown[len(line) :] if shown.startswith(line) else f"\\{disarmed(text)}"
        line = re.split("[\r\n]", line + shown)[-1]
        if len(line) > _LINE:
            # Not one that begins where it is cut.
            line = f"…{line[-_LINE:]}"
        return shown

    return disarm
