"""The facts of a run that no single result tells: when it was, and what it did not come to."""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

ENDING: Final = "-run.json"
"""How the name of the file in the folder of the results ends; before it stands the run's id."""


def new_run_id() -> str:
    """Return an id that no other run has."""
    return str(uuid.uuid4())


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something wrong with a run that is no scenario's outcome.

    Attributes:
        what: What it is.
        next: What to do about it.
        path: The file that it is found in; empty where it is in none.
        line: The line there.
    """

    what: str
    next: str = ""
    path: str = ""
    line: int = 0

    @property
    def gist(self) -> str:
        """What it is, in a few words that follow a comma."""
        first = self.what.partition("\n")[0]
        return f"{self.path} could not be run" if self.path else first.partition(": ")[0]

    def __str__(self) -> str:
        at = f"\n  at: {self.path}:{self.line}" if self.path else ""
        advice = f"\n  next: {self.next}" if self.next else ""
        return f"{self.what}{at}{advice}"


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
        endpoint: What was under test: its name, and where it is if that is not always another.
        commit: The commit of the project; empty where that is not known.
        versions: What stands for the content of each feature, schema and module of steps, by path.
        problems: Why it is not green, apart from its scenarios.
        attempts: How many attempts were on record at its end.
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
    endpoint: str = ""
    commit: str = ""
    versions: dict[str, str] = {}
    problems: tuple[Problem, ...] = ()
    attempts: int = 0

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
        "2/5", "split": text, "properties": [[name, value], …], "endpoint": text, "commit": text,
        "versions": {path: text}, "problems": [{"what", "next", "path", "line"}, …], "attempts":
        int``.
        """
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


NO_RUN: Final = Run(0)
"""What results are part of whose run has no id."""


def version(text: str) -> str:
    """Return what stands for a *text*: 16 hex digits, which no other text has."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


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


SHOWN: Final = 5
"""How many files are named that are not the same in all runs."""


def problems(runs: Sequence[Run], had: Mapping[str, int]) -> Iterator[Problem]:
    """Yield what is wrong with *runs*, apart from their scenarios: with one, or with all together.

    Args:
        runs: The facts of the runs.
        had: The ids of the runs that have left results, with the number of attempts on record.
    """
    for run in runs:
        yield from run.problems
        if (missing := run.attempts - had.get(run.id, 0)) > 0:
            advice = "name the folder as the run left it, with all of its files"
            yield Problem(f"{missing} of {run.attempts} results of the run are missing", advice)
    yield from _cut_short(runs, had)
    yield from _different(runs)
    if len(runs) > 1:
        # A shard by itself is whole.
        yield from shard_problems(runs)


def _cut_short(runs: Iterable[Run], had: Collection[str]) -> Iterator[Problem]:
    known = {run.id: run.has_ended for run in runs}
    killed = [id_ for id_ in {**known, **dict.fromkeys(had, False)} if not known.get(id_)]
    advice = "see what ended it, and run again; what it did not come to is missing here"
    if not known and not had:
        yield Problem("no run has left anything here", "name the folder of results of a run")
    elif killed:
        every = len({*known, *had})
        which = "the run" if every == 1 else f"{len(killed)} of {every} runs"
        yield Problem(f"{which} did not come to the end", advice)


def _different(runs: Sequence[Run]) -> Iterator[Problem]:
    """Yield in what *runs* are not of one whole."""
    advice = "merge only what ran on one state of the project, against one endpoint"
    for what, values in (
        ("endpoints", {run.endpoint for run in runs if run.endpoint}),
        ("commits", {run.commit for run in runs if run.commit}),
    ):
        if len(values) > 1:
            yield Problem(
                f"the results are of different {what}: {', '.join(sorted(values))}", advice
            )
    found: dict[str, set[str]] = {}
    for run in runs:
        for path, version in run.versions.items():
            found.setdefault(path, set()).add(version)
    paths = sorted(path for path, versions in found.items() if len(versions) > 1)
    if paths:
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        told = f"{', '.join(paths[:SHOWN])}{more}"
        yield Problem(f"the results are of different states of the project: {told}", advice)


def shard_problems(runs: Iterable[Run]) -> Iterator[Problem]:
    """Yield what is wrong with the shards among *runs*.

    Nothing is wrong where no run was a shard, or where each shard of one split is there; one that
    was run again is there as well.
    """
    parts = [run for run in runs if run.shard]
    splits: dict[tuple[str, str], set[int]] = {}
    for run in parts:
        number, _, of = run.shard.partition("/")
        splits.setdefault((of, run.split), set()).add(int(number))
    if len(splits) > 1:
        told = "; ".join(
            f"{_listed(numbers, of)} as {split or 'is not known'}"
            for (of, split), numbers in splits.items()
        )
        yield Problem(
            f"the shards were not split alike, so scenarios may have run twice or never: {told}",
            "give all of them the same selection, the same number and the same --since",
        )
        return
    for (of, _), numbers in splits.items():
        missing = set(range(1, int(of) + 1)) - numbers
        if missing:
            yield Problem(
                f"no results of {_listed(missing, of)}: what they had to run is missing here",
                "see why they left none, or name their folders too",
            )


def _listed(numbers: Iterable[int], of: str) -> str:
    return f"shard {', '.join(f'{number}/{of}' for number in sorted(numbers))}"
