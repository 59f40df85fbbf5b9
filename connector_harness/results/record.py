"""What happened in a run, as typed data: scenarios, steps, exchanges, notifications, failures.

A scenario's record grows while it runs, is masked once when it ends, and is what every output is
made from. What a feature says is a step, what happens in fixtures is outside of them, and the
types tell which is which.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, Self, TypeVar

import msgspec

from connector_harness.client.http.exchange import Exchange
from connector_harness.gherkin.feature import FeatureSpec, ScenarioSpec, StepSpec
from connector_harness.gherkin.identity import full_name, history_id, test_case_id
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import MASK, Redactor
from connector_harness.results.comparison import Comparison
from connector_harness.results.failure_class import MEANINGS, FailureClass


class Status(StrEnum):
    """How a scenario, a step or an ordinary test went; the worst first."""

    FAILED = "failed"
    BROKEN = "broken"
    QUARANTINED = "in quarantine"
    PASSED = "passed"
    SKIPPED = "skipped"
    NOT_RUN = "not run"


FAILED: Final = (Status.FAILED, Status.BROKEN)
"""How something has ended that failed: not as expected, or before it could be judged."""


MARKS: Final[dict[Status, str]] = {
    Status.PASSED: "passed ",
    Status.FAILED: "FAILED ",
    Status.BROKEN: "FAILED ",
    Status.SKIPPED: "skipped",
    Status.NOT_RUN: "not run",
}
"""How a step ended, in words of one width."""


class Phase(StrEnum):
    """When something happens that is outside of the steps, in pytest's words."""

    SETUP = "setup"
    CALL = "call"
    TEARDOWN = "teardown"


class Kept(msgspec.Struct, omit_defaults=True, dict=True):
    """A part of a record; what it leaves out has its usual value."""


class BinaryContent:
    """Bytes that are no text, of which a journal keeps the number: nobody reads them there.

    Args:
        content: The bytes; none where they come from a journal.
        size: How many they are.
    """

    def __init__(self, content: bytes, size: int) -> None:
        self.content = content
        self.size = size


class Body(Kept):
    """What travelled, or was attached.

    Attributes:
        text: What it says; empty if it is no text in UTF-8.
        media_type: Its media type; empty if none was given.
        binary: What it is if it is no text.
    """

    text: str = ""
    media_type: str = ""
    binary: BinaryContent | None = None

    @classmethod
    def of(cls, content: bytes, media_type: str) -> Self:
        """Return what *content* is."""
        try:
            return cls(content.decode(), media_type)
        except UnicodeDecodeError:
            return cls("", media_type, BinaryContent(content, len(content)))

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return self.binary.content if self.binary is not None else self.text.encode()

    @cached_property
    def document(self) -> JsonValue:
        """What it says as JSON; None if it is none."""
        try:
            document: JsonValue = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return document


class Header(Kept, array_like=True):
    """A header field."""

    name: str
    value: str

    @property
    def is_masked(self) -> bool:
        """Whether all of its value is masked."""
        return self.value == MASK


class RecordedExchange(Kept):
    """One call and its answer.

    Attributes:
        operation: What it was for, as ``publish_event``.
        method: The HTTP method.
        url: Where it went.
        title: All of it in one line, as ``POST …/conversation/send → 200``.
        start: When it began, in milliseconds since the epoch.
        stop: When it ended.
        status: The HTTP status; None where no answer came.
        request: What was sent.
        response: What was answered.
        request_headers: The header fields sent.
        response_headers: The header fields received.
        failure: Why no answer came; empty where one came.
        schema: The schema that the answer satisfies; empty where it satisfies none.
        is_anothers: Whether it is for another shopper than the first of the scenario.
    """

    operation: str
    method: str
    url: str
    title: str
    start: int
    stop: int
    status: int | None = None
    request: Body = msgspec.field(default_factory=Body)
    response: Body = msgspec.field(default_factory=Body)
    request_headers: list[Header] = []
    response_headers: list[Header] = []
    failure: str = ""
    schema: str = ""
    is_anothers: bool = False

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        """Return what is kept of *exchange*."""
        # Rounded down, as endpoints do: what they tell of it must not seem to come before it.
        start = int(exchange.started_s * 1000)
        return cls(
            operation=exchange.operation,
            method=exchange.method,
            url=exchange.url,
            title=exchange.title,
            start=start,
            stop=start + round(exchange.elapsed_s * 1000),
            status=exchange.status,
            request=Body.of(exchange.request_body, exchange.request_media_type),
            response=Body.of(exchange.response_body, exchange.response_media_type),
            request_headers=[Header(*each) for each in exchange.request_headers],
            response_headers=[Header(*each) for each in exchange.response_headers],
            failure=exchange.failure or "",
        )

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return self.stop - self.start


class RecordedNotification(Kept):
    """A webhook delivery, heard or answered with another status in vain.

    Attributes:
        words: What it tells.
        body: What travelled.
        is_sound: Whether nothing is wrong with it.
        app: Which app it was for, by a number: 0 for the connector's.
    """

    words: str
    body: Body
    is_sound: bool = True
    app: int = 0


class RecordedAttachment(Kept):
    """Something to show beside a step.

    Attributes:
        name: What it is called.
        body: What it is.
        extension: What the name of a file with it ends in.
        source: The file among the results that holds its bytes, where they are no text.
    """

    name: str
    body: Body
    extension: str = "bin"
    source: str = ""


class RecordedPart(Kept):
    """What happened in one stretch of a scenario, with the parts of it that code has named.

    Attributes:
        name: What it is called.
        start: When it began, in milliseconds since the epoch; 0 if it never did.
        stop: When it ended.
        status: How it went.
        message: Why it failed; empty if it did not.
        exchanges: The calls it made, without those of its parts.
        notifications: What was heard meanwhile.
        attachments: What is to be shown beside it.
        logs: What was logged meanwhile, a line each, without that of its parts.
        links: Where code leads from it.
        parameters: Names and values that code has given it.
        parts: Its parts.
    """

    name: str = ""
    start: int = 0
    stop: int = 0
    status: Status = Status.NOT_RUN
    message: str = ""
    exchanges: list[RecordedExchange] = []
    notifications: list[RecordedNotification] = []
    attachments: list[RecordedAttachment] = []
    logs: list[str] = []
    links: list["Link"] = []
    parameters: dict[str, str] = {}
    parts: list["RecordedPart"] = []

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, self.stop - self.start)

    @property
    def has_content(self) -> bool:
        """Whether there is anything in it that a report shows."""
        return bool(self.parts or self.exchanges or self.notifications or self.attachments)

    @property
    def marked(self) -> str:
        """Its mark and its name, as a terminal shows them."""
        return f"  {MARKS[self.status]}  {self.name}"

    @property
    def all_exchanges(self) -> list[RecordedExchange]:
        """The calls it made, those of its parts too, in order."""
        if not self.parts:
            return self.exchanges
        inside = [each for part in self.parts for each in part.all_exchanges]
        return sorted([*self.exchanges, *inside], key=lambda each: each.start)


class RecordedStep(RecordedPart):
    """A step of the feature; it is pending where its code says that it is not written yet."""

    line: int = 0
    is_pending: bool = False
    table: list[list[str]] | None = None
    doc_string: Body | None = None

    @property
    def rows(self) -> list[str]:
        """The rows of its table, in columns, as a feature has them."""
        table = self.table or []
        widths = [max(map(len, column)) for column in zip(*table, strict=False)]
        aligned = [
            [cell.ljust(width) for cell, width in zip(row, widths, strict=False)] for row in table
        ]
        return [f"| {' | '.join(cells)} |" for cells in aligned]

    @classmethod
    def of(cls, spec: StepSpec) -> Self:
        """Return the record of a step that has not begun."""
        text = spec.doc_string
        return cls(
            name=f"{spec.keyword} {spec.text}",
            line=spec.line,
            table=None if spec.table is None else [[*row] for row in spec.table],
            doc_string=Body(text.content, text.media_type or "") if text is not None else None,
        )


class OutsideSteps(RecordedPart):
    """What happened outside of the steps, in fixtures and hooks."""

    phase: Phase = Phase.SETUP


class RecordedFailure(Kept):
    """Why a scenario failed.

    Attributes:
        kind: Whom the failure is for; None if that is not known.
        reason: Why, in one line.
        sentence: The step that failed, or in words what did outside of the steps.
        phase: When it was, if no step failed; None if one did.
        path: The feature file.
        line: The line of the step, or of the scenario.
        expected: What was expected, where values were compared.
        came: What came instead.
        differences: Where the two differ.
        count: In how many places they do, or what came and its schema.
        details: What else is known, a line each.
        advice: What to do next.
        code: Where in the project's own code it came up, as ``steps/batch.py:12``.
        text: All of it, as the terminal tells it below the steps.
    """

    kind: FailureClass | None = None
    reason: str = ""
    sentence: str = ""
    phase: Phase | None = None
    path: str = ""
    line: int = 0
    expected: str = ""
    came: str = ""
    differences: list[str] = []
    count: int = 0
    details: list[str] = []
    advice: list[str] = []
    code: str = ""
    text: str = ""

    @property
    def gist(self) -> str:
        """Why, as a sentence of its own."""
        reason = self.reason or "it says nothing about why"
        return reason[:1].upper() + reason[1:]

    @property
    def more(self) -> int:
        """How many differences there are besides the first, which the reason tells."""
        return max(0, self.count - 1)

    @property
    def kind_in_words(self) -> str:
        """Whom it is for, in words; empty if that is not known."""
        return MEANINGS[self.kind] if self.kind is not None else ""


class Parameter(Kept):
    """What code has named of a scenario.

    Attributes:
        name: What it is called.
        value: Its value.
        mode: ``"hidden"`` or ``"masked"``, as Allure shows it; empty if it is shown.
        is_excluded: Whether another value makes no other test of it.
    """

    name: str
    value: str
    mode: str = ""
    is_excluded: bool = False


class QuarantineOutcome(Kept):
    """What came of a scenario in quarantine."""

    words: str
    outcome: str
    excuses: bool = False


class Link(Kept, array_like=True):
    """A link of a scenario: its kind, its name and its address."""

    kind: str
    name: str
    url: str


class Label(Kept, array_like=True):
    """A label, a property or a value of a row: its name and its value."""

    name: str
    value: str


class Attempt(Kept):
    """One attempt at a scenario or an ordinary test.

    Attributes:
        history_id: What it is known by in every run.
        full_name: Where it stands: file and title.
        title: What it is called.
        status: How it went.
        message: Why it did not pass; empty if it did.
        trace: The same at length.
        start: When it began, in milliseconds since the epoch.
        stop: When it ended.
        host: The machine.
        thread: The process, and under xdist the worker.
        labels: What tags, code and properties say of it.
        links: Where it leads.
        run: The id of the run that it is part of.
    """

    history_id: str
    full_name: str
    title: str
    status: Status = Status.NOT_RUN
    message: str = ""
    trace: str = ""
    start: int = 0
    stop: int = 0
    host: str = ""
    thread: str = ""
    labels: list[Label] = []
    links: list[Link] = []
    run: str = ""

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return max(0, self.stop - self.start)

    def labelled(self, name: str) -> list[str]:
        """Return the values of the labels called *name*."""
        return [each.value for each in self.labels if each.name == name]


class RecordedTest(Attempt, tag="test"):
    """An ordinary test of a run that also has scenarios."""


class RecordedScenario(Attempt, tag="scenario"):
    """One attempt at a scenario."""

    test_case_id: str = ""
    path: str = ""
    line: int = 0
    feature: str = ""
    rule: str = ""
    outline: str = ""
    name: str = ""
    description: str = ""
    tags: list[str] = []
    description_html: str = ""
    row: list[Label] = []
    parameters: list[Parameter] = []
    steps: list[RecordedStep] = []
    outside: list[OutsideSteps] = []
    failure: RecordedFailure | None = None
    quarantine: QuarantineOutcome | None = None
    is_flaky: bool = False

    @classmethod
    def of(cls, feature: FeatureSpec, scenario: ScenarioSpec) -> Self:
        """Return the record of a scenario that has not begun."""
        row = [Label(name, value) for name, value in (scenario.row or {}).items()]
        if scenario.repeats > 1:
            # Allure 3 tells results of one id apart by nothing else.
            row.append(Label(REPEATED, str(scenario.repeats)))
        return cls(
            history_id=history_id(feature, scenario),
            full_name=full_name(feature, scenario),
            title=scenario.title,
            test_case_id=test_case_id(feature, scenario),
            path=feature.path,
            line=scenario.line,
            feature=feature.title,
            rule=scenario.rule.title if scenario.rule else "",
            outline=scenario.outline.title,
            name=scenario.name,
            description=description(feature, scenario, scenario.description),
            tags=[*scenario.tags],
            row=row,
            steps=[RecordedStep.of(step) for step in scenario.steps],
        )

    @property
    def is_excused(self) -> bool:
        """Whether it failed and does not make the run fail."""
        return self.status in FAILED and self.quarantine is not None and self.quarantine.excuses

    @property
    def why(self) -> str:
        """Why it did not pass, at length, without its steps; empty if it passed."""
        return (self.failure.text if self.failure else "") or self.trace or self.message

    @property
    def parts(self) -> list[RecordedPart]:
        """All that happened, in order: the steps, and what was outside of them."""
        before = [each for each in self.outside if each.phase is Phase.SETUP]
        after = [each for each in self.outside if each.phase is not Phase.SETUP]
        return [*before, *self.steps, *after]

    @property
    def all_exchanges(self) -> Iterator[RecordedExchange]:
        """The calls of all its parts, in order."""
        return (each for part in self.parts for each in part.all_exchanges)


REPEATED: Final = "repeated row"
"""The value of a row that tells which of several equal rows it is."""


def description(feature: FeatureSpec, scenario: ScenarioSpec, own: str) -> str:
    """Return what is written about a scenario: about its feature, its rule and itself."""
    rule = scenario.rule
    parts = [feature.description]
    if rule is not None:
        parts += [f"**{rule.keyword}: {rule.title}**", rule.description]
    return "\n\n".join(part for part in [*parts, own] if part)


Value = TypeVar("Value")


def masked(value: Value, redactor: Redactor) -> Value:
    """Return *value* with every secret in its texts masked; a record is changed where it stands.

    Numbers hold no secret and stay, and so does what is one of a few words, such as a status. The
    results of allure-pytest, which are no records, are masked likewise.
    """
    return _masked(value, redactor)  # type: ignore[return-value]  # of the same type


def _masked(value: object, redactor: Redactor) -> object:
    match value:
        case str():
            # A kind of text is one of a few words.
            return redactor.text(value) if type(value) is str else value
        case list() | tuple():
            return type(value)([_masked(each, redactor) for each in value])
        case dict():
            told = {name: redactor.member(str(name), each) for name, each in value.items()}
            return {_masked(name, redactor): _masked(each, redactor) for name, each in told.items()}
        case Header():
            [(name, shown)] = redactor.headers([(value.name, value.value)])
            value.name, value.value = redactor.text(name), shown
        case BinaryContent():
            value.content = redactor.content(value.content)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                setattr(value, name, _masked(getattr(value, name), redactor))
        case _ if hasattr(value, "__dict__"):
            for name, part in vars(value).items():
                setattr(value, name, _masked(part, redactor))
    return value


@dataclass(slots=True, eq=False)
class ScenarioUnderWay:
    """A scenario that runs, and what of it nobody needs to know afterwards."""

    kept: RecordedScenario
    phase: Phase = Phase.SETUP
    began: list[float] = field(default_factory=list)
    open: list[RecordedPart] = field(default_factory=list)
    failed: RecordedStep | None = None
    asking: str = ""
    documents: dict[str, JsonObject] = field(default_factory=dict)
    comparison: Comparison | None = None
    last_exchange: Exchange | None = None
    conversations: list[str] = field(default_factory=list)
    consumers: list[str] = field(default_factory=list)
    consumer: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    listens: bool = False

    @property
    def unfinished(self) -> RecordedStep | None:
        """The first step that has not passed; None where all have."""
        return next((each for each in self.kept.steps if each.status is not Status.PASSED), None)

    @property
    def current(self) -> RecordedPart:
        """The part under way, or what is outside of the steps now."""
        if self.open:
            return self.open[-1]
        for each in self.kept.outside:
            if each.phase is self.phase:
                return each
        self.kept.outside.append(OutsideSteps(phase=self.phase))
        return self.kept.outside[-1]
