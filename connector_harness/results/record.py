"""What happened in one scenario, step by step."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connector_harness.client.http.exchange import Exchange
from connector_harness.gherkin.feature import StepSpec
from connector_harness.results.comparison import Comparison
from connector_harness.results.failure_class import FailureClass

Status: TypeAlias = Literal["passed", "failed", "broken", "skipped"]


@dataclass(slots=True, eq=False)
class Attachment:
    """Something to show beside a step, as it was handed in: not yet redacted."""

    name: str
    content: bytes
    media_type: str
    extension: str


@dataclass(slots=True, eq=False)
class StepRecord:
    """One step as it ran, or a part of one that the step's code named.

    Times are milliseconds since the epoch. `status` stays None for a step that never began.
    """

    name: str
    spec: StepSpec | None = None
    start: int = 0
    stop: int = 0
    status: Status | None = None
    message: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list["StepRecord"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ScenarioRecord:
    """One scenario as it ran.

    `outside` holds what happened before the first and after the last step, in fixtures. `open`
    is the stack of steps under way, the innermost last. `conversations` are the ids of those
    that it opened. `comparison` is the last one that did not hold in an assert. `is_muted` says
    that its failure does not count, `is_flaky` that it passed after it had failed, `listens` that
    it asked to hear notifications.
    """

    steps: list[StepRecord]
    outside: StepRecord
    start: int
    stop: int = 0
    status: Status | None = None
    message: str = ""
    trace: str = ""
    is_muted: bool = False
    is_flaky: bool = False
    labels: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    title: str | None = None
    description: str | None = None
    open: list[StepRecord] = field(default_factory=list)
    failed: StepRecord | None = None
    failure_class: FailureClass | None = None
    comparison: Comparison | None = None
    last_exchange: Exchange | None = None
    conversations: list[str] = field(default_factory=list)
    listens: bool = False

    @property
    def current(self) -> StepRecord:
        """The step under way, or what is outside of all steps."""
        return self.open[-1] if self.open else self.outside
