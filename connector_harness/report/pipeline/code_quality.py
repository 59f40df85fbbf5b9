"""GitLab's way to show failures beside the lines of a change: a code quality report."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector_harness.json_types import JsonObject
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.drafts import replace
from connector_harness.results.failed import Failed

NAME: Final = "gl-code-quality.json"
"""The name of the file."""

SHOWN: Final = 500
"""How many failures it holds."""

_LONGEST: Final = 500
_SEVERITIES: Final = {
    "blocker": "blocker",
    "critical": "critical",
    "minor": "minor",
    "trivial": "info",
}


def write_code_quality(failures: Sequence[Failed], system: CiSystem, folder: Path) -> Path:
    """Write the report into *folder*, also where nothing failed, and return its file.

    Raises:
        OSError: It cannot be written.
    """
    entries = [_entry(each, system.path(each.path)) for each in failures[:SHOWN]]
    return replace(folder / NAME, f"{json.dumps(entries, ensure_ascii=False, indent=1)}\n")


def _entry(failure: Failed, path: str) -> JsonObject:
    """Return one issue.

    Shape: ``{"description", "check_name", "fingerprint", "severity", "location": {"path",
    "lines": {"begin"}}}``. The fingerprint stays the same whyever the scenario fails.
    Source: "Code Quality report format" of GitLab.
    """
    severity = _SEVERITIES.get(failure.severity, "major") if failure.counts else "info"
    return {
        "description": f"{failure.title}: {failure.reason}"[:_LONGEST],
        "check_name": f"scenario/{failure.kind or 'failed'}",
        "fingerprint": hashlib.sha256(f"scenario {failure.key}".encode()).hexdigest(),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": failure.line}},
    }
