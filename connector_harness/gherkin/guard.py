"""What is wrong with a feature file, found before the first request."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final

from connector_harness.gherkin import identity, quarantine
from connector_harness.gherkin import tags as labels
from connector_harness.gherkin.feature import (
    ExamplesSpec,
    FeatureSpec,
    OutlineSpec,
    ScenarioSpec,
    StepSpec,
)
from connector_harness.gherkin.hints import Hints
from connector_harness.gherkin.hints import problem as argument_problem
from connector_harness.gherkin.placeholders import PLACEHOLDER
from connector_harness.gherkin.step_definition import StepDefinition
from connector_harness.gherkin.step_index import Match, ResolvedStep, StepIndex, place
from connector_harness.gherkin.written_lines import lost_cell, spelled_out


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend, with its place in the feature file."""

    path: str
    line: int
    what: str
    next: str

    def __str__(self) -> str:
        """Return ``file:line: what``, and below it what to do next."""
        return spelled_out(f"{self.path}:{self.line}: {self.what}\n    next: {self.next}")


@dataclass
class Guard:
    """Checks one feature and resolves its steps on the way.

    Args:
        feature: The feature.
        file: Its absolute path.
        index: The step definitions.
        rootpath: pytest's rootdir; places in messages are relative to it.
        only_given: The names of values that nothing but a step gives.
        ids: The place of each id of the features before this one.
    """

    feature: FeatureSpec
    file: Path
    index: StepIndex
    rootpath: Path
    only_given: frozenset[str] = frozenset()
    ids: dict[str, identity.Place] = field(default_factory=dict)
    _findings: dict[tuple[int, str], Finding] = field(default_factory=dict)
    _checked: set[tuple[int, str]] = field(default_factory=set)

    def resolve(self) -> list[tuple[ResolvedStep, ...]]:
        """Return the steps of each scenario, in order, each with what runs it.

        Steps that have a finding are left out; run nothing of a feature with `findings`.
        """
        self._check_titles()
        self._check_rows()
        self._check_prose()
        self._check_tags()
        for line, name in self.feature.unfilled:
            self._unfilled(line, name, "a background")
        for outline in self.feature.outlines:
            self._check_outline(outline)
        resolved = [tuple(self._resolve(scenario)) for scenario in self.feature.scenarios]
        lines = [line for line, _ in self._findings]
        for scenario, steps in zip(self.feature.scenarios, resolved, strict=True):
            # What is not understood may well have given what a step lacks.
            if all(self._is_elsewhere(line, scenario.outline) for line in lines):
                self._check_values(steps)
        return resolved

    def _is_elsewhere(self, line: int, outline: OutlineSpec) -> bool:
        """Return whether *line* belongs to another scenario than *outline*."""
        others = (each for each in self.feature.outlines if each is not outline)
        return any(each.first_line <= line <= each.last_line for each in others)

    @property
    def findings(self) -> list[Finding]:
        """All that is wrong, by line."""
        return sorted(self._findings.values())

    def notices(self) -> Iterator[Finding]:
        """Yield what is worth a look and stops nothing: scenarios that expect nothing."""
        seen: set[int] = set()
        for scenario in self.feature.scenarios:
            if not scenario.expects and scenario.outline.line not in seen:
                seen.add(scenario.outline.line)
                yield Finding(
                    self.feature.path,
                    scenario.outline.line,
                    f'scenario "{scenario.outline.title}" has no Then: it checks nothing but that '
                    "its steps run",
                    "say what is expected",
                )

    def _find(self, line: int, kind: str, what: str, next_: str) -> None:
        """Note a finding; further rows of an outline do not repeat it."""
        self._findings.setdefault((line, kind), Finding(self.feature.path, line, what, next_))

    def _check_titles(self) -> None:
        first: dict[str, int] = {}
        for outline in self.feature.outlines:
            if not outline.title:
                what = "scenario without a title"
                self._find(outline.line, "title", what, "say in its title what must hold")
                continue
            line = first.setdefault(outline.title, outline.line)
            if line != outline.line:
                self._find(
                    outline.line,
                    "title",
                    f'scenario title "{outline.title}" stands already at line {line}',
                    "give each scenario of a feature a title of its own",
                )
        for scenario in self.feature.scenarios:
            if scenario.outline.title and not scenario.title.strip():
                what = "this row leaves its scenario without a title"
                self._find(scenario.line, "title", what, "fill it, or say more in the title")
        if not self.feature.outlines:
            self._find(self.feature.line, "empty", "feature without a scenario", "write one")
        for line, title in self.feature.empty_rules:
            what = f'rule "{title}" has no scenario and checks nothing'
            self._find(line, "empty", what, "write one, or take the rule out")

    def _check_rows(self) -> None:
        for line, text in self.feature.lost:
            self._find(line, "row", *lost_cell(text))
        for line, *problem in self.feature.open_texts:
            self._find(line, "doc string", *problem)

    def _check_tags(self) -> None:
        for line, word in self.feature.glued_tags:
            tags = " and ".join(f"@{tag}" for tag in word.removeprefix("@").split("@"))
            what = f"{word} is read as {tags}: a tag ends where the next @ stands"
            self._find(line, "glued", what, "write a space between two tags, and no @ inside one")
        for problem in quarantine.problems(self.feature):
            self._find(*problem)
        for tag, line in self._tags():
            found = labels.problem(tag) or _problem(tag)
            # What a quarantine lacks has been said in its own words.
            if found is not None and (line, f"issue {tag}") not in self._findings:
                self._find(line, f"tag {tag}", *found)
        for problem in identity.problems(self.feature, self.ids):
            self._find(*problem)

    def _tags(self) -> Iterator[tuple[str, int]]:
        """Yield the tags as they are written, and those of outlines as rows fill them."""
        written = {tag for tag, _ in self.feature.tag_lines}
        outlines = {tag for tag in written if PLACEHOLDER.search(tag)}
        yield from ((tag, line) for tag, line in self.feature.tag_lines if tag not in outlines)
        for scenario in self.feature.scenarios:
            for tag in scenario.tags:
                if tag in outlines or tag not in written:
                    yield tag, self.feature.tag_line(scenario, tag)

    def _check_prose(self) -> None:
        """Find what is meant to run and is read as a description."""
        head, meant, plain = 0, ("", ""), 0
        for line, text, of_scenario in self.feature.prose:
            word, sentence = [*text.split(maxsplit=1), "", ""][:2]
            for keyword in self.feature.step_keywords if of_scenario else ():
                if text.startswith(keyword) and text[len(keyword) :][:1].isspace():
                    self._misspelt(line, text[: len(keyword) + 1], f"{keyword} and a space")
            if misspelt := self._misspelt_block(text, of_scenario=of_scenario):
                self._misspelt(line, *misspelt)
            if begun := misspelt or self._lost_block(text):
                head, meant = line, begun
            step = difflib.get_close_matches(word.lower(), self._step_words, n=1, cutoff=0.75)
            # In small letters, a line goes on with what the line of prose above it says.
            goes_on = plain == line - 1 and word.islower()
            if not step or goes_on or not self._is_sentence(sentence, line):
                plain = plain if begun else line
            elif of_scenario:
                self._misspelt(line, word, self._step_words[step[0]])
            elif any(head < each.first_line <= line for each in self.feature.outlines) or not head:
                what = f"{text!r} stands in a description and never runs"
                self._find(line, "prose", what, "write the line that begins its scenario above it")
            else:
                self._misspelt(head, *meant)

    @cached_property
    def _hints(self) -> Hints:
        return Hints(self.index, self.file.parent, self.rootpath)

    @cached_property
    def _step_words(self) -> dict[str, str]:
        return {keyword.lower(): keyword for keyword in self.feature.step_keywords}

    @cached_property
    def _block_words(self) -> dict[str, str]:
        words = chain.from_iterable(self.feature.block_keywords.values())
        return {keyword.lower(): keyword for keyword in words}

    def _misspelt_block(self, text: str, *, of_scenario: bool) -> tuple[str, str] | None:
        """Return what *text* begins with, and the keyword that it is but for a slip."""
        head, colon, _ = text.partition(":")
        blocks = self.feature.block_keywords
        # Where no such thing can begin, the word means what it says.
        misplaced = blocks["background" if of_scenario else "examples"]
        is_prose = head in self._block_words.values() or head.lower() in map(str.lower, misplaced)
        for kind, words in blocks.items() if colon and not is_prose else ():
            for each in words:
                if _is_slip(head.lower(), each.lower(), of_rule=kind == "rule"):
                    return f"{head}:", f"{each}:"
        return None

    def _lost_block(self, text: str) -> tuple[str, str] | None:
        """Return likewise what may be one if steps follow: without its colon, or nearly one."""
        word, known = text.partition(" ")[0], self._block_words
        if word in known.values():
            return word, f"{word}:"
        head, colon, _ = text.replace("\uff1a", ":").partition(":")
        if not colon or text.partition(":")[0] in known.values():
            return None
        close = difflib.get_close_matches(head.strip().lower(), known, n=1, cutoff=0.8)
        return (text[: len(head) + 1], f"{known[close[0]]}:") if close else None

    def _is_sentence(self, text: str, line: int) -> bool:
        step = StepSpec("*", None, text, line, column=1)
        return bool(self.index.matches(step, self.file.parent))

    def _misspelt(self, line: int, word: str, keyword: str) -> None:
        self._find(
            line,
            "prose",
            f"{word!r} is no keyword, so this is a description and never runs",
            f"write {keyword}, or begin the description with another word",
        )

    def _check_outline(self, outline: OutlineSpec) -> None:
        if not outline.sentences:
            self._find(
                outline.line,
                "steps",
                f'scenario "{outline.title}" has no steps and would check nothing',
                "write its steps, or take it out",
            )
        if outline.is_outline and not outline.rows:
            self._find(
                outline.line,
                "rows",
                f'outline "{outline.title}" has no example rows and would never run',
                "add an Examples table with at least one row",
            )
        for table in outline.examples if outline.is_outline else ():
            self._check_table_head(table, alone=not outline.rows)
            self._check_columns(outline, table)
        if not outline.is_outline:
            for name, line in outline.spoken.items():
                self._unfilled(line, name, "a scenario without Examples")

    def _unfilled(self, line: int, name: str, where: str) -> None:
        self._find(
            line,
            f"unfilled {name}",
            f"<{name}> stands in {where} and is sent as it is",
            f"give an outline a column {name}, or leave the angle brackets out",
        )

    def _check_table_head(self, table: ExamplesSpec, *, alone: bool) -> None:
        if not table.rows and not alone:
            self._find(
                table.line, "rows", "this Examples table has no rows", "add one, or take it out"
            )
        for name in {name for name in table.columns if table.columns.count(name) > 1}:
            self._find(
                table.line,
                f"twice {name}",
                f'column "{name}" stands {table.columns.count(name)} times in the Examples',
                "give each column a name of its own",
            )

    def _check_columns(self, outline: OutlineSpec, table: ExamplesSpec) -> None:
        lacking = [each for each in outline.placeholders if each not in table.columns]
        unused = [each for each in table.columns if each not in outline.placeholders]
        for name in lacking:
            what = f"placeholder <{name}> has no column in the Examples at line {table.line}"
            is_pair = len(lacking) == len(unused) == 1
            close = unused if is_pair else difflib.get_close_matches(name, unused, n=1)
            if close:
                what += f', and no step uses their column "{close[0]}"'
                advice = f"call the column {name}, or write <{close[0]}>"
                unused = [each for each in unused if each != close[0]]
            else:
                advice = f"add a column {name}{_closest(name, table.columns)}"
            kind = f"placeholder {name} {table.line}"
            self._find(outline.placeholders[name], kind, what, advice)
        for name in unused:
            what = f'column "{name}" of the Examples is used by no step'
            advice = f"use <{name}>, or remove the column"
            self._find(table.line, f"column {name}", what, advice)

    def _resolve(self, scenario: ScenarioSpec) -> Iterator[ResolvedStep]:
        names = scenario.outline.placeholders.keys() - (scenario.row or {})
        backgrounds = {line for line, _ in self.feature.unfilled}
        for step in scenario.steps:
            # What no column fills has a finding of its own.
            if step.line in backgrounds or (names and any(f"<{e}>" in step.text for e in names)):
                continue
            matches = self.index.matches(step, self.file.parent)
            if len(matches) > 1:
                self._ambiguous(step, matches)
            elif matches:
                [match] = matches
                # The rows of an outline share most sentences; each is checked once.
                if (step.line, step.text) not in self._checked:
                    self._checked.add((step.line, step.text))
                    self._check_blocks(step, match.definition)
                    self._check_arguments(step, match)
                    self._check_table(step, match.definition)
                    self._check_judgement(step, match.definition)
                yield ResolvedStep(step, match.definition, match.arguments)
            elif (step.line, "undefined") not in self._findings:
                finding = self._hints.mistake(step) or self._hints.undefined(step)
                self._find(step.line, "undefined", *finding)

    def _ambiguous(self, step: StepSpec, matches: Sequence[Match]) -> None:
        places = " and ".join(self._sentence(match.definition) for match in matches)
        self._find(
            step.line,
            "ambiguous",
            f"{len(matches)} step definitions for: {step.keyword} {step.text}",
            f"make one of them differ: {places}",
        )

    def _sentence(self, definition: StepDefinition) -> str:
        return f"'{definition.pattern}' ({place(definition, self.rootpath)})"

    def _check_blocks(self, step: StepSpec, definition: StepDefinition) -> None:
        blocks = [
            ("datatable", "data table", step.table),
            ("docstring", "doc string", step.doc_string),
        ]
        for argument, block, given in blocks:
            if given is not None and argument not in definition.parameters:
                self._find(
                    step.line,
                    argument,
                    f"a {block} stands below a step that takes none: {step.keyword} {step.text}",
                    f"take it out, or give {self._function(definition)} the argument {argument}",
                )
            if given is None and argument in definition.required:
                self._find(
                    step.line,
                    argument,
                    f"a {block} is missing below: {step.keyword} {step.text}",
                    f"write it; {self._function(definition)} needs it",
                )

    def _function(self, definition: StepDefinition) -> str:
        return f"{definition.written.__name__} ({place(definition, self.rootpath)})"

    def _check_arguments(self, step: StepSpec, match: Match) -> None:
        for name, value in match.arguments.items():
            if wrong := argument_problem(match.definition, name, value):
                wrong = self._hints.mistake(step) or wrong
                self._find(step.line, f"argument {name} {value}", *wrong)

    def _check_judgement(self, step: StepSpec, definition: StepDefinition) -> None:
        if step.type == "then" and not definition.can_fail:
            self._find(
                step.line,
                "judgement",
                f"a step that expects nothing: {step.keyword} {step.text}",
                f"let {self._function(definition)} fail where it does not hold",
            )

    def _check_values(self, steps: Sequence[ResolvedStep]) -> None:
        """Find the values that a step of a scenario asks for and no step before it gives."""
        given: set[str | None] = set()
        for step in steps:
            if self.only_given & {*step.definition.required} - given - step.arguments.keys():
                # It adds to what is given: a sentence that is told once gives to all behind it.
                lacking = self._hints.lacking(step, self.only_given, given)
                self._find(step.spec.line, "value", *lacking)
            given.add(step.definition.target_fixture)

    def _check_table(self, step: StepSpec, definition: StepDefinition) -> None:
        rows = [list(row) for row in step.table or ()]
        # What lacks a cell has been said in its own words.
        is_whole = not any(0 < line - step.line <= len(rows) for line, _ in self.feature.lost)
        if rows and is_whole and (wrong := argument_problem(definition, "datatable", rows)):
            self._find(step.line, "table", *wrong)


def _closest(name: str, known: Iterable[str], shape: str = "{}") -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f", or did you mean {shape.format(close[0])}?" if close else ""


def near_misses(tags: Iterable[tuple[str, str, int]]) -> Iterator[Finding]:
    """Yield the tags that look like a slip of the pen.

    A tag that stands once and is close to one that stands oftener, or to one with a meaning.
    """
    places: dict[str, list[tuple[str, int]]] = {}
    for tag, path, line in tags:
        places.setdefault(tag, []).append((path, line))
    for tag, [(path, line), *others] in places.items():
        known = [name for name in places if len(places[name]) > 1 and name != tag]
        close = difflib.get_close_matches(tag, [*known, *MEANING], n=1, cutoff=0.8)
        # Two days, or two issues, look alike and are meant to.
        own = tag == SAFE or labels.is_of_allure(tag) or quarantine.belongs(tag)
        if not others and not own and close:
            what = f"tag @{tag} stands nowhere else and looks like @{close[0]}"
            yield Finding(path, line, what, f"write @{close[0]}, if that is meant")


EXCUSES: Final = frozenset({"skip", "skipif", "xfail"})
"""Marks of pytest that let a failure pass without a word to anybody."""


def _problem(tag: str) -> tuple[str, str] | None:
    """Return what is wrong with a tag that no report gives a meaning, and what to do next."""
    if labels.split(tag)[0].lower() in EXCUSES:
        what = f"@{tag} would let the scenario fail, or not run, without anybody knowing"
        return what, "write @quarantine:2026-12-31 and the issue, as @issue:ABC-1, or take it out"
    if not tag:
        return "this row leaves an @ without a tag", "fill it, or write the tag out"
    if tag.endswith((",", ";")):
        return f"@{tag} ends in {tag[-1]!r}", "write a space, and nothing else, between two tags"
    if name := PLACEHOLDER.search(tag):
        what = f"{name[0]} in @{tag} is filled by no column"
        return what, f"give an outline a column {name[1]}, or write the tag out"
    return None


def _is_slip(word: str, keyword: str, *, of_rule: bool) -> bool:
    """Return whether *word* is *keyword* but for one letter, and no other word.

    At the end of a word that is its grammar, one of them or several, and before it an article. A
    short one is a word whatever it lacks; but no step below a rule would show that it was one.
    """
    least = min(len(word), len(keyword))
    at = next((n for n in range(least) if word[n] != keyword[n]), least)
    rest, wanted = word[at:], keyword[at:]
    is_lost = rest == wanted[1:]
    is_swapped = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
    if len(keyword) < LONG:
        return len(keyword) > SHORT and (is_swapped or (of_rule and is_lost))
    is_inside = at < len(keyword) - 1
    is_added = 0 < at < len(keyword) and rest[1:] == wanted
    return is_swapped or is_added or (is_inside and (is_lost or rest[1:] == wanted[1:]))


SHORT, LONG = 3, 6
"""Up to the one length, whatever is nearly a keyword is another word; from the other on, little."""

SAFE = "safe-in-production"
"""The tag of scenarios that run on an endpoint marked as production."""

MEANING = (*labels.SEVERITIES, *labels.MARKS, SAFE)
"""Tags with a meaning, which need not stand twice."""
