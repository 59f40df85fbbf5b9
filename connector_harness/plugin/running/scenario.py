"""Running one scenario from the step index."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncContextDecorator, ContextDecorator, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import GeneratorType
from typing import Any, Final, Protocol

import pytest

from connector_harness.contract.contract import ContractError
from connector_harness.control.agent import NotSupportedError
from connector_harness.gherkin.named_documents import NamedDocuments
from connector_harness.gherkin.step_index import ResolvedStep, place
from connector_harness.plugin.running.bdd import Hooks, set_fixture
from connector_harness.results.record import (
    RecordedStep,
    ScenarioUnderWay,
    Status,
)


def now() -> int:
    """Return the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Heard(Protocol):
    """Keeps what has been heard by the end of a step."""

    def __call__(self, *, is_over: bool) -> None:
        """Keep it."""


@dataclass(frozen=True, eq=False)
class LeftToTheEnd:
    """What a step that yields does when the scenario is over."""

    step: RecordedStep
    end: Callable[[], object]


@dataclass
class ScenarioRun:
    """One scenario under way.

    Steps get their fixtures through the request, what happens is kept in the record, and what steps
    give in `given`. The hooks are told of the subject, pytest-bdd's feature and scenario. At the
    end of every step `heard` is called, with whether it was the last one to run, which may raise
    and so fail a step that has passed.
    """

    request: pytest.FixtureRequest
    record: ScenarioUnderWay
    hooks: Hooks
    subject: dict[str, Any]
    given: "StepResults"
    heard: Heard
    _left: list["LeftToTheEnd"] = field(default_factory=list, init=False)

    def run(self, steps: tuple[ResolvedStep, ...]) -> None:
        """Run *steps* in order, up to the first that fails."""
        __tracebackhide__ = True
        subject = {"request": self.request, **self.subject}
        self.hooks.call("pytest_bdd_before_scenario", **subject)
        try:
            for number, step in enumerate(steps):
                self._record_step(step, self.record.kept.steps[number], number)
            # What fails here fails the scenario, at the sentence that has left it to the end.
            while self._left:
                self._finish(self._left[-1])
        finally:
            self.hooks.call("pytest_bdd_after_scenario", **subject)

    def _record_step(self, step: ResolvedStep, record: RecordedStep, number: int) -> None:
        __tracebackhide__ = True
        record.start = now()
        self.record.began.append(time.monotonic())
        self.record.open.append(record)
        try:
            self._run_step(step, number)
            self.heard(is_over=number == len(self.record.kept.steps) - 1)
            record.status = Status.PASSED
        except BaseException as error:
            record.status = status_of(error)
            self.record.failed = record
            self.record.asking = place(step.definition, self.request.config.rootpath)
            self._hear_besides(error)
            raise
        finally:
            self.record.open.clear()
            record.stop = now()

    def _leave(self, number: int, end: Callable[[], object]) -> None:
        """Keep for the end of the scenario what a step has not come to."""
        left = LeftToTheEnd(self.record.kept.steps[number], end)
        self._left.append(left)
        # Where a step fails, its turn comes with that of the fixtures.
        self.request.addfinalizer(lambda: left.end() if left in self._left else None)

    def _finish(self, left: "LeftToTheEnd") -> None:
        __tracebackhide__ = True
        self._left.remove(left)
        record = left.step
        self.record.open.append(record)
        try:
            left.end()
        except BaseException as error:
            error.add_note("it failed in what the step left to the end, behind its `yield`")
            record.status = status_of(error)
            self.record.failed = record
            raise
        finally:
            self.record.open.clear()

    def _hear_besides(self, error: BaseException) -> None:
        """Keep what was heard up to a failure; what is wrong with it is told beside it."""
        try:
            self.heard(is_over=True)
        except ContractError as wrong:
            error.add_note(str(wrong))

    def _run_step(self, step: ResolvedStep, number: int) -> None:
        __tracebackhide__ = True
        definition = step.definition
        hooks = self.hooks
        about: dict[str, Any] = {}
        if self.subject:
            about = {
                "request": self.request,
                **self.subject,
                "step": self.subject["scenario"].steps[number],
                "step_func": definition.function,
            }
            hooks.call("pytest_bdd_before_step", **about)
        arguments: dict[str, Any] = {}
        try:
            with _skipping():
                arguments = self._arguments(step)
                if about:
                    hooks.call("pytest_bdd_before_step_call", **about, step_func_args=arguments)
                value = self._finished(step, definition.function(**arguments), number)
        except (Exception, pytest.fail.Exception) as error:
            if about:
                hooks.call(
                    "pytest_bdd_step_error", **about, step_func_args=arguments, exception=error
                )
            raise
        if definition.target_fixture is not None:
            self.given.give(self.request, definition.target_fixture, value)
        if about:
            hooks.call("pytest_bdd_after_step", **about, step_func_args=arguments)

    def _arguments(self, step: ResolvedStep) -> dict[str, Any]:
        definition = step.definition
        arguments: dict[str, Any] = {
            name: definition.converters[name](value) if name in definition.converters else value
            for name, value in step.arguments.items()
            if name in definition.parameters
        }
        for name, value in step.arguments.items():
            documents: object = definition.converters.get(name)
            if isinstance(documents, NamedDocuments) and name in arguments:
                self.record.documents[documents.place(value)] = arguments[name]
        _add_blocks(step, arguments)
        for name in definition.required:
            if name not in arguments:
                arguments[name] = self._fixture(name)
        return arguments

    def _fixture(self, name: str) -> object:
        values = self.given.values
        if name not in values:
            # The fixture may itself have led to a value of that name.
            values.setdefault(name, self.request.getfixturevalue(name))
        return values[name]

    def _finished(self, step: ResolvedStep, value: Any, number: int) -> object:  # noqa: ANN401  # whatever it returned
        """Return what a step gives, run to its end; what it leaves to the end waits for that.

        Raises:
            UnfinishedStepError: It returned what nobody runs, or a judgement.
        """
        __tracebackhide__ = True
        definition = step.definition
        if inspect.iscoroutine(value):
            value = self._runner.run(value)
        yields = True
        if inspect.isgenerator(value) and inspect.isgeneratorfunction(definition.written):
            started: Iterator[object] = value
            value = next(started)
            self._leave(number, lambda: next(started, None))
        elif inspect.isasyncgen(value) and inspect.isasyncgenfunction(definition.written):
            opened: AsyncIterator[object] = value
            value = self._runner.run(_next(opened))
            self._leave(number, lambda: self._runner.run(_next(opened)))
        elif inspect.isawaitable(value) or inspect.isasyncgen(value):
            kind = type(value).__name__
            raise UnfinishedStepError(f"the step returned an unawaited {kind}, and nobody runs it")
        elif definition.target_fixture is None and isinstance(value, _UNBEGUN):
            kind = "generator" if inspect.isgenerator(value) else "context manager"
            raise UnfinishedStepError(f"the step returned a {kind}, and nobody runs it")
        else:
            yields = False
        is_judgement = "then" in (step.spec.type, definition.type) or (
            # A sentence for all keywords, behind a star, may be one as well.
            step.spec.starred and definition.type is None
        )
        is_told = isinstance(value, bool) or not (yields or value is None)
        if is_judgement and is_told and definition.target_fixture is None:
            what = value if isinstance(value, bool) else f"a {type(value).__name__}"
            raise UnfinishedStepError(
                f"a Then returns nothing, and this one returned {what}",
                "`assert` what has to hold in place of `return`",
            )
        return value

    @cached_property
    def _runner(self) -> asyncio.Runner:
        runner = asyncio.Runner()
        self.request.addfinalizer(runner.close)
        return runner


_UNBEGUN: Final = (GeneratorType, ContextDecorator, AsyncContextDecorator)
"""What a generator function makes, or one below ``contextmanager``, which has not begun."""


async def _next(steps: AsyncIterator[object]) -> object:
    return await anext(steps, None)


class UnfinishedStepError(Exception):
    """A step left undone what it seems to do, or returned its judgement."""

    def __init__(
        self, what: str, advice: str = "write `async def` or `yield` in the step itself"
    ) -> None:
        super().__init__(f"{what}\n  next: {advice}")


class UnbelievedError(Exception):
    """A scenario is reported as passed, and a step of it has not."""

    def __init__(self, path: str, step: RecordedStep) -> None:
        did = "never ran" if step.status is Status.NOT_RUN else f"was {step.status}"
        super().__init__(
            f"reported as passed, though a step {did}: {step.name}\n"
            f"  at: {path}:{step.line}\n"
            "  next: look for a plugin or conftest.py that answers pytest_pyfunc_call or swallows "
            "exceptions; pytest --trace-config lists the plugins"
        )


@contextmanager
def _skipping() -> Iterator[None]:
    try:
        yield
    except NotSupportedError as error:
        # The list of skips names where the agent said so.
        skipped = pytest.skip.Exception(str(error))
        raise skipped.with_traceback(error.__traceback__) from None


def _add_blocks(step: ResolvedStep, arguments: dict[str, Any]) -> None:
    """Add the blocks below *step* under the names that pytest-bdd reserves for them."""
    spec, definition = step.spec, step.definition
    if spec.table is not None and "datatable" in definition.parameters:
        rows = [list(row) for row in spec.table]
        convert: Callable[..., object] | None = definition.converters.get("datatable")
        arguments["datatable"] = rows if convert is None else convert(rows)
    if spec.doc_string is not None and "docstring" in definition.parameters:
        arguments["docstring"] = spec.doc_string.content


def status_of(error: BaseException) -> Status:
    """Return the status of a step that ended in *error*, in Allure's words."""
    if isinstance(error, pytest.skip.Exception):
        return Status.SKIPPED
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return Status.FAILED
    return Status.BROKEN


class StepResults:
    """What the steps of one scenario gave each other, by name (`target_fixture`).

    Steps find a value here. A fixture that asks for it finds it through pytest, for which a
    fixture of each such name is registered once for the whole run; some names are those of real
    *fixtures* too.
    """

    def __init__(self, fixtures: frozenset[str] = frozenset()) -> None:
        self.values: dict[str, object] = {}
        self._shown: set[str] = set(fixtures)

    def give(self, request: pytest.FixtureRequest, name: str, value: object) -> None:
        """Keep *value*; where pytest has handed out a value of that name, replace it there too."""
        self.values[name] = value
        if name in self._shown:
            set_fixture(request, name, value)

    def show(self, name: str, sentences: tuple[str, ...]) -> object:
        """Return the value for a fixture that asks for *name*, which *sentences* would give.

        Raises:
            LookupError: No step has given it yet.
        """
        if name not in self.values:
            known = "\n    ".join(sentences)
            raise LookupError(
                f"no step has given {name!r} yet\n"
                f"  next: write one of these before the step that needs it:\n    {known}"
            )
        self._shown.add(name)
        return self.values[name]
