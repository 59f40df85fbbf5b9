"""Which step definition each sentence means, found once for the whole run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector_harness.gherkin.feature import StepSpec, StepType
from connector_harness.gherkin.step_definition import StepDefinition

WAIT: Final = "wait_s"
"""The argument of a sentence that waits: for how long, in seconds."""

AT_ONCE_S: Final = 1.0
"""How long `at once` may take, in seconds."""

_IN_TIME: Final = re.compile(
    r"(?:at once|within (?P<seconds>\d+) seconds?) (?P<sentence>.*)", re.DOTALL | re.IGNORECASE
)


def after_time(text: str) -> int:
    """Return where the sentence begins in *text*: behind the time that it waits for, if any."""
    told = _IN_TIME.fullmatch(text)
    return 0 if told is None else told.start("sentence")


@dataclass(frozen=True, slots=True)
class Match:
    """A definition that a sentence means, with the arguments found in the sentence."""

    definition: StepDefinition
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResolvedStep:
    """A step with what runs it."""

    spec: StepSpec
    definition: StepDefinition
    arguments: Mapping[str, Any]


class StepIndex:
    """All step definitions, found by sentence."""

    def __init__(self, definitions: Iterable[StepDefinition]) -> None:
        self.definitions = tuple(definitions)
        self._exact: dict[str, list[StepDefinition]] = {}
        self._by_prefix: list[tuple[str, StepDefinition]] = []
        # Keyed by the folder's text, since a path is slow to compare.
        self._matches: dict[str, dict[tuple[StepType | None, str], tuple[Match, ...]]] = {}
        for definition in self.definitions:
            if definition.is_exact:
                self._exact.setdefault(definition.pattern, []).append(definition)
            else:
                self._by_prefix.append((definition.prefix, definition))

    def matches(self, step: StepSpec, folder: Path) -> tuple[Match, ...]:
        """Return every definition that *step* could mean; one is what it should be.

        A ``*`` takes the type of the step before it; where that finds nothing, any type.
        """
        found = self._find(step.type, step.text, folder)
        if not found and step.starred:
            found = self._find(None, step.text, folder)
        return found

    def _find(self, type_: StepType | None, text: str, folder: Path) -> tuple[Match, ...]:
        known = self._matches.setdefault(str(folder), {})
        matches = known.get((type_, text))
        if matches is None:
            found = list(self._candidates(type_, text, folder))
            matches = _closest(found or list(self._waiting(type_, text, folder)))
            known[type_, text] = matches
        return matches

    def _candidates(self, type_: StepType | None, text: str, folder: Path) -> Iterator[Match]:
        lowered = text.lower()
        likely = [*self._exact.get(text, ())]
        likely += [known for prefix, known in self._by_prefix if lowered.startswith(prefix)]
        for definition in likely:
            if type_ and definition.type and definition.type != type_:
                continue
            if not definition.accepts(folder):
                continue
            arguments = definition.arguments(text)
            if arguments is not None:
                yield Match(definition, arguments)

    def _waiting(self, type_: StepType | None, text: str, folder: Path) -> Iterator[Match]:
        """Yield what waits for another time than the usual, which stands before the sentence."""
        if (told := _IN_TIME.fullmatch(text)) is None:
            return
        wait_s = float(told["seconds"] or AT_ONCE_S)
        for match in self._candidates(type_, told["sentence"], folder):
            if WAIT in match.definition.parameters:
                yield Match(match.definition, {**match.arguments, WAIT: wait_s})


def _closest(found: list[Match]) -> tuple[Match, ...]:
    """Return the matches of the innermost folder: a conftest.py overrides those above it."""
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose from
        return tuple(found)
    depth = max(_depth(match.definition) for match in found)
    return tuple(match for match in found if _depth(match.definition) == depth)


def _depth(definition: StepDefinition) -> int:
    return len(definition.directory.parts) if definition.directory else 0


def place(definition: StepDefinition, rootpath: Path) -> str:
    """Return where *definition* stands, as ``steps/batch.py:12``."""
    code = definition.written.__code__
    file = Path(code.co_filename)
    if file.is_relative_to(rootpath):
        file = file.relative_to(rootpath)
    return f"{file.as_posix()}:{code.co_firstlineno}"
