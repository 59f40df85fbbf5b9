"""An output that a CI system reads commands from: only those meant for it get through."""

import re
from typing import Final

# GitHub takes a line that begins so, blanks aside, and its older form anywhere; so does Azure.
_COMMAND: Final = re.compile(r"#(?=#\w*\[)|(?<![^\r\n])[^\S\r\n]*:(?=:)")
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
