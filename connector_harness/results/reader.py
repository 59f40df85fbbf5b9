"""The results of one run or several, with the spec that they are results of."""

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from connector_harness.gherkin.feature import FeatureSpec, ScenarioSpec, parse_feature, variant
from connector_harness.json_types import JsonValue
from connector_harness.results.contract_file import KeptContract, read_contract
from connector_harness.results.files import SPEC_FILE
from connector_harness.results.journal import ResultsError, attempts, is_cut, journals, unreadable
from connector_harness.results.record import (
    FAILED,
    Attempt,
    RecordedAttachment,
    RecordedScenario,
    Status,
)
from connector_harness.results.run_facts import Problem, Run, problems, read_runs, version

SpecDocument: TypeAlias = dict[str, Any]
"""The spec of a run as it is kept."""


@dataclass(frozen=True)
class Scenario:
    """One scenario of the spec, and how it went.

    Attributes:
        feature: The feature that it is of.
        spec: What it says.
        history_id: What it is known by in every run.
        results: Its attempts, the earliest first.
        meant: For each of its steps the definitions that it means; none where that is not known.
    """

    feature: FeatureSpec
    spec: ScenarioSpec
    history_id: str
    results: tuple[RecordedScenario, ...] = ()
    meant: tuple[tuple["Definition", ...], ...] = field(default=(), repr=False)

    @property
    def result(self) -> RecordedScenario | None:
        """The result that counts: the latest."""
        return self.results[-1] if self.results else None

    @property
    def retries(self) -> tuple[RecordedScenario, ...]:
        """The results before the one that counts."""
        return self.results[:-1]

    @property
    def is_flaky(self) -> bool:
        """Whether it passed only after it had failed."""
        has_failed = any(each.status in FAILED for each in self.retries)
        return self.status is Status.PASSED and has_failed

    @property
    def status(self) -> Status:
        """How it went; ``"in quarantine"`` where it failed and that does not count."""
        result = self.result
        if result is None:
            return Status.NOT_RUN
        return Status.QUARANTINED if result.is_excused else result.status

    @property
    def full_name(self) -> str:
        """Feature file and title."""
        return f"{self.feature.path}::{self.spec.name}"


@dataclass(frozen=True, slots=True)
class Definition:
    """A step definition: its sentence, its file and the line there.

    Where the sentence is a regular expression, it has flags.
    """

    pattern: str
    path: str
    line: int
    flags: int | None = None


Meant: TypeAlias = tuple[str, str | None, str]
"""A sentence in a feature: its path, which kind of step it is, and its words."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A feature that findings kept from running, and what each of its steps means in order."""

    path: str
    source: str
    meant: tuple[tuple[Definition, ...], ...]


@dataclass(frozen=True)
class Results:
    """Everything that the documents are made from.

    Attributes:
        features: The features, in the order of folders and files.
        scenarios: Their scenarios, in the order of the documents.
        documents: The named documents that sentences refer to, by kind and name.
        uses: The kinds and names that a sentence refers to.
        environment: What was under test, by name.
        strays: What is a result of no scenario of the spec: ordinary tests.
        runs: The facts of the runs, where they left some.
        not_run: The node ids that were planned and that no run came to.
        problems: What is wrong with the runs, apart from their scenarios.
        sources: The text of each feature, by its path.
        definitions: All step definitions, used or not.
        contract: What the runs were judged by; None where it was not kept.
        notes: What is missing and cannot be read any more.
        folders: Where the files of results are.
        refused: The features that findings kept from running.
    """

    features: tuple[FeatureSpec, ...]
    scenarios: tuple[Scenario, ...]
    documents: dict[str, dict[str, JsonValue]] = field(default_factory=dict, repr=False)
    uses: dict[Meant, list[tuple[str, str]]] = field(default_factory=dict, repr=False)
    environment: dict[str, str] = field(default_factory=dict)
    strays: tuple[Attempt, ...] = ()
    runs: tuple[Run, ...] = ()
    not_run: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: dict[str, str] = field(default_factory=dict, repr=False)
    definitions: tuple[Definition, ...] = field(default=(), repr=False)
    contract: KeptContract | None = None
    notes: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    refused: tuple[Refused, ...] = ()

    def content(self, attachment: RecordedAttachment) -> bytes | None:
        """Return the bytes of what was attached; None where they are not there any more."""
        if attachment.body.binary is None:
            return attachment.body.content
        name = Path(attachment.source).name
        files = (folder / name for folder in self.folders if name)
        return next((file.read_bytes() for file in files if file.is_file()), None)

    def of(self, feature: FeatureSpec) -> Iterator[Scenario]:
        """Yield the scenarios of *feature*."""
        return (each for each in self.scenarios if each.feature is feature)

    @property
    def unexplained(self) -> list[Problem]:
        """What is told of the exit codes that neither a failure nor a problem explains."""
        attempts = [
            *(each for scenario in self.scenarios for each in scenario.results),
            *self.strays,
        ]
        last = {(each.run, each.history_id): each for each in attempts}
        failed = {each.run for each in last.values() if each.status in FAILED}
        codes = {
            run.exit_code
            for run in self.runs
            if run.exit_code
            and not run.problems
            # A run of several processes that is stopped at a failure ends with 2.
            and not (run.exit_code in (1, 2) and run.id in failed)
        }
        advice = "see what its end says at the terminal"
        told = (f"the run did not end well (exit code {code})" for code in sorted(codes))
        return [Problem(each, advice) for each in told]

    @property
    def others(self) -> list[Attempt]:
        """The last attempt at each ordinary test, by module and name."""
        last = {each.history_id or each.full_name: each for each in self.strays}
        return sorted(last.values(), key=lambda each: each.full_name)


def read_results(*folders: Path) -> Results:
    """Return the results in *folders*, which may be shards of one run, or reruns.

    A feature is taken from the latest folder that has it; of several results of a scenario the
    latest counts, and the others are its retries.

    Raises:
        ResultsError: A folder is missing, or a file in it cannot be read.
    """
    spec = merged_spec(folders)
    entries = {str(each["path"]): each for each in spec["features"]}
    files = [file for folder in folders for file in journals(folder)]
    found: dict[str, list[RecordedScenario]] = {}
    strays: list[Attempt] = []
    known = {str(id_) for each in entries.values() for id_ in each["scenarios"]}
    known |= {str(id_) for each in spec["variants"].values() for _, id_ in each}
    done: dict[str, set[str]] = {}
    had: Counter[str] = Counter()
    # Each is in order, whatever its clock.
    for attempt in heapq.merge(*map(attempts, files), key=lambda each: each.start):
        had[attempt.run] += 1
        done.setdefault(attempt.full_name, set()).add(attempt.run)
        if isinstance(attempt, RecordedScenario) and attempt.history_id in known:
            found.setdefault(attempt.history_id, []).append(attempt)
        else:
            strays.append(attempt)
    runs = tuple(run for folder in folders for run in read_runs(folder))
    definitions = tuple(map(_definition, spec["definitions"]))
    scenarios = tuple(_scenarios(entries, found, spec["variants"], definitions))
    features = {each.feature.path: each.feature for each in scenarios}
    documents: dict[str, dict[str, JsonValue]] = {}
    for kind, name, document in spec["documents"]:
        documents.setdefault(str(kind), {})[str(name)] = document
    results = Results(
        tuple(features.values()),
        scenarios,
        documents,
        {
            (feature, kind, words): [(str(each), str(name)) for each, name in named]
            for feature, kind, words, named in spec["uses"]
        },
        {name: text for folder in folders for name, text in _environment(folder)},
        tuple(strays),
        runs,
        tuple(dict.fromkeys(id_ for run in runs for id_ in _missing(run, done))),
        (*problems(runs, had), *_without_spec(entries, strays)),
        {path: str(each["source"]) for path, each in entries.items()},
        definitions,
        next(filter(None, map(read_contract, reversed(folders))), None),
        tuple(f"{each.name} ends in half a line: {CUT}" for each in files if is_cut(each)),
        folders,
        tuple(_refused(spec, definitions)),
    )
    return replace(results, problems=(*results.problems, *results.unexplained))


def _without_spec(entries: SpecDocument, strays: Iterable[Attempt]) -> Iterator[Problem]:
    if not entries and any(isinstance(each, RecordedScenario) for each in strays):
        advice = "name the folder as the run left it, with all of its files"
        yield Problem(f"the features that the results are of are missing: no {SPEC_FILE}", advice)


def refused_results(document: SpecDocument, run: Run) -> Results:
    """Return the results of a *run* that findings kept from beginning, told by *document*."""
    spec = _merged([document])
    definitions = tuple(map(_definition, spec["definitions"]))
    return Results(
        features=(),
        scenarios=(),
        runs=(run,),
        problems=run.problems,
        definitions=definitions,
        refused=tuple(_refused(spec, definitions)),
    )


def _refused(spec: SpecDocument, definitions: Sequence[Definition]) -> Iterator[Refused]:
    for each in spec["refused"]:
        meant = tuple(tuple(definitions[n] for n in step) for step in each["meant"])
        yield Refused(str(each["path"]), str(each["source"]), meant)


def _missing(run: Run, done: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield what *run* did not come to, and no other has; *done* says which runs have what."""
    # One that was killed has planned all of it, and knows nothing of what it came to.
    own = {run.id} if run.has_ended else set()
    return (id_ for id_ in run.not_run if not done.get(id_, set()) - own)


CUT = "the run was killed while it wrote one, and that scenario is missing here"


def _scenarios(
    entries: dict[str, SpecDocument],
    results: dict[str, list[RecordedScenario]],
    variants: dict[str, list[tuple[str, str]]],
    definitions: Sequence[Definition],
) -> Iterator[Scenario]:
    for path in sorted(entries, key=_place):
        feature = parse_feature(str(entries[path]["source"]), path)
        if feature is None:
            continue
        ids = [str(each) for each in entries[path]["scenarios"]]
        steps = iter(entries[path]["meant"])
        for scenario, id_ in zip(feature.scenarios, ids, strict=False):
            meant = tuple(
                tuple(definitions[each] for each in next(steps, ())) for _ in scenario.steps
            )
            for parameters, known in variants.get(id_, ()):
                one = variant(scenario, parameters)
                yield Scenario(feature, one, known, tuple(results.get(known, ())), meant)
            if id_ in results or id_ not in variants:
                found = tuple(results.get(id_, ()))
                yield Scenario(feature, scenario, id_, found, meant)


def _place(path: str) -> tuple[list[str], str]:
    """Return the key that sorts files by folder; those of a folder come before its folders."""
    *folders, name = path.split("/")
    return folders, name


def _definition(kept: Sequence[Any]) -> Definition:
    pattern, place, flags = kept
    path, _, line = str(place).rpartition(":")
    return Definition(str(pattern), path, int(line), flags)


def merged_spec(folders: Iterable[Path]) -> SpecDocument:
    """Return the specs in *folders* as one; of what several have, the later counts.

    Raises:
        ResultsError: A folder is missing, or its spec cannot be read.
    """
    return _merged(map(_read_spec, folders))


def _merged(specs: Iterable[SpecDocument]) -> SpecDocument:
    features: dict[str, Any] = {}
    documents: dict[tuple[str, str], Any] = {}
    uses: dict[Meant, Any] = {}
    definitions: dict[tuple[Any, ...], int] = {}
    refused: dict[str, Any] = {}
    variants: dict[str, Any] = {}
    for found in specs:
        # What has a number there has perhaps another one here.
        numbers = [
            definitions.setdefault(tuple(each), len(definitions))
            for each in found.get("definitions", ())
        ]
        for known, name in ((features, "features"), (refused, "refused")):
            for each in found.get(name, ()):
                meant = [[numbers[number] for number in step] for step in each.get("meant", ())]
                known[each["path"]] = each | {"meant": meant}
        variants |= found.get("variants", {})
        uses |= {(path, kind, words): told for path, kind, words, *told in found.get("uses", ())}
        documents |= {(kind, name): each for kind, name, each in found.get("documents", ())}
    return {
        "version": 1,
        "features": list(features.values()),
        "documents": [[kind, name, each] for (kind, name), each in documents.items()],
        "uses": [[*sentence, *told] for sentence, told in uses.items()],
        "variants": variants,
        "definitions": [[*each] for each in definitions],
        # What another run has taken is refused no more.
        "refused": [each for path, each in refused.items() if path not in features],
    }


def versions_in(folder: Path) -> dict[str, str]:
    """Return what stands for the content of each feature, schema and module of steps, by path."""
    spec, contract = _read_spec(folder), read_contract(folder)
    texts = {str(each["path"]): str(each["source"]) for each in spec.get("features", ())}
    for name, schema in (contract.schemas if contract else {}).items():
        texts[f"schema {name}"] = json.dumps(schema, sort_keys=True)
    steps: dict[str, str] = spec.get("steps", {})
    return {name: version(text) for name, text in texts.items()} | steps


def _read_spec(folder: Path) -> SpecDocument:
    if not folder.is_dir():
        raise ResultsError(f"no folder {folder.as_posix()!r}\n  next: name a folder of results")
    file = folder / SPEC_FILE
    try:
        document = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise unreadable(file, str(error)) from None
    return document if isinstance(document, dict) else {}


def _environment(folder: Path) -> Iterator[tuple[str, str]]:
    file = folder / "environment.properties"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for line in lines:
        name, equals, text = line.partition("=")
        if equals:
            yield name.strip(), text.strip()
