"""The facts of a run that no single result tells: when it was, and what it did not come to."""

from pathlib import Path
from typing import Any, Final

import msgspec

RUN_FILE: Final = "run.json"
"""The name of the file in the folder of the results."""


class Run(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
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

        Shape: ``{"start": ms, "stop": ms, "exitCode": int}``, and what else has not its usual
        value: ``"processes": int, "notRun": [node id, …], "shard": "2/5", "split": text,
        "properties": [[name, value], …]``.
        """
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


def read_run(folder: Path) -> Run | None:
    """Return the facts of the run whose results are in *folder*; None where it left none."""
    try:
        return msgspec.json.decode((folder / RUN_FILE).read_bytes(), type=Run)
    except (OSError, ValueError):
        return None
