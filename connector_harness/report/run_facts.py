"""The facts of a run that no single result tells: when it was, and what it did not come to."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

RUN_FILE: Final = "run.json"
"""The name of the file in the folder of the results."""

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        start: When it began, in milliseconds since the epoch.
        stop: When it ended.
        exit_code: What pytest ended with.
        processes: How many processes ran scenarios.
        not_run: The node ids that were planned and did not run to their end.
    """

    start: int
    stop: int
    exit_code: int
    processes: int = 1
    not_run: tuple[str, ...] = ()

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, self.stop - self.start)

    @property
    def document(self) -> dict[str, Any]:
        """What is written of it.

        Shape: ``{"version": 1, "start": ms, "stop": ms, "exitCode": int, "processes": int,
        "notRun": [node id, …]}``.
        """
        return {
            "version": VERSION,
            "start": self.start,
            "stop": self.stop,
            "exitCode": self.exit_code,
            "processes": self.processes,
            "notRun": list(self.not_run),
        }


def read_run(folder: Path) -> Run | None:
    """Return the facts of the run whose results are in *folder*; None where it left none."""
    try:
        found = json.loads((folder / RUN_FILE).read_bytes())
        return Run(
            int(found["start"]),
            int(found["stop"]),
            int(found["exitCode"]),
            int(found.get("processes", 1)),
            tuple(str(each) for each in found.get("notRun", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
