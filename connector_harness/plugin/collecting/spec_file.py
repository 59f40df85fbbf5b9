"""The spec as it was collected, kept beside the results so that documents need nothing else."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from connector_harness.gherkin.feature import (
    PARAMETERS,
    FeatureSpec,
    FeatureSyntaxError,
    parse_feature,
)
from connector_harness.gherkin.identity import history_id
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import ResolvedStep, StepIndex, place
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.plugin.collecting.collection import SPEC, ScenarioItem, relative
from connector_harness.plugin.processes.channel import worker_id
from connector_harness.results.files import SPEC_FILE
from connector_harness.results.folder import ResultsFolder
from connector_harness.results.run_facts import version

VERSION: Final = 1
FIRST_WORKER: Final = "gw0"
NO_STEPS: Final = StepIndex(())


def keep_spec(session: pytest.Session, folder: ResultsFolder) -> None:
    """Write the spec beside the results; of several workers, which all have it, the first does."""
    if worker_id(session.config) in ("", FIRST_WORKER):
        features = session.config.stash[SPEC].features
        index = session.config.stash[SPEC].index
        root = session.config.rootpath
        document = spec_document(features, session.items, index, rootpath=root)
        document["refused"] = refused_features(session.config)
        try:
            folder.write_document(SPEC_FILE, document)
        except OSError as error:
            folder.lost.append(f"{SPEC_FILE}: {error.strerror or error}")
            with contextlib.suppress(OSError):
                # That of the last run is none of this one.
                (folder.path / SPEC_FILE).unlink(missing_ok=True)


def spec_document(
    features: Sequence[tuple[FeatureSpec, Path]],
    items: Sequence[object],
    index: StepIndex = NO_STEPS,
    *,
    rootpath: Path,
) -> JsonObject:
    """Return the spec as a document.

    Shape: ``{"version": 1, "features": [{"path", "source", "scenarios": [history id, …], "meant":
    [[number of a definition, …], …]}], "variants": {history id of a scenario: [[id of its
    parameters, history id], …]}, "documents": [[kind, name, document], …], "uses": [[*sentence,
    [[kind, name], …]], …], "definitions": [[pattern, place, flags], …], "steps": {file: its
    version}}``, where a sentence is feature, kind of step and words. What is meant stands there for
    each step of each scenario, in order; a regular expression has flags. A name is no member: one
    such as ``phone`` would be taken for a member whose value is personal. Files of step definitions
    are relative to *rootpath*; of *items*, other tests than scenarios are left out.
    """
    documents: dict[tuple[str, str], JsonValue] = {}
    uses: list[JsonValue] = []
    for path, step in _steps(items):
        sentence: list[JsonValue] = [path, step.spec.type, step.spec.text]
        named = list(_named(step))
        if named:
            uses.append([*sentence, [[kept.kind, name] for kept, name in named]])
        for kept, name in named:
            if (kept.kind, name) not in documents:
                documents[kept.kind, name] = kept(name)
    return {
        "version": VERSION,
        "features": [
            {
                "path": feature.path,
                "source": file.read_text(encoding="utf-8-sig"),
                "scenarios": [history_id(feature, scenario) for scenario in feature.scenarios],
                "meant": _meant(feature, file, index),
            }
            for feature, file in features
        ],
        "variants": _variants(items),
        "documents": [[kind, name, each] for (kind, name), each in documents.items()],
        "uses": uses,
        "definitions": _definitions(index, rootpath),
        "steps": dict(_versions(index.definitions, rootpath)),
    }


def _variants(items: Sequence[object]) -> dict[str, JsonValue]:
    """Return of each scenario that runs with several parameters what it is known by with each."""
    found: dict[str, list[JsonValue]] = {}
    for item in items:
        if isinstance(item, ScenarioItem) and item.original is not None:
            known = history_id(item.feature, item.original)
            id_ = (item.scenario.row or {})[PARAMETERS]
            found.setdefault(known, []).append([id_, history_id(item.feature, item.scenario)])
    return {**found}


def _meant(feature: FeatureSpec, file: Path, index: StepIndex) -> list[JsonValue]:
    """Return the numbers of the definitions that each step of *feature* means, as it sees them."""
    numbers = {each: number for number, each in enumerate(_own(index))}
    steps = (step for scenario in feature.scenarios for step in scenario.steps)
    matches = (index.matches(step, file.parent) for step in steps)
    known = ([e.definition for e in found if e.definition in numbers] for found in matches)
    return [[numbers[each] for each in definitions] for definitions in known]


def refused_spec(config: pytest.Config) -> JsonObject:
    """Return what has findings as a spec, where they keep the run from beginning."""
    index = config.stash[SPEC].index
    return {
        "refused": refused_features(config),
        "definitions": _definitions(index, config.rootpath),
    }


def refused_features(config: pytest.Config) -> list[JsonValue]:
    """Return each feature that has findings: path, source, and where it can be read what is meant.

    Of one that is gone by now, nothing.
    """
    found: list[JsonValue] = []
    for file in config.stash[SPEC].refused:
        path = relative(file, config.rootpath)
        feature: FeatureSpec | None = None
        with contextlib.suppress(OSError, ValueError):
            source = file.read_text(encoding="utf-8-sig")
            with contextlib.suppress(FeatureSyntaxError):
                feature = parse_feature(source, path)
            meant = _meant(feature, file, config.stash[SPEC].index) if feature else []
            found.append({"path": path, "source": source, "meant": meant})
    return found


def _definitions(index: StepIndex, rootpath: Path) -> list[JsonValue]:
    return [[each.pattern, _place(each, rootpath), each.flags] for each in _own(index)]


def _own(index: StepIndex) -> list[StepDefinition]:
    return [each for each in index.definitions if not each.is_for_debugging]


def _place(definition: StepDefinition, rootpath: Path) -> str:
    """Return where *definition* stands; of an installed package, below the folder of packages."""
    where = place(definition, rootpath)
    if not Path(where).is_absolute():
        return where
    _, folder, inside = where.rpartition("/site-packages/")
    return inside if folder else Path(where).name


def _versions(
    definitions: Iterable[StepDefinition], rootpath: Path
) -> Iterator[tuple[str, JsonValue]]:
    """Yield for each file that defines steps what stands for its content."""
    for name in sorted({place(each, rootpath).rpartition(":")[0] for each in definitions}):
        if Path(name).is_absolute() or "site-packages" in name:
            # The project's own, for packages have versions of theirs.
            continue
        # What has gone by now, or is no file, has none.
        with contextlib.suppress(OSError):
            yield name, version((rootpath / name).read_text(encoding="utf-8", errors="replace"))


def _steps(items: Sequence[object]) -> Iterator[tuple[str, ResolvedStep]]:
    """Yield the steps of all scenarios with their features, each sentence of one once."""
    seen: set[tuple[str, str | None, str]] = set()
    for item in (each for each in items if isinstance(each, ScenarioItem)):
        path = item.feature.path
        for step in item.steps:
            key = (path, step.spec.type, step.spec.text)
            if key not in seen:
                seen.add(key)
                yield path, step


def _named(step: ResolvedStep) -> Iterator[tuple[NamedDocuments, str]]:
    """Yield the documents that a step refers to by name."""
    for argument, converter in step.definition.converters.items():
        value = step.arguments.get(argument)
        if isinstance(converter, NamedDocuments) and isinstance(value, str):
            yield converter, value
