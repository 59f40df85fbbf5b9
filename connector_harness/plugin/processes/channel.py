"""What the processes of a run under pytest-xdist tell each other, and the folder they share."""

import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

KEY: Final = "connector_harness"
"""The one name under which either side finds what the other tells."""


@dataclass(slots=True)
class ToWorker:
    """What a worker is told before it begins; plain values alone travel.

    These are the id of the run, the address of its sandbox, the folder that all processes share,
    how to join the one receiver of the run, and how many seconds each scenario took in an earlier
    one, by node id.
    """

    run: str = ""
    sandbox: str = ""
    folder: str = ""
    relay: tuple[str, bytes, str] | None = None
    durations: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class FromWorker:
    """What a worker tells at its end.

    What its receiver was told and no scenario was is unclaimed, by kind. Of each secret it tells
    kind and value, and whether that is a word; of a leak where it is, and which kind; of each lost
    result why. It is unplanned where a test plan names nothing that it has. Left out is what was
    collected, and is not run for no reason that anybody gives. Refused is what has findings, as a
    spec. Problems are why it ended as it did: what, and what to do.
    """

    notices: list[str] = field(default_factory=list)
    unclaimed: dict[str, list[Any]] = field(default_factory=dict)
    secrets: list[tuple[str, str, bool]] = field(default_factory=list)
    leaks: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    split: dict[str, Any] | None = None
    is_unplanned: bool = False
    left_out: list[str] = field(default_factory=list)
    refused: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)


_OUTGOING: Final = pytest.StashKey[FromWorker]()


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is a worker."""
    return hasattr(config, "workerinput")


def worker_id(config: pytest.Config) -> str:
    """Return the name of this worker, as ``gw0``; empty in a process that is none."""
    return str(getattr(config, "workerinput", {}).get("workerid", ""))


def worker_count(config: pytest.Config) -> int:
    """Return how many workers there are, in one of them; else one process."""
    return int(getattr(config, "workerinput", {}).get("workercount", 1))


def tell(node: Any, told: ToWorker) -> None:  # noqa: ANN401 - xdist's, not loaded here
    """Tell the worker *node*, which is about to start."""
    node.workerinput[KEY] = asdict(told)


def told(config: pytest.Config) -> ToWorker:
    """Return what this worker has been told; nothing in a process that is none."""
    return ToWorker(**getattr(config, "workerinput", {}).get(KEY, {}))


def outgoing(config: pytest.Config) -> FromWorker:
    """Return what this worker is going to tell, to be added to."""
    return config.stash.setdefault(_OUTGOING, FromWorker())


def send(config: pytest.Config) -> None:
    """Let pytest-xdist hand over what this worker tells, once the worker ends."""
    config.workeroutput[KEY] = asdict(outgoing(config))  # type: ignore[attr-defined]  # xdist's


def heard(node: Any) -> FromWorker | None:  # noqa: ANN401 - as above
    """Return what the worker *node* has told; None where it ended without a word."""
    output = (getattr(node, "workeroutput", None) or {}).get(KEY)
    return None if output is None else FromWorker(**output)


_FOLDER = pytest.StashKey[Path]()


def shared_folder(config: pytest.Config) -> Path:
    """Return the folder; the controlling process makes it, and removes it when the run ends."""
    if known := told(config).folder:
        return Path(known)
    if _FOLDER not in config.stash:
        config.stash[_FOLDER] = folder = Path(tempfile.mkdtemp(prefix="connector-harness-"))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return config.stash[_FOLDER]
