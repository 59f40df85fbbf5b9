"""What was meant by a sentence that cannot run, with the values of who wrote it."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from connector_harness.gherkin.feature import FeatureSyntaxError, StepSpec, StepType, read_feature
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import WAIT, ResolvedStep, StepIndex, after_time, place

Problem: TypeAlias = tuple[str, str]
"""What is wrong, and what to do next."""


@runtime_checkable
class CheckedConverter(Protocol):
    """A converter that can tell before the run whether it will take a value."""

    def problem(self, value: Any, /) -> Problem | None:  # noqa: ANN401 - each takes its own
        """Return what is wrong with *value* and what to do next, or None.

        The value is a text, or the rows of a table where it converts the ``datatable``.
        """


def problem(definition: StepDefinition, name: str, value: object) -> Problem | None:
    """Return what is wrong with the *value* of an argument, or None where nobody knows."""
    converter: object = definition.converters.get(name)
    # Most have none, and a protocol is slow to compare with.
    if converter is None or not isinstance(converter, CheckedConverter):
        return None
    return converter.problem(value)


def _takes(definition: StepDefinition, name: str, value: object) -> bool:
    """Return whether a definition takes a value that nobody has written for it."""
    # Somebody's converter need not expect such a value.
    with suppress(Exception):
        return problem(definition, name, value) is None
    return False


def _is_other(definition: StepDefinition, step: StepSpec) -> bool:
    """Return whether *definition* answers to another keyword than *step* has."""
    return not step.starred and None not in {definition.type, step.type} != {step.type}


class Hints:
    """Names what is wrong with a sentence, and the sentences that may be meant.

    Args:
        index: The step definitions.
        folder: Where the feature is.
        rootpath: pytest's rootdir; places are relative to it.
    """

    def __init__(self, index: StepIndex, folder: Path, rootpath: Path) -> None:
        self._index = index
        self._folder = folder
        self._rootpath = rootpath

    def mistake(self, step: StepSpec) -> Problem | None:
        """Return what keeps *step* from being a sentence there is; None if it is far from all."""
        # The longer a pattern, the less of the sentence is left to values.
        repairs = sorted(
            self._repairs(step), key=lambda each: (len(each[0]), -len(each[1].pattern))
        )
        for mistakes, definition, text in repairs[:1]:
            meant = [(definition, text)]
            if _is_other(definition, step):
                own = (each for each in self._ranked(step, SAME) if each.type == step.type)
                meant += [(each, self._filled(each, step.text)) for each in own][:1]
            what = f"{'; '.join(mistakes)}: {step.keyword} {step.text}"
            return what, f"write: {self._listed(meant)}"
        return None

    def undefined(self, step: StepSpec) -> Problem:
        """Return that there is no such sentence as that of *step*, and those most like it."""
        close = [(each, self._filled(each, step.text)) for each in self.closest(step)]
        none = "look for one with pytest --steps, or write a step definition in steps/"
        advice = f"did you mean: {self._listed(close)}" if close else none
        return f"no step definition for: {step.keyword} {step.text}", advice

    def lacking(
        self, step: ResolvedStep, names: AbstractSet[str], given: set[str | None]
    ) -> Problem:
        """Return that *step* lacks values, and sentences that give them, as the features have them.

        Args:
            step: The step.
            names: The names of values that nothing but a step gives.
            given: Those that there are before it; those that the sentences give are added.
        """
        lines = [*self._giving(step.definition, names - step.arguments.keys(), given)]
        what = f"no step before it gives what it needs: {step.spec.keyword} {step.spec.text}"
        advice = f"write before it, for example: {f'{_MORE}then: '.join(lines)}"
        return what, advice if lines else "write a step definition that gives it in steps/"

    def closest(self, step: StepSpec, *, limit: int = 3) -> list[StepDefinition]:
        """Return the definitions whose sentences are most like that of *step*, best first."""
        return self._ranked(step, LIKE)[:limit]

    def _ranked(self, step: StepSpec, least: float) -> list[StepDefinition]:
        said = step.text[after_time(step.text) :]
        scored = [(_likeness(said, step.type, each), each) for each in self._visible]
        near = [each for each in scored if each[0][3] >= least]
        return [each for _, each in sorted(near, key=lambda each: each[0], reverse=True)]

    @cached_property
    def _visible(self) -> list[StepDefinition]:
        known = self._index.definitions
        return [each for each in known if each.accepts(self._folder) and not each.is_for_debugging]

    def _listed(self, meant: Iterable[tuple[StepDefinition, str]]) -> str:
        lines = (f"{_line(each, text)} ({place(each, self._rootpath)})" for each, text in meant)
        return f"{_MORE}or: ".join(lines)

    def _repairs(self, step: StepSpec) -> Iterator[tuple[list[str], StepDefinition, str]]:
        """Yield mistakes of *step*, with a definition and its sentence as it is without them."""
        begin = after_time(step.text)
        time, said = step.text[:begin], step.text[begin:]
        for definition in self._visible:
            meant = _wording(definition).tolerated(said)
            if meant is None or not self._is_sound(definition, time + meant):
                continue
            mistakes = [*_mistakes(said, meant)]
            # Without any quote, what would stand between two may as well be misspelt.
            is_sure = NO_QUOTE not in mistakes or not _DOUBLE.isdisjoint(said)
            if _is_other(definition, step):
                mistakes.insert(0, _of_another(definition, step))
            if mistakes and (is_sure or [definition] == self.closest(step, limit=1)):
                yield mistakes, definition, time + meant

    def _is_sound(self, definition: StepDefinition, text: str) -> bool:
        """Return whether *text* is a sentence of *definition* and of no other."""
        meant = StepSpec("*", definition.type, text, line=1, column=1)
        matches = self._index.matches(meant, self._folder)
        return [each.definition for each in matches] == [definition] and all(
            _takes(definition, *argument) for argument in matches[0].arguments.items()
        )

    @cached_property
    def _scenarios(self) -> Sequence[Sequence[ResolvedStep]]:
        """The scenarios in the folder of the project that holds this one."""
        folder, root = self._folder, self._rootpath
        inside = folder.relative_to(root).parts if folder.is_relative_to(root) else ()
        return _scenarios(self._index, root / inside[0] if inside else folder, deep=bool(inside))

    def _filled(self, definition: StepDefinition, said: str) -> str:
        """Return the sentence of *definition* with the values of *said*, or those of a feature."""
        begin = after_time(said)
        steps = (each for each in chain(*self._scenarios) if each.definition is definition)
        usual = Counter(step.spec.text for step in steps).most_common()
        example = next((e for e, _ in usual if self._is_sound(definition, e)), "")
        sentence = _wording(definition).filled(said[begin:], example[after_time(example) :])
        return (said[:begin] if WAIT in definition.parameters else "") + sentence

    def _giving(
        self, needing: StepDefinition, names: AbstractSet[str], given: set[str | None]
    ) -> Iterator[str]:
        """Yield the lines that give what a definition needs, behind those that they need."""
        for name in needing.required:
            if name in names and name not in given:
                given.add(name)
                for giver, line in self._giver(needing, name):
                    yield from self._giving(giver, names - giver.placeholders.keys(), given)
                    yield line

    def _giver(self, needing: StepDefinition, name: str) -> list[tuple[StepDefinition, str]]:
        """Return what most often gives a value to *needing*, else to anything."""
        # One that needs the value itself is no way to come by it.
        known = self._visible
        givers = [e for e in known if e.target_fixture == name and name not in e.required]
        to_it, to_all = Counter[StepDefinition](), Counter[StepDefinition]()
        for scenario in self._scenarios:
            last: list[StepDefinition] = []
            for step in scenario:
                if step.definition is needing:
                    to_it.update(last)
                if step.definition in givers:
                    last = [step.definition]
                    to_all.update(last)
        usual = (to_it or to_all or Counter(givers)).most_common(1)
        return [(each, _line(each, self._filled(each, ""))) for each, _ in usual]


@lru_cache
def _scenarios(index: StepIndex, folder: Path, *, deep: bool) -> Sequence[Sequence[ResolvedStep]]:
    """Return the steps that mean something of each scenario below *folder*; of an outline once."""
    files = sorted(folder.rglob("*.feature") if deep else folder.glob("*.feature"))
    return [steps for file in files for steps in _read(index, file)]


def _read(index: StepIndex, file: Path) -> Iterator[Sequence[ResolvedStep]]:
    with suppress(FeatureSyntaxError, OSError):
        feature = read_feature(file, file.name)
        scenarios = feature.scenarios if feature else ()
        for scenario in {each.outline.line: each for each in reversed(scenarios)}.values():
            found = ((step, index.matches(step, file.parent)) for step in scenario.steps)
            yield [
                ResolvedStep(step, match.definition, match.arguments)
                for step, [match] in (each for each in found if len(each[1]) == 1)
            ]


def _line(definition: StepDefinition, text: str) -> str:
    return f"{definition.type.capitalize() if definition.type else '*'} {text}"


class _Wording:
    """The pattern of a definition, taken apart: what stands around its values, and they."""

    def __init__(self, definition: StepDefinition) -> None:
        self._definition = definition
        pattern = definition.pattern
        # What a regular expression takes is not to be read from it.
        self._is_plain = definition.flags is None
        is_parsed = self._is_plain and not definition.is_exact
        fields = [*re.finditer(_FIELD, pattern)] if is_parsed else []
        self._fields = [(found[1], found[2] or "") for found in fields]
        begins = [0, *(found.end() for found in fields)]
        ends = [*(found.start() for found in fields), len(pattern)]
        self._parts = [pattern[a:b] for a, b in zip(begins, ends, strict=True)]
        if is_parsed:
            self._parts = [re.sub(r"\{\{|\}\}", lambda f: f[0][0], each) for each in self._parts]
        blank = pattern if self._is_plain else re.sub(r"\(.*?\)|\\.", "0", pattern)
        self.shape = _shape(self._with("0" for _ in fields) if self._is_plain else blank)
        self.words = _words(self.shape)

    def tolerated(self, said: str) -> str | None:
        """Return the sentence that *said* is but for small things, or None."""
        found = self._tolerant.fullmatch(said) if self._is_plain else None
        # What holds a quote goes on behind the value.
        if found is None or any(not _DOUBLE.isdisjoint(value) for value in found.groups()):
            return None
        pairs = zip(self._fields, found.groups(), strict=True)
        return self._with(
            value if _takes(self._definition, name, value) else " ".join(value.lower().split())
            for (name, _), value in pairs
        )

    def filled(self, said: str, example: str) -> str:
        """Return the sentence with the values of *said*, and where it has none, of *example*."""
        if not self._is_plain:
            return example or self._definition.pattern
        found = self._tolerant.fullmatch(example)
        usual = found.groups() if found else ["…"] * len(self._fields)
        return self._with(a or b for a, b in zip(self._values(said), usual, strict=True))

    def _with(self, values: Iterable[str]) -> str:
        return "".join(chain(*zip_longest(self._parts, values, fillvalue="")))

    def _values(self, said: str) -> Iterator[str]:
        """Yield what *said* has for each of the values; an empty text where it has nothing."""
        quoted = iter(re.findall(_QUOTED, said))
        numbers = iter(re.findall(_NUMBER, re.sub(_QUOTED, "", said)))
        for (name, form), before in zip(self._fields, self._parts, strict=False):
            if before.endswith('"'):
                yield next(quoted, "")
            elif form.endswith(_NUMERIC):
                yield next(numbers, "")
            else:
                yield next(self._accepted(name, said.split()), "")

    def _accepted(self, name: str, words: Sequence[str]) -> Iterator[str]:
        """Yield the parts of a sentence that a listed value may be, the longest first."""
        converter: object = self._definition.converters.get(name)
        longest = min(len(words), MOST_WORDS) if isinstance(converter, CheckedConverter) else 0
        for length in range(longest, 0, -1):
            parts = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
            yield from (each for each in parts if _takes(self._definition, name, each))

    @cached_property
    def _tolerant(self) -> re.Pattern[str]:
        """What takes the sentence with other quotes, endings, blanks and capitals than it has."""
        *parts, last = self._parts
        end = rf"(?:{_ANY}\s*{_ENDS})?" if last.endswith('"') else rf"\s*{_ENDS}"
        literals = (
            "".join(map(_tolerant, re.findall(_PART, each)))
            for each in (*parts, last.removesuffix('"').rstrip(":"))
        )
        return re.compile("(.+?)".join(literals) + end, re.IGNORECASE)


_wording = lru_cache(maxsize=1024)(_Wording)


def _tolerant(part: str) -> str:
    """Return what takes *part* of a sentence, and what is often written in its place."""
    if part.isspace():
        return r"\s+"
    if part in _SIGNS:
        return _SIGNS[part]
    word = re.escape(part.removesuffix("s"))
    return f"{word}(?:e?s)?" if len(part) > 2 else re.escape(part)  # noqa: PLR2004 - "is", "as"


def _mistakes(said: str, meant: str) -> Iterator[str]:
    """Yield what is wrong with *said*, which is *meant* but for small things."""
    signs, wanted = ([each for each in text if each in _QUOTES] for text in (said, meant))
    if len(signs) < len(wanted):
        yield NO_QUOTE
    elif signs != wanted:
        yield "other quotes than the sentence has"
    texts = (re.sub(rf"[{_QUOTES}{_END_SIGNS}]", "", text).split() for text in (said, meant))
    pairs = [(word, right) for word, right in zip(*texts, strict=False) if word != right]
    capitals = [pair for pair in pairs if pair[0].lower() == pair[1].lower()]
    for word, right in (each for each in pairs if each not in capitals):
        yield f"{word!r} where the sentence has {right!r}"
    if capitals:
        word, right = map(" ".join, zip(*capitals, strict=True))
        yield f"{word!r} has other capital letters than {right!r}"
    bodies = [text.rstrip(_END_SIGNS).rstrip() for text in (said, meant)]
    if len({tuple(re.findall(r"\s+", each)) for each in bodies}) > 1:
        yield "more than a space between two words"
    end, right_end = (text[len(text.rstrip(_END_SIGNS)) :] for text in (said, meant))
    # What stands before a quote that is missing belongs to what is quoted.
    if end != right_end and (meant[-1:] != '"' or bodies[0][-1:] in _QUOTES):
        known = {"": "a colon is missing", ".": "a full stop too many", ":": "a colon too many"}
        yield f"{known.get(end, f'{end!r} too many')} at its end"


def _of_another(definition: StepDefinition, step: StepSpec) -> str:
    """Return that a sentence belongs to another keyword than *step* has or goes on with."""
    own, other = (str(each.type).capitalize() for each in (definition, step))
    what = f"a {own} sentence"
    if step.keyword == other:
        return f"{what} under {other}"
    return f"{what}, and {step.keyword} goes on with {other}"


def _likeness(
    said: str, type_: StepType | None, definition: StepDefinition
) -> tuple[int, bool, bool, float, float]:
    """Return how alike two sentences are.

    That is in shared words, in the keyword, in room for what is quoted, in all their words (0 to 1)
    and in letters.
    """
    wording, words = _wording(definition), _words(said)
    listed = (getattr(each, "meanings", ()) for each in definition.converters.values())
    named = (each for each in chain(*listed) if f" {each} " in f" {said} ")
    known = dict(chain(wording.words.items(), *(_words(each).items() for each in named)))
    shared = sum(
        stem in known or bool(difflib.get_close_matches(word, known.values(), n=1, cutoff=0.8))
        for stem, word in words.items()
    )
    alike = 2 * shared / (len(words) + len(known) or 1)
    fits = definition.type in {None, type_} or type_ is None
    letters = difflib.SequenceMatcher(None, _shape(said), wording.shape).ratio() if shared else 0.0
    has_room = wording.shape.count('""') >= len(re.findall(_QUOTED, said))
    return shared, fits, has_room, alike, letters


def _shape(said: str) -> str:
    """Return a sentence without its values."""
    return re.sub(_NUMBER, "0", re.sub(_QUOTED, '""', said.lower()))


def _words(said: str) -> dict[str, str]:
    """Return the words of a sentence that say something, by what they are without their ending."""
    words = (each for each in re.findall(_WORD, _shape(said)) if each not in _SMALL_WORDS)
    return {re.sub(_ENDING, "", _VERBS.get(each, each)): each for each in words}


LIKE: Final = 0.5
"""From here on two sentences are near enough that one may be meant for the other."""

SAME: Final = 0.9
"""From here on two sentences say the same."""

MOST_WORDS: Final = 8
"""How many words a listed value has at the most."""

NO_QUOTE: Final = "a quote is missing"

_MORE: Final = "\n      "
_DOUBLE: Final = frozenset('"“”„‟«»')
_SINGLE: Final = "'\u2018\u2019"
_QUOTES: Final = "".join(sorted(_DOUBLE)) + _SINGLE
_ANY: Final = f"[{_QUOTES}]"
_SIGNS: Final = {"'": f"[{_SINGLE}]", '"': f"{_ANY}?"}
_END_SIGNS: Final = ".:;,!?…"
_ENDS: Final = f"[{_END_SIGNS}]*"
_NUMERIC: Final = tuple("dgfen%")
"""How the form of a placeholder ends that takes a number."""

# Compiled where they are used: a run without a finding has no need of them.
_FIELD: Final = r"(?<!\{)\{(\w*)(?::([^{}]*))?\}"
_PART: Final = r"[^\W\d_]+|\s+|."
_QUOTED: Final = "[{0}]([^{0}]*)[{0}]".format("".join(_DOUBLE))
_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_WORD: Final = r"[^\W\d_]+"
_ENDING: Final = r"(?<=..)(?:ed|es|ing|s|e)$"
_VERBS: Final = {"said": "say", "sent": "send", "heard": "hear", "given": "give", "gave": "give"}
_SMALL_WORDS: Final = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "been", "by", "did", "do", "does", "for", "from"}
    | {"had", "has", "have", "in", "is", "it", "its", "of", "on", "or", "s", "t", "that", "the"}
    | {"then", "these", "this", "those", "to", "was", "were", "with"}
)
"""Words that any sentence may have."""
