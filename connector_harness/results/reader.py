"""The results of one run or several, with the spec that they are results of."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from connector_harness.gherkin.feature import FeatureSpec, ScenarioSpec, parse_feature
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.results.contract_file import KeptContract, read_contract
from connector_harness.results.exchanges import (
    NOTIFICATION,
    Attached,
    Exchange,
    Raw,
    attached,
    exchanges,
)
from connector_harness.results.files import SPEC_FILE
from connector_harness.results.run_facts import Run, read_run

Status: TypeAlias = Literal["passed", "failed", "broken", "in quarantine", "skipped", "not run"]

FAILED: Final[tuple[Status, ...]] = ("failed", "broken")
"""How a scenario or a step has ended that failed: not as expected, or before it could be judged."""

_STATUSES: Final[dict[object, Status]] = {status: status for status in get_args(Status)}


class ResultsError(Exception):
    """The results cannot be read; the message says which file and why."""


@dataclass(frozen=True)
class StepResult:
    """How one step went.

    Attributes:
        name: The step with its keyword, as it ran.
        status: How it ended; ``not run`` after a failure.
        message: Why it failed; empty if it did not.
        start: When it began, in milliseconds since the epoch.
        duration_ms: How long it took.
        exchanges: The calls it made, those of its parts too, in order.
        attachments: What is attached to it, notifications among it.
    """

    name: str
    status: Status
    message: str
    start: int
    duration_ms: int
    exchanges: tuple[Exchange, ...]
    attachments: tuple[Attached, ...]

    @property
    def notifications(self) -> tuple[Attached, ...]:
        """The notifications that were heard while it was under way."""
        return tuple(each for each in self.attachments if each.name.startswith(NOTIFICATION))


@dataclass(frozen=True)
class Result:
    """One result file.

    Attributes:
        raw: As it was read.
        folder: The folder it was read from.
    """

    raw: Raw = field(repr=False)
    folder: Path

    @property
    def history_id(self) -> str:
        """What it is a result of."""
        return str(self.raw.get("historyId", ""))

    @property
    def full_name(self) -> str:
        """Feature file and title of the scenario."""
        return str(self.raw.get("fullName", ""))

    @property
    def name(self) -> str:
        """The title of the scenario."""
        return str(self.raw.get("name", ""))

    @property
    def status(self) -> Status:
        """How it ended."""
        return _status(self.raw)

    @property
    def is_excused(self) -> bool:
        """Whether it failed and does not make the run fail."""
        is_muted = bool((self.raw.get("statusDetails") or {}).get("muted"))
        return is_muted and self.status in FAILED

    @property
    def message(self) -> str:
        """Why it failed; empty if it did not."""
        return _message(self.raw)

    @property
    def start(self) -> int:
        """When it began, in milliseconds since the epoch."""
        return int(self.raw.get("start") or 0)

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, int(self.raw.get("stop") or 0) - self.start)

    def labels(self, name: str) -> list[str]:
        """Return the values of the labels called *name*."""
        labels = self.raw.get("labels") or ()
        return [str(each.get("value", "")) for each in labels if each.get("name") == name]

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """Kind, name and address of each link."""
        return [
            (str(each.get("type", "")), str(each.get("name", "")), str(each.get("url", "")))
            for each in self.raw.get("links") or ()
        ]

    @cached_property
    def steps(self) -> tuple[StepResult, ...]:
        """The steps that were run or would have been."""
        return tuple(
            _step(each, self.folder)
            for each in self.raw.get("steps") or ()
            if not _is_exchange(each)
        )


@dataclass(frozen=True)
class Scenario:
    """One scenario of the spec, and how it went.

    Attributes:
        feature: Where it stands.
        spec: What it says.
        history_id: What its results are known by.
        results: Its results, the latest last; none if it was not run.
    """

    feature: FeatureSpec
    spec: ScenarioSpec
    history_id: str
    results: tuple[Result, ...] = ()

    @property
    def result(self) -> Result | None:
        """The result that counts: the latest."""
        return self.results[-1] if self.results else None

    @property
    def retries(self) -> tuple[Result, ...]:
        """The results before the one that counts."""
        return self.results[:-1]

    @property
    def status(self) -> Status:
        """How it went; ``"in quarantine"`` where it failed and that does not count."""
        result = self.result
        if result is None:
            return "not run"
        return "in quarantine" if result.is_excused else result.status

    @property
    def full_name(self) -> str:
        """Feature file and title."""
        return f"{self.feature.path}::{self.spec.name}"


@dataclass(frozen=True, slots=True)
class Definition:
    """A step definition.

    Attributes:
        pattern: The sentence, as its decorator has it.
        path: The file it stands in.
        line: Its line there.
    """

    pattern: str
    path: str
    line: int


@dataclass(frozen=True)
class Results:
    """Everything that the documents are made from.

    Attributes:
        features: The features, in the order of folders and files.
        scenarios: Their scenarios, in the order of the documents.
        documents: The named documents that sentences refer to, by kind and name.
        uses: The kinds and names that a sentence refers to.
        environment: What was under test, by name.
        strays: Results of scenarios that no spec names.
        runs: The facts of the runs, where they left some, the earliest first.
        sources: The text of each feature, by its path.
        definitions: The step definition that a sentence means.
        contract: What the runs were judged by; None where it was not kept.
    """

    features: tuple[FeatureSpec, ...]
    scenarios: tuple[Scenario, ...]
    documents: dict[str, dict[str, JsonValue]] = field(default_factory=dict, repr=False)
    uses: dict[str, list[tuple[str, str]]] = field(default_factory=dict, repr=False)
    environment: dict[str, str] = field(default_factory=dict)
    strays: tuple[Result, ...] = ()
    runs: tuple[Run, ...] = ()
    sources: dict[str, str] = field(default_factory=dict, repr=False)
    definitions: dict[str, Definition] = field(default_factory=dict, repr=False)
    contract: KeptContract | None = None

    def of(self, feature: FeatureSpec) -> Iterator[Scenario]:
        """Yield the scenarios of *feature*."""
        return (each for each in self.scenarios if each.feature is feature)


def read_results(*folders: Path) -> Results:
    """Return the results in *folders*, which may be shards of one run, or reruns.

    A feature is taken from the latest folder that has it; of several results of a scenario the
    latest counts, and the others are its retries.

    Raises:
        ResultsError: A folder is missing, or a file in it cannot be read.
    """
    specs = [_read_object(folder / SPEC_FILE) for folder in folders if _is_there(folder)]
    results: dict[str, list[Result]] = {}
    for result in sorted(_results(folders), key=lambda each: each.start):
        results.setdefault(result.history_id, []).append(result)
    scenarios = tuple(_scenarios(specs, results))
    known = {each.history_id for each in scenarios}
    environment = {name: text for folder in folders for name, text in _environment(folder)}
    features = {each.feature.path: each.feature for each in scenarios}
    return Results(
        tuple(features.values()),
        scenarios,
        _documents(specs),
        {
            sentence: [(str(kind), str(name)) for kind, name in named]
            for spec in specs
            for sentence, named in spec.get("uses", {}).items()
        },
        environment,
        tuple(each for id_, found in results.items() if id_ not in known for each in found),
        tuple(sorted(filter(None, map(read_run, folders)), key=lambda run: run.start)),
        {str(each["path"]): str(each["source"]) for each in _entries(specs).values()},
        {sentence: meant for spec in specs for sentence, meant in _definitions(spec)},
        next(filter(None, map(read_contract, reversed(folders))), None),
    )


def _scenarios(specs: Iterable[Raw], results: dict[str, list[Result]]) -> Iterator[Scenario]:
    entries = _entries(specs)
    for path in sorted(entries, key=_place):
        feature = parse_feature(str(entries[path]["source"]), path)
        if feature is None:
            continue
        ids = [str(each) for each in entries[path]["scenarios"]]
        for scenario, id_ in zip(feature.scenarios, ids, strict=False):
            yield Scenario(feature, scenario, id_, tuple(results.get(id_, ())))


def _entries(specs: Iterable[Raw]) -> dict[str, Raw]:
    """Return each feature with its source, by path."""
    return {str(each["path"]): each for spec in specs for each in spec.get("features", ())}


def _place(path: str) -> tuple[list[str], str]:
    """Return the key that sorts files by folder; those of a folder come before its folders."""
    *folders, name = path.split("/")
    return folders, name


def _documents(specs: Iterable[Raw]) -> dict[str, dict[str, JsonValue]]:
    documents: dict[str, dict[str, JsonValue]] = {}
    for spec in specs:
        for kind, name, document in spec.get("documents", ()):
            documents.setdefault(str(kind), {})[str(name)] = document
    return documents


def _definitions(spec: Raw) -> Iterator[tuple[str, Definition]]:
    for sentence, (pattern, place) in spec.get("meant", {}).items():
        path, _, line = str(place).rpartition(":")
        yield str(sentence), Definition(str(pattern), path, int(line))


def _results(folders: Iterable[Path]) -> Iterator[Result]:
    for folder in folders:
        for file in sorted(folder.glob("*-result.json")):
            yield Result(_read_object(file), folder)


def _is_there(folder: Path) -> bool:
    if not folder.is_dir():
        raise ResultsError(f"no folder {folder.as_posix()!r}\n  next: name a folder of results")
    return (folder / SPEC_FILE).is_file()


def _read_object(file: Path) -> Raw:
    try:
        document: JsonObject = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{file.name} cannot be read: {error}\n"
            f"  at: {file.parent.as_posix()}\n"
            "  next: take the file out, or run the features again"
        ) from None
    return document if isinstance(document, dict) else {}


def _environment(folder: Path) -> Iterator[tuple[str, str]]:
    file = folder / "environment.properties"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for line in lines:
        name, equals, text = line.partition("=")
        if equals:
            yield name.strip(), text.strip()


def _status(raw: Raw) -> Status:
    if raw.get("stage") == "scheduled":
        return "not run"
    return _STATUSES.get(raw.get("status"), "not run")


def _message(raw: Raw) -> str:
    return str((raw.get("statusDetails") or {}).get("message", ""))


def _is_exchange(raw: Raw) -> bool:
    return any(each.get("name") == "url" for each in raw.get("parameters") or ())


def _step(raw: Raw, folder: Path) -> StepResult:
    start = int(raw.get("start") or 0)
    return StepResult(
        str(raw.get("name", "")),
        _status(raw),
        _message(raw),
        start,
        max(0, int(raw.get("stop") or 0) - start),
        tuple(_all_exchanges(raw, folder)),
        attached(raw, folder),
    )


def _all_exchanges(raw: Raw, folder: Path) -> list[Exchange]:
    found = list(exchanges(raw, folder))
    for part in raw.get("steps") or ():
        if not _is_exchange(part):
            found += _all_exchanges(part, folder)
    return sorted(found, key=lambda each: each.start)
