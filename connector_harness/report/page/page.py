"""What stands on the page, in order: the parts, chapters and scenarios of the document."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final

from connector_harness.gherkin.feature import ExamplesSpec, FeatureSpec
from connector_harness.gherkin.tags import meaning_of
from connector_harness.report.chat.sent import SentCall, SentDocument, SentDocuments, calls_of
from connector_harness.report.chat.transcript import ChatTranscript, transcript_of
from connector_harness.report.page.rendering import Slugs
from connector_harness.report.page.sentence_parts import PageSentence, sentences
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import FAILED, RecordedFailure, RecordedScenario, Status
from connector_harness.results.totals import Totals, totals, worst

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class PageCase:
    """One scenario as it ran, or one row of an outline."""

    id: str
    title: str
    cells: tuple[str, ...]
    scenario: Scenario
    failure: RecordedFailure | None
    transcript: ChatTranscript | None
    calls: tuple[SentCall, ...]
    documents: tuple[SentDocument, ...]

    @property
    def status(self) -> Status:
        """How it went."""
        return self.scenario.status

    @property
    def result(self) -> RecordedScenario | None:
        """The result that counts."""
        return self.scenario.result

    @property
    def has_more(self) -> bool:
        """Whether there is more to tell of it than how it went."""
        return bool(self.failure or self.transcript or self.calls)


@dataclass(frozen=True, slots=True)
class ExamplesTable:
    """One table of examples."""

    title: str
    columns: tuple[str, ...]
    cases: tuple[PageCase, ...]


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A scenario or an outline as it is written."""

    id: str
    title: str
    keyword: str
    description: tuple[str, ...]
    tags: tuple[str, ...]
    all_tags: tuple[str, ...]
    place: str
    sentences: tuple[PageSentence, ...]
    cases: tuple[PageCase, ...]
    tables: tuple[ExamplesTable, ...]

    @property
    def status(self) -> Status:
        """How the worst of its cases went."""
        return worst(case.status for case in self.cases)

    @property
    def telling(self) -> list[PageCase]:
        """Its rows with more to tell than how they went, those that failed apart."""
        return [case for case in self.cases if case.has_more and not case.failure]

    @property
    def words(self) -> str:
        """How its rows went, as ``1 failed, 12 passed``."""
        return totals(case.scenario for case in self.cases).words

    @property
    def day(self) -> int:
        """When its rows were run, in milliseconds; 0 if not all on one day."""
        starts = [case.result.start for case in self.cases if case.result]
        is_one = len({start // DAY_MS for start in starts}) == 1
        return max(starts) if is_one else 0

    @property
    def failed_at(self) -> int:
        """Which of its sentences failed, counted from 0; -1 if none, or if it has rows."""
        if self.tables or self.cases[0].result is None:
            return -1
        lines = [step.line for step in self.cases[0].result.steps if step.status in FAILED]
        failed = (n for n, each in enumerate(self.sentences) if each.line in lines)
        return next(failed, -1)

    @property
    def not_run(self) -> list[int]:
        """Which of its sentences did not run, as it failed before; none where it has rows."""
        result = self.cases[0].result
        if self.tables or result is None or result.status not in FAILED:
            return []
        lines = [step.line for step in result.steps if step.status is Status.NOT_RUN]
        return [n for n, each in enumerate(self.sentences) if each.line in lines]

    @property
    def expects(self) -> bool:
        """Whether it says what is expected."""
        return self.cases[0].scenario.spec.expects

    @property
    def statuses(self) -> list[Status]:
        """Each way in which one of its cases went."""
        return list(dict.fromkeys(case.status for case in self.cases))


@dataclass(frozen=True, slots=True)
class RuleSection:
    """The scenarios of one rule, or those of none."""

    title: str
    description: tuple[str, ...]
    tags: tuple[str, ...]
    background: tuple[PageSentence, ...]
    blocks: tuple[PageBlock, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One feature."""

    id: str
    feature: FeatureSpec
    description: tuple[str, ...]
    background: tuple[PageSentence, ...]
    sections: tuple[RuleSection, ...]
    totals: Totals

    @property
    def cases(self) -> Iterator[PageCase]:
        """Its scenarios as they ran."""
        return (case for each in self.sections for block in each.blocks for case in block.cases)


@dataclass(frozen=True, slots=True)
class PagePart:
    """The features of one folder."""

    id: str
    title: str
    chapters: tuple[Chapter, ...]


def parts_of(results: Results) -> tuple[PagePart, ...]:
    """Return the parts of the document, in the order of folders and files."""
    writer = _Writer(results)
    parts = []
    for folder, features in groupby(results.features, key=lambda each: folders(each.path)):
        chapters = tuple(writer.chapter(feature) for feature in features)
        parts.append(PagePart(writer.slugs.of("part", *folder), _title(folder), chapters))
    return tuple(parts)


def folders(path: str) -> tuple[str, ...]:
    """Return the folders of a feature below the outermost, in words."""
    return tuple(each.replace("_", " ") for each in PurePosixPath(path).parent.parts[1:])


def _title(folder: Sequence[str]) -> str:
    words = " / ".join(folder)
    return words[:1].upper() + words[1:]


class _Writer:
    """Makes chapters out of features."""

    def __init__(self, results: Results) -> None:
        self.slugs = Slugs()
        self._documents = SentDocuments(results)
        self._scenarios: dict[str, list[Scenario]] = {}
        for scenario in results.scenarios:
            self._scenarios.setdefault(scenario.feature.path, []).append(scenario)

    def chapter(self, feature: FeatureSpec) -> Chapter:
        scenarios = self._scenarios[feature.path]
        background = _shared_background(scenarios)
        return Chapter(
            self.slugs.of("feature", *_words(feature)),
            feature,
            paragraphs(feature.description),
            background,
            tuple(self._sections(scenarios, background)),
            totals(scenarios),
        )

    def _sections(
        self, scenarios: Iterable[Scenario], shared: tuple[PageSentence, ...]
    ) -> Iterator[RuleSection]:
        for _, group in groupby(scenarios, key=lambda each: each.spec.rule):
            listed = list(group)
            rule, background = listed[0].spec.rule, _background(listed[0])
            yield RuleSection(
                rule.title if rule else "",
                paragraphs(rule.description if rule else ""),
                rule.tags if rule else (),
                () if background == shared else background,
                tuple(self._blocks(listed)),
            )

    def _blocks(self, scenarios: Iterable[Scenario]) -> Iterator[PageBlock]:
        for _, group in groupby(scenarios, key=lambda each: each.spec.outline.line):
            yield self._block(list(group))

    def _block(self, scenarios: Sequence[Scenario]) -> PageBlock:
        first = scenarios[0]
        spec, outline = first.spec, first.spec.outline
        is_outline = spec.row is not None
        own = self._id(first, outline.title) if is_outline else ""
        cases = tuple(self._case(each) for each in scenarios)
        return PageBlock(
            own or cases[0].id,
            outline.title,
            spec.keyword,
            paragraphs(spec.description),
            spec.own_tags,
            tuple(dict.fromkeys(tag for each in scenarios for tag in each.spec.tags)),
            f"{first.feature.path}:{outline.line}",
            sentences(outline.sentences),
            cases,
            tuple(_tables(outline.examples, cases)),
        )

    def _case(self, scenario: Scenario) -> PageCase:
        spec, result = scenario.spec, scenario.result
        transcript = transcript_of(result) if result else None
        return PageCase(
            self._id(scenario, spec.name),
            spec.name,
            tuple((spec.row or {}).values()),
            scenario,
            result.failure if result else None,
            transcript if transcript and transcript.talks else None,
            tuple(calls_of(result)) if result else (),
            self._documents.of(
                (scenario.feature.path, step.type, step.text) for step in spec.steps
            ),
        )

    def _id(self, scenario: Scenario, title: str) -> str:
        named = meaning_of(scenario.spec.tags).id
        if named is not None:
            return self.slugs.of(named)
        return self.slugs.of(*_words(scenario.feature), title, fallback=scenario.history_id)


def _words(feature: FeatureSpec) -> tuple[str, ...]:
    path = PurePosixPath(feature.path)
    return (*path.parent.parts[1:], path.stem)


def _background(scenario: Scenario) -> tuple[PageSentence, ...]:
    outline = scenario.spec.outline
    inside = range(outline.first_line, outline.last_line + 1)
    return sentences(tuple(each for each in scenario.spec.steps if each.line not in inside))


def _shared_background(scenarios: Sequence[Scenario]) -> tuple[PageSentence, ...]:
    """Return the background of the feature: what its first rule adds is that rule's."""
    found = [_background(each) for each in scenarios]
    shortest: tuple[PageSentence, ...] = min(found, key=len, default=())
    is_shared = all(each[: len(shortest)] == shortest for each in found)
    return shortest if is_shared else ()


def _tables(examples: Sequence[ExamplesSpec], cases: Sequence[PageCase]) -> Iterator[ExamplesTable]:
    if not examples and cases[0].scenario.spec.row is not None:
        # It runs with several parameters of pytest's.
        yield ExamplesTable("", tuple(cases[0].scenario.spec.row), tuple(cases))
    for number, table in enumerate(examples):
        end = examples[number + 1].line if number + 1 < len(examples) else float("inf")
        rows = tuple(each for each in cases if table.line < each.scenario.spec.line < end)
        if rows:
            yield ExamplesTable(table.title, tuple(rows[0].scenario.spec.row or ()), rows)


def paragraphs(description: str) -> tuple[str, ...]:
    """Return a description in paragraphs."""
    parts = (" ".join(part.split("\n")) for part in description.split("\n\n"))
    return tuple(part.strip() for part in parts if part.strip())
