"""Feature files as the official Gherkin parser reads them.

A `FeatureSpec` holds its scenarios in file order, an outline as one `ScenarioSpec` for each row,
with every placeholder filled in and every background step in its place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, ParserError, ParserException
from gherkin.parser import Parser
from gherkin.parser_types import Examples, GherkinDocument, Rule, Scenario, Step, TableRow, Tag
from gherkin.pickles.compiler import GherkinDocumentWithURI, Pickle, PickleStep

from connector_harness.gherkin.placeholders import PLACEHOLDER, PickleCompiler, filled
from connector_harness.gherkin.tags import meaning_of
from connector_harness.gherkin.written_lines import (
    doc_strings,
    ends,
    glued_tags,
    lost_cell,
    open_text,
    shown_in_a_name,
    table_around,
    text_behind_last_bar,
)

StepType: TypeAlias = Literal["given", "when", "then"]

_ROUND = str.maketrans("[]", "()")
TYPES: Mapping[str, StepType] = {"Context": "given", "Action": "when", "Outcome": "then"}


class FeatureSyntaxError(Exception):
    """A feature file that is not Gherkin.

    `problems` holds the line of each, what is wrong there, and what to do.
    """

    def __init__(self, path: str, problems: Sequence[tuple[int, str, str]]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}:{line}: {what}" for line, what, _ in problems))


@dataclass(frozen=True, slots=True)
class DocString:
    """The text block below a step."""

    content: str
    media_type: str | None


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step of one scenario, as it runs.

    `type` is None for a ``*`` that no Given, When or Then precedes.
    """

    keyword: str
    type: StepType | None
    text: str
    line: int
    column: int
    table: tuple[tuple[str, ...], ...] | None = None
    doc_string: DocString | None = None

    @property
    def starred(self) -> bool:
        """Whether it is a ``*``, which any keyword may stand for."""
        return self.keyword == "*"


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule of a feature, without its scenarios."""

    keyword: str
    title: str
    description: str
    tags: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ExamplesSpec:
    """One Examples table: its line, its columns, how many rows it has, and its title."""

    line: int
    columns: tuple[str, ...]
    rows: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class OutlineSpec:
    """A scenario or outline as it is written, before any row is filled in.

    `placeholders` has the line of each name in angle brackets, wherever it stands; `spoken` those
    of the sentences alone. `sentences` are the steps with their placeholders, no background's.
    """

    title: str
    line: int
    first_line: int
    last_line: int
    is_outline: bool
    placeholders: Mapping[str, int]
    spoken: Mapping[str, int]
    examples: tuple[ExamplesSpec, ...]
    rows: int
    sentences: tuple[StepSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioSpec:
    """One scenario, or one row of an outline.

    `name` is unique in its feature: the title, with the row's values where the title has no
    placeholder. `line` is the row's line for a row. `tags` are those of feature, rule, scenario
    and Examples together, without the ``@``, each once, in that order. `repeats` counts rows with
    the same values and id: it is 2 for the second one.
    """

    name: str
    title: str
    line: int
    outline: OutlineSpec
    keyword: str
    description: str
    tags: tuple[str, ...]
    own_tags: tuple[str, ...]
    rule: RuleSpec | None
    row: Mapping[str, str] | None
    steps: tuple[StepSpec, ...]
    repeats: int = 1

    @property
    def expects(self) -> bool:
        """Whether a step of it says what is expected; else it checks that its steps run."""
        return any(step.type == "then" or step.starred for step in self.steps)


PARAMETERS: Final = "pytest parameters"
"""The value of a row that tells which values of pytest's parameters a scenario has."""


def variant(scenario: ScenarioSpec, id_: str) -> ScenarioSpec:
    """Return *scenario* as it is with the parameters that pytest knows by *id_*."""
    row = {**(scenario.row or {}), PARAMETERS: id_}
    return replace(scenario, name=f"{scenario.name}[{id_}]", row=row)


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """One feature file.

    `path` is relative to pytest's rootdir, with forward slashes. `prose` holds the lines of
    descriptions with their numbers, and whether steps may follow: the parser takes a line with a
    misspelt keyword for one of them. `step_keywords` are those that a first step may have, and
    `block_keywords` the others, by what they begin. `unfilled` holds the placeholders of
    backgrounds, which no row fills; `lost` what stands behind the last bar of a table's row;
    `open_texts` the doc strings that take steps with them, and what to do;
    `glued_tags` tags without a space between them; `empty_rules` the line and title of each rule
    without a scenario.
    """

    path: str
    keyword: str
    language: str
    title: str
    description: str
    line: int
    tags: tuple[str, ...]
    tag_lines: tuple[tuple[str, int], ...]
    step_keywords: tuple[str, ...]
    block_keywords: Mapping[str, tuple[str, ...]]
    prose: tuple[tuple[int, str, bool], ...]
    unfilled: tuple[tuple[int, str], ...]
    outlines: tuple[OutlineSpec, ...]
    rules: tuple[tuple[int, int], ...]
    scenarios: tuple[ScenarioSpec, ...] = field(repr=False)
    lost: tuple[tuple[int, str], ...] = ()
    open_texts: tuple[tuple[int, str, str], ...] = ()
    glued_tags: tuple[tuple[int, str], ...] = ()
    empty_rules: tuple[tuple[int, str], ...] = ()

    def tag_line(self, scenario: ScenarioSpec, tag: str) -> int:
        """Return the line of *tag*, which is one of *scenario* or of what it stands in."""
        if tag in scenario.own_tags:
            before = scenario.outline.line
        elif scenario.rule is not None and tag in scenario.rule.tags:
            before = scenario.rule.line
        else:
            before = self.line if tag in self.tags else scenario.line
        # The tags of a thing stand above it, and those of other things farther above.
        lines = (line for name, line in self.tag_lines if name == tag and line <= before)
        # That of a tag which a row fills is the row's.
        return max(lines, default=scenario.line)


def read_feature(file: Path, path: str) -> FeatureSpec | None:
    """Return the feature in *file*, or None where the file has no feature.

    Raises:
        FeatureSyntaxError: The file is not Gherkin, or not UTF-8.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        advice = "save it as UTF-8"
        raise FeatureSyntaxError(path, [(line, "not UTF-8 text", advice)]) from None
    return parse_feature(text, path)


def parse_feature(text: str, path: str) -> FeatureSpec | None:
    """Return the feature in *text*, or None where there is none.

    Raises:
        FeatureSyntaxError: It is not Gherkin.
    """
    lines = text.split("\n")
    try:
        document = Parser().parse(text)
    except ParserError as error:
        raise FeatureSyntaxError(path, [*_problems(lines, _told(error))]) from None
    if document.get("feature") is None:
        return None
    return _Reader(document, path, lines).feature()


def _problems(
    lines: Sequence[str], told: Iterable[tuple[int, str]]
) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with a file: *told* by the parser, or what that comes of."""
    rows: set[int] = set()
    texts = ((begun, *ends(lines, begun)) for begun in doc_strings(lines))
    open_ = [(begun, wrong) for begun, wrong, end in texts if wrong or not end][:1]
    for line, what in told:
        # What comes behind is read as something else than it is.
        if open_ and line > open_[0][0]:
            continue
        table = [*table_around(lines, line)] if "cell count" in what else []
        lost = {each: text_behind_last_bar(lines[each - 1]) for each in table}
        if not any(lost.values()):
            yield (line, *UNEVEN) if table else (line, what, SYNTAX)
        for each in lost.keys() - rows:
            if lost[each]:
                yield each, *lost_cell(lost[each])
        rows.update(table)
    for begun, wrong in open_:
        yield begun, *open_text(lines, begun, wrong)


def _told(error: ParserError) -> list[tuple[int, str]]:
    """Return what the parser tells, with the lines."""
    if isinstance(error, CompositeParserException):
        return [_problem(each) for each in error.errors]
    return [_problem(error) if isinstance(error, ParserException) else (1, str(error))]


def _problem(error: ParserException) -> tuple[int, str]:
    """Return the line of *error* and what is wrong there, without the parser's own names."""
    message = str(error).split("): ", 1)[-1]
    match = _UNEXPECTED.fullmatch(message)
    if match is None:
        return error.location["line"], message
    expected = match["expected"].split(", ")
    kinds = dict.fromkeys(_KINDS[kind] for kind in expected if kind in _KINDS)
    found = f"{match['got']!r} does not belong here" if match["got"] else "the file ends too early"
    return error.location["line"], f"{found}; expected {' or '.join(kinds) or 'something else'}"


UNEVEN: Final = (
    "this row has more or fewer cells than the first of its table",
    "give each row a cell for each column",
)
SYNTAX: Final = "mend the Gherkin; the line above may be the one at fault"

_UNEXPECTED = re.compile(
    r"(?:unexpected end of file, )?expected: (?P<expected>[^']*?)(?:, got '(?P<got>.*)')?",
    re.DOTALL,
)
_KINDS = {
    "#FeatureLine": "Feature:",
    "#BackgroundLine": "Background:",
    "#RuleLine": "Rule:",
    "#ScenarioLine": "Scenario:",
    "#ExamplesLine": "Examples:",
    "#StepLine": "a step (Given, When, Then, And, But or *)",
    "#TableRow": "a table row",
    "#DocStringSeparator": '"""',
    "#TagLine": "a tag",
}


def _tag_names(tags: Sequence[Tag]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag["name"].removeprefix("@") for tag in tags))


def _clean(description: str) -> str:
    """Return *description* without the indentation of the file."""
    return "\n".join(line.strip() for line in description.strip().splitlines())


class _Reader:
    """Turns one parsed document into a `FeatureSpec`."""

    def __init__(self, document: GherkinDocument, path: str, lines: Sequence[str]) -> None:
        self._document = document
        # The parser has used it already.
        self._dialect: Dialect = Dialect.for_name(document["feature"]["language"])  # type: ignore[assignment]
        self._path = path
        self._lines = lines
        self._prose: list[tuple[int, str, bool]] = []
        self._unfilled: list[tuple[int, str]] = []
        self._steps: dict[str, Step] = {}
        self._rows: dict[str, tuple[TableRow, Examples]] = {}
        self._templates: dict[str, tuple[Scenario, RuleSpec | None, OutlineSpec]] = {}
        self._rules: list[tuple[int, int]] = []
        self._tag_lines: list[tuple[str, int]] = []
        self._lost: list[tuple[int, str]] = []
        self._open_texts: list[tuple[int, str, str]] = []
        self._empty_rules: list[tuple[int, str]] = []
        self._names: set[str] = set()
        self._seen: Counter[tuple[object, ...]] = Counter()

    def feature(self) -> FeatureSpec:
        node = self._document["feature"]
        self._note_prose(node, of_scenario=False)
        self._read_children(node["children"], None, end=len(self._lines))
        self._note_tags(node["tags"])
        document: GherkinDocumentWithURI = {**self._document, "uri": self._path}
        return FeatureSpec(
            path=self._path,
            keyword=node["keyword"],
            language=node["language"],
            title=node["name"],
            description=_clean(node["description"]),
            line=node["location"]["line"],
            tags=_tag_names(node["tags"]),
            tag_lines=tuple(sorted(self._tag_lines, key=lambda tag: tag[1])),
            step_keywords=_step_keywords(self._dialect),
            block_keywords=_block_keywords(self._dialect),
            prose=tuple(self._prose),
            unfilled=tuple(self._unfilled),
            outlines=tuple(outline for _, _, outline in self._templates.values()),
            rules=tuple(self._rules),
            scenarios=tuple(map(self._scenario, PickleCompiler().compile(document))),
            lost=tuple(self._lost),
            open_texts=tuple(self._open_texts),
            glued_tags=tuple(self._glued_tags()),
            empty_rules=tuple(self._empty_rules),
        )

    def _note_tags(self, tags: Sequence[Tag]) -> None:
        self._tag_lines.extend(
            (tag["name"].removeprefix("@"), tag["location"]["line"]) for tag in tags
        )

    def _glued_tags(self) -> Iterator[tuple[int, str]]:
        for line in sorted({line for _, line in self._tag_lines}):
            yield from ((line, each) for each in glued_tags(self._lines[line - 1]))

    def _note_rows(self, rows: Iterable[TableRow]) -> None:
        for line in (row["location"]["line"] for row in rows):
            if lost := text_behind_last_bar(self._lines[line - 1]):
                self._lost.append((line, lost))

    def _note_steps(self, steps: Sequence[Step]) -> None:
        self._steps.update((step["id"], step) for step in steps)
        for step in steps:
            self._note_rows(step["dataTable"]["rows"] if "dataTable" in step else ())
            if "docString" in step:
                self._note_text(step["docString"]["location"]["line"])

    def _note_text(self, begun: int) -> None:
        wrong, end = ends(self._lines, begun)
        blocks = (f"{each}:" for words in _block_keywords(self._dialect).values() for each in words)
        words = (*_step_keywords(self._dialect), *blocks)
        behind = self._lines[wrong : end and end - 1] if wrong else ()
        if wrong and any(line.strip().startswith(words) for line in behind):
            self._open_texts.append((begun, *open_text(self._lines, begun, wrong)))

    def _note_prose(self, node: Mapping[str, Any], *, of_scenario: bool) -> None:
        """Note the lines that describe *node*; the parser does not tell where they stand."""
        number = int(node["location"]["line"])
        for text in filter(None, map(str.strip, str(node["description"]).split("\n"))):
            while self._lines[number].strip() != text:
                number += 1
            self._prose.append((number + 1, text, of_scenario))
            number += 1

    def _read_children(
        self, children: Sequence[object], rule: RuleSpec | None, *, end: int
    ) -> None:
        starts = [_start(child) for child in children]
        for child, following in zip(children, [*starts, end + 1][1:], strict=True):
            match child:
                case {"background": {"steps": steps} as node}:
                    self._note_prose(node, of_scenario=True)
                    self._unfilled += [
                        (step["location"]["line"], name)
                        for step in steps
                        for name in PLACEHOLDER.findall(step["text"])
                    ]
                    self._note_steps(steps)
                case {"rule": node}:
                    self._read_rule(node, end=following - 1)
                case {"scenario": node}:
                    self._read_scenario(node, rule, end=following - 1)

    def _read_rule(self, node: Rule, *, end: int) -> None:
        line = node["location"]["line"]
        self._rules.append((line, end))
        self._note_prose(node, of_scenario=False)
        self._note_tags(node["tags"])
        rule = RuleSpec(
            keyword=node["keyword"],
            title=node["name"],
            description=_clean(node["description"]),
            tags=_tag_names(node["tags"]),
            line=line,
        )
        if not any("scenario" in child for child in node["children"]):
            self._empty_rules.append((line, node["name"]))
        self._read_children(node["children"], rule, end=end)

    def _read_scenario(self, node: Scenario, rule: RuleSpec | None, *, end: int) -> None:
        self._note_tags(node["tags"])
        self._note_prose(node, of_scenario=True)
        tables = []
        for examples in node["examples"]:
            self._note_tags(examples["tags"])
            header = examples.get("tableHeader")
            cells = tuple(cell["value"] for cell in header["cells"]) if header else ()
            body = examples.get("tableBody", [])
            self._note_rows([header, *body] if header else ())
            line = examples["location"]["line"]
            tables.append(ExamplesSpec(line, cells, len(body), examples["name"]))
            for row in body:
                self._rows[row["id"]] = (row, examples)
        self._note_steps(node["steps"])
        outline = OutlineSpec(
            title=node["name"],
            line=node["location"]["line"],
            first_line=_start({"scenario": node}),
            last_line=end,
            is_outline=bool(node["examples"])
            or node["keyword"] in self._dialect.scenario_outline_keywords,
            placeholders=dict(_placeholders(node)),
            spoken=dict(_spoken(node)),
            examples=tuple(tables),
            rows=sum(table.rows for table in tables),
            sentences=tuple(_sentences(node["steps"])),
        )
        self._templates[node["id"]] = (node, rule, outline)

    def _scenario(self, pickle: Pickle) -> ScenarioSpec:
        node, rule, outline = self._templates[pickle["astNodeIds"][0]]
        row = self._row(pickle)
        tags = tuple(
            dict.fromkeys(
                filled(tag["name"].removeprefix("@"), row or {}) for tag in pickle["tags"]
            )
        )
        key = (outline.line, meaning_of(tags).id, *sorted((row or {}).items()))
        self._seen[key] += 1
        return ScenarioSpec(
            name=self._unique_name(pickle["name"], node["name"], row),
            title=pickle["name"],
            line=pickle["location"]["line"],
            outline=outline,
            keyword=node["keyword"],
            description=_clean(node["description"]),
            tags=tags,
            own_tags=_tag_names(node["tags"]),
            rule=rule,
            row=row,
            steps=tuple(self._running_steps(pickle["steps"])),
            repeats=self._seen[key],
        )

    def _row(self, pickle: Pickle) -> dict[str, str] | None:
        if len(pickle["astNodeIds"]) == 1:
            return None
        row, examples = self._rows[pickle["astNodeIds"][1]]
        header = examples["tableHeader"]["cells"]
        return {
            name["value"]: cell["value"] for name, cell in zip(header, row["cells"], strict=True)
        }

    def _unique_name(self, title: str, template: str, row: Mapping[str, str] | None) -> str:
        values = shown_in_a_name(", ".join((row or {}).values()))
        name = shown_in_a_name(title)
        # What pytest makes of an open bracket in a name ends in a closed one.
        name = name if name.endswith("]") else name.translate(_ROUND)
        base, number = name, 1
        if row is not None and (title == template or name in self._names):
            name = f"{base}[{values}]"
        while name in self._names:
            number += 1
            name = f"{base}[{values}#{number}]" if row else f"{base}#{number}"
        self._names.add(name)
        return name

    def _running_steps(self, steps: Sequence[PickleStep]) -> Iterator[StepSpec]:
        previous: StepType | None = None
        for step in steps:
            previous = TYPES.get(step["type"], previous)
            node = self._steps[step["astNodeIds"][0]]
            yield _step(node, previous, step["text"], step.get("argument", {}))


def _sentences(steps: Sequence[Step]) -> Iterator[StepSpec]:
    """Yield the steps of a scenario as they are written."""
    previous: StepType | None = None
    for step in steps:
        previous = TYPES.get(step.get("keywordType", ""), previous)
        yield _step(step, previous, step["text"], step)


def _step(node: Step, type_: StepType | None, text: str, blocks: object) -> StepSpec:
    """Return a step as it stands in a feature."""
    return StepSpec(
        keyword=node["keyword"].strip(),
        type=type_,
        text=text,
        line=node["location"]["line"],
        column=node["location"].get("column", 1),
        table=_table(blocks),
        doc_string=_doc_string(blocks),
    )


def _start(child: object) -> int:
    """Return the first line of a feature's child: that of its first tag, if it has one."""
    match child:
        case {"background": node} | {"rule": node} | {"scenario": node}:
            tags = node.get("tags") or [node]
            return min(int(tag["location"]["line"]) for tag in tags)
    raise AssertionError(child)  # pragma: no cover


def _step_keywords(dialect: Dialect) -> tuple[str, ...]:
    keywords = [*dialect.given_keywords, *dialect.when_keywords, *dialect.then_keywords]
    return tuple(dict.fromkeys(keyword.strip() for keyword in keywords if keyword != "* "))


def _block_keywords(dialect: Dialect) -> dict[str, tuple[str, ...]]:
    return {
        "background": tuple(dialect.background_keywords),
        "rule": tuple(dialect.rule_keywords),
        "scenario": (*dialect.scenario_keywords, *dialect.scenario_outline_keywords),
        "examples": tuple(dialect.examples_keywords),
    }


def _placeholders(node: Scenario) -> Iterator[tuple[str, int]]:
    """Yield each placeholder of an outline, with the line that holds it."""
    headers = [table["tableHeader"] for table in node["examples"] if "tableHeader" in table]
    columns = {cell["value"] for header in headers for cell in header["cells"]}
    for step in reversed(node["steps"]):
        texts = [step["text"]]
        if "docString" in step:
            texts += [step["docString"]["content"], step["docString"].get("mediaType") or ""]
        if "dataTable" in step:
            texts += [cell["value"] for row in step["dataTable"]["rows"] for cell in row["cells"]]
        for text in texts:
            for name in _names(text, columns):
                yield name, step["location"]["line"]
    for name in _names(node["name"], columns):
        yield name, node["location"]["line"]
    for tag in (tag for tagged in (node, *node["examples"]) for tag in tagged["tags"]):
        for name in _names(tag["name"], columns):
            yield name, tag["location"]["line"]


def _spoken(node: Scenario) -> Iterator[tuple[str, int]]:
    """Yield what looks like a placeholder in the sentences, with its line."""
    for step in node["steps"]:
        for name in PLACEHOLDER.findall(step["text"]):
            yield name, step["location"]["line"]


def _names(text: str, columns: Iterable[str]) -> set[str]:
    """Return what stands in angle brackets: the columns, and what looks like one."""
    return {name for name in columns if f"<{name}>" in text}.union(PLACEHOLDER.findall(text))


def _table(argument: object) -> tuple[tuple[str, ...], ...] | None:
    match argument:
        case {"dataTable": {"rows": rows}}:
            return tuple(tuple(str(cell["value"]) for cell in row["cells"]) for row in rows)
    return None


def _doc_string(argument: object) -> DocString | None:
    match argument:
        case {"docString": {"content": content, "mediaType": str(media_type)}}:
            return DocString(content=str(content), media_type=media_type)
        case {"docString": {"content": content}}:
            return DocString(content=str(content), media_type=None)
    return None
