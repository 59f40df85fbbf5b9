"""The files that a folder of results consists of; others there are somebody else's."""

import re
from typing import Final

SPEC_FILE: Final = "spec.json"
"""The name of the file with the spec as it was collected."""

_OF_A_TEST: Final = r"[0-9a-f-]{36}-(result\.json|container\.json|globals\.json|attachment\.[^/]*)"
_OF_THE_RUN: Final = (
    r"environment\.properties|categories\.json|executor\.json|spec\.json|run\.json|contract\.json"
)
_WHOLE: Final = re.compile(f"{_OF_A_TEST}|{_OF_THE_RUN}")
_DRAFT: Final = re.compile(rf"\.{_OF_A_TEST}(\.tmp)?|{_OF_A_TEST}(\.tmp|(?<=\.tmp))")


def is_result_file(name: str) -> bool:
    """Return whether a run writes files called *name*; of drafts, `is_draft` tells."""
    return _WHOLE.fullmatch(name) is not None


def is_draft(name: str) -> bool:
    """Return whether a file called *name* is one that a killed process did not finish."""
    return _DRAFT.fullmatch(name) is not None
