"""From feature files to pytest's items."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

import pytest

from connector_harness.gherkin.feature import (
    FeatureSpec,
    FeatureSyntaxError,
    ScenarioSpec,
    read_feature,
    variant,
)
from connector_harness.gherkin.guard import Finding, Guard
from connector_harness.gherkin.identity import Place
from connector_harness.gherkin.step_index import ResolvedStep, StepIndex, place
from connector_harness.gherkin.tags import spellings
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.failing import message as failure
from connector_harness.plugin.failing.reason import advice_on_name
from connector_harness.plugin.running.bdd import (
    Hooks,
    bdd_feature,
    bdd_scenario,
    behind,
    fixture_names,
    fixture_parameters,
    has_parameters,
    step_definitions,
)
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.scenario import ScenarioRun, StepResults, now
from connector_harness.plugin.stash import NOTICES
from connector_harness.results.record import Phase, RecordedScenario, ScenarioUnderWay

OURS: Final = "connector_harness.plugin"
"""The package whose fixtures are the harness's own."""


class SpecError(pytest.Collector.CollectError):
    """A feature file that must be mended before anything runs, for all of its findings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def note_findings(report: pytest.CollectReport) -> None:
    """Put the findings of a feature file on its report, in plain values that travel."""
    call = getattr(report, "call", None)
    error = call.excinfo.value if call is not None and call.excinfo is not None else None
    if isinstance(error, SpecError):
        vars(report)["findings"] = [astuple(each) for each in error.findings]


def findings_in(report: pytest.CollectReport) -> list[Finding]:
    """Return the findings that stand on *report*, which may come from a worker."""
    return [Finding(*each) for each in getattr(report, "findings", ())]


HEARING: Final = frozenset({"inbox", "messages"})
"""The fixtures with which a scenario hears, from its beginning on."""


class Spec:
    """What all feature files of a run share.

    Attributes:
        features: Each feature that was collected, with its file.
        refused: Each file of a feature that has findings.
        chosen: The names of the scenarios that are to run, by file; of other files all are.
        ids: The place of each id that a tag has given to a scenario.
        only_given: The names of values that nothing but a step gives.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.hooks = Hooks(config)
        self.features: list[tuple[FeatureSpec, Path]] = []
        self.refused: list[Path] = []
        self.chosen: dict[Path, set[str]] = {}
        self.ids: dict[str, Place] = {}
        self._known_tags: set[str] = set()
        self._index: tuple[int, StepIndex] | None = None
        self._shared: frozenset[str] = frozenset()
        self._provided: set[str] = set()
        self.only_given: frozenset[str] = frozenset()
        self._multiplying: tuple[int, bool] = (0, False)
        self._asked: dict[str, frozenset[str]] | None = None

    @property
    def index(self) -> StepIndex:
        """The step definitions of all modules loaded so far."""
        plugins = self.config.pluginmanager
        count = len(plugins.get_plugins())
        if self._index is None or self._index[0] != count:
            index = StepIndex(step_definitions(plugins))
            self._provide(index)
            self._index = (len(plugins.get_plugins()), index)
        return self._index[1]

    @property
    def multiplies(self) -> bool:
        """Whether a scenario may have to run once for each of several parameters."""
        plugins = self.config.pluginmanager
        count = len(plugins.get_plugins())
        if self._multiplying[0] != count:
            needed = [name for each in self.index.definitions for name in each.required]
            needed += self.config.getini("usefixtures")
            self._multiplying = (count, has_parameters(plugins, needed, ours=OURS))
        return self._multiplying[1]

    def hears(self, steps: Sequence[ResolvedStep]) -> frozenset[str]:
        """Return by which fixtures some *steps* hear, if they do."""
        if self._asked is None:
            self._asked = fixture_parameters(self.config.pluginmanager, ours=OURS)
        given = {each.definition.target_fixture or "" for each in steps}
        wanted = (name for each in steps for name in each.definition.required)
        return HEARING & behind(wanted, self._asked, apart_from=given)

    def results(self) -> StepResults:
        """Return the empty results of a scenario that begins."""
        return StepResults(self._shared)

    def _provide(self, index: StepIndex) -> None:
        # A fixture for each name that only steps give.
        names = {known.target_fixture for known in index.definitions if known.target_fixture}
        fixtures = fixture_names(self.config.pluginmanager, apart_from=OURS)
        self._shared = frozenset(names & fixtures)
        self.only_given = frozenset(names - fixtures)
        new = self.only_given - self._provided
        if new:
            self._provided |= new
            holder = type(
                "StepResultFixtures",
                (),
                {name: _provider(name, _givers(index, name)) for name in new},
            )
            self.config.pluginmanager.register(holder())

    def mark(self, tag: str) -> pytest.Mark:
        """Return the mark of *tag*, which becomes a registered marker by being used."""
        self.register(tag)
        if tag.isidentifier() and not tag.startswith("_"):
            mark: pytest.Mark = getattr(pytest.mark, tag).mark
            return mark
        # pytest makes no mark of such a name, but it selects by it all right.
        named = copy.copy(pytest.mark.usefixtures().mark)
        object.__setattr__(named, "name", tag)
        return named

    def register(self, tag: str) -> None:
        """Make *tag* a registered marker."""
        if tag not in self._known_tags:
            self._known_tags.add(tag)
            self.config.addinivalue_line("markers", MarkerLine(tag))


class MarkerLine(str):
    """A line of the setting ``markers`` that is the name of a marker, whatever signs it holds.

    pytest takes the name to end at the first colon or bracket, and refuses ``-m severity:critical``
    as unknown.
    """

    __slots__ = ()

    def split(self, *_: object) -> list[str]:
        """Return the whole line as the one part it has."""
        return [self]


def _givers(index: StepIndex, name: str) -> tuple[str, ...]:
    return tuple(known.pattern for known in index.definitions if known.target_fixture == name)


def _provider(name: str, sentences: tuple[str, ...]) -> Callable[..., object]:
    @pytest.fixture(name=name)
    def provide(_self: object, request: pytest.FixtureRequest) -> object:
        return request.node.given.show(name, sentences)

    return provide


SPEC = pytest.StashKey[Spec]()


class FeatureFile(pytest.Module):
    """A feature file; its items are its scenarios, in file order.

    It is a module to pytest, so that fixtures may have its scope.

    Attributes:
        collected: Its items, whatever becomes of them; empty until they are collected.
    """

    collected: "tuple[ScenarioItem, ...]" = ()

    @cached_property
    def obj(self) -> ModuleType:
        """What fixtures are told of as their module: a feature file has no code of its own."""
        module = ModuleType(self.path.stem, f"The feature file {self.path.name}.")
        module.__file__ = str(self.path)
        return module

    def collect(self) -> "tuple[ScenarioItem, ...]":
        """Return the scenarios.

        Raises:
            SpecError: The guard has findings.
        """
        self.collected = tuple(self._scenarios())
        return self.collected

    def _scenarios(self) -> Iterator["ScenarioItem"]:
        spec = self.config.stash[SPEC]
        feature = self._read()
        guard = Guard(
            feature,
            self.path,
            spec.index,
            self.config.rootpath,
            only_given=spec.only_given,
            ids=spec.ids,
        )
        resolved = guard.resolve()
        found = guard.findings or [*dict.fromkeys(self._nowhere(resolved))]
        if found:
            raise SpecError(found)
        self.config.stash[NOTICES].extend(guard.notices())
        spec.features.append((feature, self.path))
        shared: Any = None
        chosen = spec.chosen.get(self.path.resolve())
        for scenario, steps in zip(feature.scenarios, resolved, strict=True):
            if chosen is not None and scenario.name not in chosen:
                continue
            item = self._item(feature, scenario, steps, fixtureinfo=shared)
            shared = shared or item._fixtureinfo  # noqa: SLF001 - worked out once a file
            if spec.multiplies:
                yield from self._variants(item)
            else:
                yield item

    def _nowhere(self, scenarios: Iterable[Sequence[ResolvedStep]]) -> Iterator[Finding]:
        """Yield a finding for each step that asks for what no step gives and no fixture is."""
        spec = self.config.stash[SPEC]
        given = {each.target_fixture for each in spec.index.definitions if each.target_fixture}
        known = {*given, "request", "datatable", "docstring"}
        for step in (step for steps in scenarios for step in steps):
            definition = step.definition
            for name in definition.required:
                if name in known or name in step.arguments:
                    continue
                if self.session._fixturemanager.getfixturedefs(name, self) is not None:  # noqa: SLF001 - told nowhere else
                    known.add(name)
                    continue
                where = place(definition, self.config.rootpath)
                yield Finding(
                    relative(self.path, self.config.rootpath),
                    step.spec.line,
                    f"no step gives {name!r}, and no fixture has that name: {where}",
                    advice_on_name(name, given),
                )

    def _variants(self, item: "ScenarioItem") -> Iterator["ScenarioItem"]:
        """Yield *item*, or in its place one for each set of parameters that its fixtures have.

        pytest works them out from what a function asks for, which here are its steps. They ask for
        their fixtures in their own time all the same: those may need what an earlier step gives.
        """
        given = {step.definition.target_fixture for step in item.steps}
        given |= self.config.stash[SPEC].only_given
        needed = {name for step in item.steps for name in step.definition.required} - given
        asking: Any = FunctionType(play.__code__, play.__globals__)
        asking.pytestmark = [*item.own_markers]
        if needed:
            asking.pytestmark.append(pytest.mark.usefixtures(*sorted(needed)).mark)
        probe: pytest.Function = pytest.Function.from_parent(self, name=item.name, callobj=asking)
        later = {*_closure(probe)} - {*_closure(item)}
        # Where pytest looks for the functions of a module.
        setattr(self.obj, item.name, asking)
        for each in self._genfunctions(item.name, asking):
            callspec = getattr(each, "callspec", None)
            if callspec is None:
                yield item
                continue
            names = [name for name in _closure(each) if name not in later]
            info = replace(each._fixtureinfo, names_closure=names)  # noqa: SLF001 - as above
            scenario = variant(item.scenario, callspec.id)
            yield self._item(
                item.feature,
                scenario,
                item.steps,
                original=item.scenario,
                originalname=item.name,
                callspec=callspec,
                keywords={callspec.id: True},
                fixtureinfo=info,
            )

    def _read(self) -> FeatureSpec:
        path = relative(self.path, self.config.rootpath)
        try:
            feature = read_feature(self.path, path)
        except FeatureSyntaxError as error:
            raise SpecError(Finding(path, *problem) for problem in error.problems) from None
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
            raise SpecError([Finding(path, 1, what, "let it be read, or remove it")]) from None
        if feature is None:
            what = "no feature in this file, so nothing of it would run"
            raise SpecError([Finding(path, 1, what, "write one, or remove the file")])
        return feature

    def _item(
        self,
        feature: FeatureSpec,
        scenario: ScenarioSpec,
        steps: tuple[ResolvedStep, ...],
        **about: Any,  # noqa: ANN401 - pytest keeps its types to itself
    ) -> "ScenarioItem":
        spec = self.config.stash[SPEC]
        function: Callable[[pytest.FixtureRequest], None] = play
        tags = scenario.tags
        if spec.hooks.tags_are_heard:
            # A plugin may ask for fixtures by a tag, so what one scenario needs is not shared.
            function = FunctionType(play.__code__, play.__globals__)
            about = about if "callspec" in about else {}
            tags = tuple(tag for tag in tags if not spec.hooks.apply_tag(tag, function))
        item: ScenarioItem = ScenarioItem.from_parent(
            self,
            name=scenario.name,
            callobj=function,
            feature=feature,
            scenario=scenario,
            steps=steps,
            **about,
        )
        for tag in (*tags, *spellings(tags)):
            mark = spec.mark(tag)
            item.own_markers.append(mark)
            item.keywords[tag] = mark
        return item

    def repr_failure(  # type: ignore[override]  # pytest's own subclasses narrow it likewise
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:  # noqa: ANN401 - as pytest declares it
        """Return the findings alone, without a traceback."""
        if isinstance(excinfo.value, SpecError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def _closure(item: pytest.Function) -> list[str]:
    names: list[str] = item._fixtureinfo.names_closure  # noqa: SLF001 - told nowhere else
    return names


def relative(path: Path, rootpath: Path) -> str:
    """Return *path* as messages name it: from the rootdir, with forward slashes."""
    return path.relative_to(rootpath).as_posix() if path.is_relative_to(rootpath) else path.name


def play(request: pytest.FixtureRequest) -> None:
    """Run the scenario that *request* belongs to."""
    __tracebackhide__ = True
    request.node.play(request)


class ScenarioItem(pytest.Function):
    """One scenario, or one row of an outline; of one with parameters, once for each of them.

    Such a one knows the original, as it stands in the feature file.
    """

    _read_id: Any = None

    def __init__(
        self,
        *,
        feature: FeatureSpec,
        scenario: ScenarioSpec,
        steps: tuple[ResolvedStep, ...],
        original: ScenarioSpec | None = None,
        **kwargs: Any,  # noqa: ANN401 - passed on to pytest
    ) -> None:
        super().__init__(**kwargs)
        self.feature = feature
        self.scenario = scenario
        self.steps = steps
        self.original = original
        self.record: ScenarioUnderWay | None = None
        self.given = StepResults()

    @property
    def id(self) -> Any:  # noqa: ANN401  # pytest keeps its type to itself
        """The node id as pytest reads it from text, where a row's values are parameters.

        ``--lf`` compares what it has read with this.
        """
        if self._read_id is None:
            written = super().id
            self._read_id = type(written).parse(str(written))
        return self._read_id

    def begin(self) -> ScenarioUnderWay:
        """Return a fresh record: the scenario is about to run, perhaps not for the first time."""
        kept = RecordedScenario.of(self.feature, self.scenario)
        kept.start = now()
        self.record = ScenarioUnderWay(kept)
        self.given = self.config.stash[SPEC].results()
        return self.record

    def play(self, request: pytest.FixtureRequest) -> None:
        """Run the steps."""
        __tracebackhide__ = True
        spec = self.config.stash[SPEC]
        record = self.record or self.begin()
        subject: dict[str, Any] = {}
        if spec.hooks.are_heard:
            feature = bdd_feature(self.feature, self.config.rootpath)
            subject = {"feature": feature, "scenario": bdd_scenario(self.scenario, feature)}
        run = ScenarioRun(
            request,
            record=record,
            hooks=spec.hooks,
            subject=subject,
            given=self.given,
            heard=self.config.stash[EVIDENCE].heard,
        )
        under_test = self.config.stash[ENDPOINT]
        under_test.require()
        # What is heard must not depend on the scenarios that ran before.
        for name in sorted(spec.hears(self.steps)):
            request.getfixturevalue(name)
        try:
            run.run(self.steps)
        except Exception as error:
            if under_test.look():
                raise under_test.loss(error) from error
            under_test.note(record, error)
            raise
        under_test.note(record, None)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the scenario stands, for headlines and editors."""
        return self.path, self.scenario.line - 1, self.scenario.name

    def repr_failure(  # type: ignore[override]  # as above
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:  # noqa: ANN401 - as pytest declares it
        """Return what failed in the words of the feature; with ``--full-trace``, the traceback."""
        if self.record is None or self.config.getoption("fulltrace", default=False):
            return super().repr_failure(excinfo)
        return failure.describe(self.config, self.record, excinfo.value, Phase.CALL, self.given)
