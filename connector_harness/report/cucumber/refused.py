"""Features that findings kept from running, as messages: which step has no definition, or several.

A step that has one is skipped, since nothing of such a feature runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gherkin.pickles.compiler import Pickle
from gherkin.stream.id_generator import IdGenerator

from connector_harness.gherkin.feature import ScenarioSpec
from connector_harness.report.cucumber.definitions import Definitions, Message
from connector_harness.report.cucumber.message_cases import moment
from connector_harness.results.reader import Definition
from connector_harness.results.run_facts import Problem

STATUSES: Final = {0: "UNDEFINED", 1: "SKIPPED"}
"""How a step ends by how many definitions it has; with more of them it is ambiguous."""


@dataclass
class RefusedCase:
    """A scenario with steps that mean nothing, or more than one thing, and its pickle."""

    path: str
    scenario: ScenarioSpec
    pickle: Pickle
    meant: tuple[tuple[Definition, ...], ...]
    ids: IdGenerator

    def __post_init__(self) -> None:
        """Give the test case and its steps their ids."""
        self._id = self.ids.get_next_id()
        self._steps = [self.ids.get_next_id() for _ in self.pickle["steps"]]

    @property
    def is_at_fault(self) -> bool:
        """Whether it has such a step."""
        return any(len(each) != 1 for each in self.meant)

    def plan(self, run: str, definitions: Definitions) -> Message:
        """Return its test case."""
        steps = [
            {"id": id_, "pickleStepId": step["id"], **definitions.of(meant, step["text"])}
            for id_, step, meant in zip(self._steps, self.pickle["steps"], self.meant, strict=True)
        ]
        about = {"id": self._id, "pickleId": self.pickle["id"], "testRunStartedId": run}
        return {"testCase": about | {"testSteps": steps}}

    def events(self, start: int, problems: tuple[Problem, ...]) -> Iterator[Message]:
        """Yield what came of it; *problems* say why."""
        time, case = {"timestamp": moment(start)}, self.ids.get_next_id()
        yield {"testCaseStarted": {"id": case, "testCaseId": self._id, "attempt": 0} | time}
        for id_, step, meant in zip(self._steps, self.scenario.steps, self.meant, strict=True):
            about: Message = {"testCaseStartedId": case, "testStepId": id_}
            yield {"testStepStarted": about | time}
            ended: Message = {
                "status": STATUSES.get(len(meant), "AMBIGUOUS"),
                "duration": moment(0),
            }
            here = [str(e) for e in problems if (e.path, e.line) == (self.path, step.line)]
            if len(meant) != 1 and here:
                ended["message"] = "\n".join(here)
            yield {"testStepFinished": about | {"testStepResult": ended} | time}
        yield {"testCaseFinished": {"testCaseStartedId": case, "willBeRetried": False} | time}
