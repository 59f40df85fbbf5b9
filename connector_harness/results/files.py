"""The files that a folder of results consists of, and how a file is written whole."""

import re
from pathlib import Path
from typing import Final

SPEC_FILE: Final = "spec.json"
"""The name of the file with the spec as it was collected."""

_OF_A_TEST: Final = (
    r"[0-9a-f-]{36}-"
    r"(result\.json|container\.json|globals\.json|run\.json|journal\.jsonl|attachment\.[^/]*)"
)
_OF_THE_RUN: Final = r"environment\.properties|(categories|allurerc|executor|spec|contract)\.json"
_WHOLE: Final = re.compile(f"{_OF_A_TEST}|{_OF_THE_RUN}")
_DRAFT: Final = re.compile(rf"\.{_OF_A_TEST}(\.tmp)?|{_OF_A_TEST}(\.tmp|(?<=\.tmp))")


def is_result_file(name: str) -> bool:
    """Return whether a run writes files called *name*; of drafts, `is_draft` tells."""
    return _WHOLE.fullmatch(name) is not None


def is_draft(name: str) -> bool:
    """Return whether a file called *name* is one that a killed process did not finish."""
    return _DRAFT.fullmatch(name) is not None


def write_whole(file: Path, text: str) -> Path:
    """Write *text* to *file* in one go, its folder made if it is missing, and return the file.

    What is no ordinary file, such as a pipe, is written to and not replaced.

    Raises:
        OSError: It cannot be written; then what was there is still there.
    """
    content = text.encode(errors="replace")
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.tmp")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return file
