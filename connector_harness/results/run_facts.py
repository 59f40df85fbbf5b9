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
        shard: Which part of all scenarios this was, as ``"2/5"``; empty if it was no part.
        split: What the parts of one whole have in common.
        properties: Names and values that tests have given to the run as a whole.
    """

    start: int
    stop: int
    exit_code: int
    processes: int = 1
    not_run: tuple[str, ...] = ()
    shard: str = ""
    split: str = ""
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, self.stop - self.start)

    @property
    def document(self) -> dict[str, Any]:
        """What is written of it.

        Shape: ``{"version": 1, "start": ms, "stop": ms, "exitCode": int, "processes": int,
        "notRun": [node id, …]}``, and of a shard ``"shard": "2/5", "split": text``;
        where there are any, ``"properties": [[name, value], …]``.
        """
        more: dict[str, Any] = {}
        if self.shard:
            more |= {"shard": self.shard, "split": self.split}
        if self.properties:
            more |= {"properties": [list(each) for each in self.properties]}
        return {
            "version": VERSION,
            "start": self.start,
            "stop": self.stop,
            "exitCode": self.exit_code,
            "processes": self.processes,
            "notRun": list(self.not_run),
            **more,
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
            str(found.get("shard", "")),
            str(found.get("split", "")),
            tuple((str(name), str(value)) for name, value in found.get("properties", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
