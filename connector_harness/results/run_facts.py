"""The facts of a run that no single result tells: when it was, and what it did not come to."""

import uuid
from pathlib import Path
from typing import Any, Final

import msgspec

ENDING: Final = "-run.json"
"""How the name of the file in the folder of the results ends; before it stands the run's id."""


def new_run_id() -> str:
    """Return an id that no other run has."""
    return str(uuid.uuid4())


class Run(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One run: what is known as it begins, and once it has ended the rest.

    Attributes:
        start: When it began, in milliseconds since the epoch.
        stop: When it ended; 0 until then.
        exit_code: What pytest ended with; None until then, and for ever where it was killed.
        processes: How many processes ran scenarios.
        not_run: The node ids that were planned and did not run to their end.
        shard: Which part of all scenarios this was, as ``"2/5"``; empty if it was no part.
        split: What the parts of one whole have in common.
        properties: Names and values that tests have given to the run as a whole.
        id: What no other run has; what it writes is named by it.
    """

    start: int
    stop: int = 0
    exit_code: int | None = None
    processes: int = 1
    not_run: tuple[str, ...] = ()
    shard: str = ""
    split: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    id: str = ""

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, self.stop - self.start)

    @property
    def has_ended(self) -> bool:
        """Whether it came to its end, whatever the end."""
        return self.exit_code is not None

    @property
    def file(self) -> str:
        """The name of the file that it is kept in."""
        return f"{self.id}{ENDING}"

    @property
    def document(self) -> dict[str, Any]:
        """What is written of it.

        Shape: ``{"id": text, "start": ms}``, once it has ended ``"stop": ms, "exitCode": int``, and
        what else has not its usual value: ``"processes": int, "notRun": [node id, …], "shard":
        "2/5", "split": text, "properties": [[name, value], …]``.
        """
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


NO_RUN: Final = Run(0)
"""What results are part of whose run has no id."""


def read_runs(folder: Path) -> list[Run]:
    """Return the facts of the runs whose results are in *folder*, the earliest first."""
    found = []
    for file in folder.glob(f"*{ENDING}"):
        try:
            found.append(msgspec.json.decode(file.read_bytes(), type=Run))
        except (OSError, ValueError):
            # Then it is a run of which no facts are known.
            continue
    return sorted(found, key=lambda run: (run.start, run.id))
