"""The catalogue of sentences: what can be written in a feature, and how often it is."""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from connector_harness.gherkin.feature import FeatureSpec
from connector_harness.gherkin.hints import CheckedConverter
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import StepIndex, place
from connector_harness.json_types import JsonObject, JsonValue

VERSION: Final = 1
"""The version of the shape of `Catalogue.document`."""

ANYTHING: Final = "any"
"""The keyword of a sentence that may follow each of them."""

TYPES: Final = {"": "text", "d": "whole number", "w": "word", **dict.fromkeys("gfen%", "number")}
"""How an argument is written, by the letter behind its name."""

_NOTHING: Final = "\0"


@runtime_checkable
class Vocabulary(Protocol):
    """A converter that takes a few words and no others."""

    @property
    def meanings(self) -> Mapping[str, object]:
        """What each of the words stands for."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What stands in a sentence at a name in braces, or in the table below it."""

    name: str
    type: str
    accepts: tuple[str, ...] = ()
    advice: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence."""

    keyword: str
    pattern: str
    description: str
    file: str
    line: int
    parameters: tuple[Parameter, ...]
    table: Parameter | None
    takes_text: bool
    gives: str
    uses: list[str] = field(default_factory=list)

    @property
    def document(self) -> JsonObject:
        """It as JSON."""
        told = asdict(self)
        told["text"] = told.pop("takes_text")
        return told | {"used": len(self.uses)}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sentences, by keyword and then by place."""

    sentences: Sequence[Sentence]
    features: int

    @property
    def unused(self) -> list[Sentence]:
        """Those that no feature has."""
        return [each for each in self.sentences if not each.uses]

    def document(self, problems: Sequence[str] = ()) -> JsonObject:
        """Return the catalogue for editors.

        Shape: ``{"version": 1, "features": int, "sentences": [{"keyword", "pattern",
        "description", "file", "line": int, "parameters": [{"name", "type", "accepts": [str, …],
        "advice", "folder"}, …], "table": {…as a parameter} | null, "text": bool, "gives",
        "used": int, "uses": ["file:line", …]}, …], "problems": [str, …]}``.
        """
        return {
            "version": VERSION,
            "features": self.features,
            "sentences": [each.document for each in self.sentences],
            "problems": list[JsonValue](problems),
        }

    def json(self, problems: Sequence[str] = ()) -> str:
        """Return `document` as it is printed."""
        return json.dumps(self.document(problems), ensure_ascii=False, indent=2)


def catalogue(
    index: StepIndex, features: Iterable[tuple[FeatureSpec, Path]], rootpath: Path
) -> Catalogue:
    """Return the sentences of *index*, with their uses in *features*."""
    found = {
        id(each): _sentence(each, rootpath)
        for each in index.definitions
        if not each.is_for_debugging
    }
    count = 0
    for count, (feature, file) in enumerate(features, 1):  # noqa: B007  # counted on the way
        for definition, line in _uses(index, feature, file):
            where = f"{feature.path}:{line}"
            if id(definition) in found:
                found[id(definition)].uses.append(where)
    order = ["given", "when", "then", ANYTHING]
    sentences = sorted(
        found.values(), key=lambda each: (order.index(each.keyword), each.file, each.line)
    )
    return Catalogue(sentences, count)


def _uses(
    index: StepIndex, feature: FeatureSpec, file: Path
) -> Iterator[tuple[StepDefinition, int]]:
    """Yield each definition that a line of *feature* means, once, however many rows there are."""
    seen: set[tuple[int, int]] = set()
    steps = (step for scenario in feature.scenarios for step in scenario.steps)
    for step in sorted(steps, key=lambda each: each.line):
        for match in index.matches(step, file.parent):
            key = (id(match.definition), step.line)
            if key not in seen:
                seen.add(key)
                yield match.definition, step.line


def _sentence(definition: StepDefinition, rootpath: Path) -> Sentence:
    file, _, line = place(definition, rootpath).rpartition(":")
    converters = definition.converters
    parameters = tuple(
        _parameter(name, form, converters.get(name), rootpath)
        for name, form in definition.placeholders.items()
    )
    table = None
    if "datatable" in definition.parameters:
        table = _table(converters.get("datatable"))
    description = inspect.getdoc(definition.function) or ""
    return Sentence(
        definition.type or ANYTHING,
        definition.pattern,
        description.partition("\n\n")[0].replace("\n", " "),
        file,
        int(line),
        parameters,
        table,
        takes_text="docstring" in definition.parameters,
        gives=definition.target_fixture or "",
    )


def _parameter(name: str, form: str, converter: object, rootpath: Path) -> Parameter:
    if isinstance(converter, NamedDocuments):
        folder = converter.folder
        where = folder.relative_to(rootpath) if folder.is_relative_to(rootpath) else folder
        names = tuple(converter.names())
        return Parameter(name, converter.kind, names, folder=where.as_posix())
    if isinstance(converter, Vocabulary):
        kind = str(getattr(converter, "kind", "word"))
        return Parameter(name, kind, tuple(converter.meanings))
    if isinstance(converter, CheckedConverter):
        kind = type(converter).__name__.lower()
        return Parameter(name, kind, advice=_advice(converter, _NOTHING))
    if converter is not None:
        return Parameter(name, str(getattr(converter, "__name__", type(converter).__name__)))
    return Parameter(name, TYPES.get(form[-1:], form))


def _table(converter: object) -> Parameter:
    advice = _advice(converter, [[_NOTHING]]) if isinstance(converter, CheckedConverter) else ""
    return Parameter("datatable", "table", advice=advice)


def _advice(converter: CheckedConverter, value: Any) -> str:  # noqa: ANN401  # as the converter has it
    """Return what *converter* tells whoever writes *value*, which nobody does."""
    try:
        problem = converter.problem(value)
    except Exception:  # noqa: BLE001  # somebody's converter; it need not expect such a value
        return ""
    return problem[1] if problem is not None else ""
