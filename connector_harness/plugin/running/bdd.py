"""All that is taken from pytest-bdd's inside.

Its decorators write step definitions into modules and its hooks tell other plugins what runs. Both
are read and served here and nowhere else, so that a new release of it can break one module only;
`tests/plugin/running/test_bdd.py` fails loudly when it does.
"""

import inspect
import re
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

import pluggy
import pytest
import pytest_bdd.parser as bdd
import pytest_bdd.plugin
from pytest_bdd import parsers
from pytest_bdd.compat import inject_fixture
from pytest_bdd.gherkin_parser import Cell, DataTable, Location, Row
from pytest_bdd.steps import StepNamePrefix, step_function_context_registry

from connector_harness.gherkin.feature import (
    FeatureSpec,
    ScenarioSpec,
    StepSpec,
)
from connector_harness.gherkin.step_definition import StepDefinition

Hook = Literal[
    "pytest_bdd_before_scenario",
    "pytest_bdd_after_scenario",
    "pytest_bdd_before_step",
    "pytest_bdd_before_step_call",
    "pytest_bdd_after_step",
    "pytest_bdd_step_error",
]


def step_definitions(plugins: pytest.PytestPluginManager) -> Iterator[StepDefinition]:
    """Yield the step definitions of all loaded plugin modules and conftest files."""
    seen: set[int] = set()
    # In the order of registration: `get_plugins` is a set, and messages would differ between runs.
    for _, plugin in plugins.list_name_plugin():
        if not isinstance(plugin, ModuleType):
            continue
        for name, value in list(vars(plugin).items()):
            if name.startswith(StepNamePrefix.step_def.value) and id(value) not in seen:
                seen.add(id(value))
                yield _definition(value, plugin)


_Fixture = type(pytest.fixture(lambda: None))


def fixture_names(plugins: pytest.PytestPluginManager, *, apart_from: str) -> frozenset[str]:
    """Return the names of the fixtures of all loaded modules but those of one package."""
    return frozenset(
        str(value.name)
        for module, value in _fixtures(plugins)
        if not module.startswith(f"{apart_from}.")
    )


def _fixtures(plugins: pytest.PytestPluginManager) -> Iterator[tuple[str, Any]]:
    """Yield each fixture of all loaded plugin modules and conftest files, with its module."""
    for plugin in plugins.get_plugins():
        for value in list(vars(plugin).values()) if isinstance(plugin, ModuleType) else ():
            if isinstance(value, _Fixture):
                yield plugin.__name__, value


def hiding_fixtures(
    plugins: pytest.PytestPluginManager, *, ours: str
) -> list[tuple[Path, int, str]]:
    """Return file, line and name of each fixture that hides one of *ours*, a package.

    One that asks for what it hides goes on from there, and is left out.
    """
    known = [(str(each.name), module, inspect.unwrap(each)) for module, each in _fixtures(plugins)]
    hidden = {name for name, module, _ in known if module.startswith(f"{ours}.")}
    return sorted(
        (Path(function.__code__.co_filename), function.__code__.co_firstlineno, name)
        for name, module, function in known
        if name in hidden
        and hasattr(function, "__code__")
        and not module.startswith(f"{ours}.")
        and name not in inspect.signature(function).parameters
    )


def has_parameters(
    plugins: pytest.PytestPluginManager, needed: Iterable[str], *, ours: str
) -> bool:
    """Return whether a fixture that is *needed* has parameters, or a hook may give it some.

    A fixture is needed if one asks for it that is, or if it is used by itself.
    """
    marks = {str(e.name): e._fixture_function_marker for _, e in _fixtures(plugins)}  # noqa: SLF001 - told nowhere else
    asking = fixture_parameters(plugins, ours=ours)
    waiting = [*needed, *(name for name, mark in marks.items() if mark.autouse)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in marks and marks[name].params is not None:
            return True
        waiting += asking.get(name, frozenset()) - seen
        seen |= asking.get(name, frozenset())
    hooks = (each.plugin for each in plugins.hook.pytest_generate_tests.get_hookimpls())
    names = (getattr(each, "__name__", None) or type(each).__module__ for each in hooks)
    return any(not name.startswith("_pytest.") for name in names)


def fixture_parameters(
    plugins: pytest.PytestPluginManager, *, ours: str
) -> dict[str, frozenset[str]]:
    """Return what each fixture of all loaded plugin modules and conftest files asks for, by name.

    Of several with one name, what any of them asks for; but a project's own stands for one of
    *ours*, a package, unless it asks for that itself.
    """
    of_ours: dict[str, frozenset[str]] = {}
    own: dict[str, frozenset[str]] = {}
    for module, value in _fixtures(plugins):
        wanted = inspect.signature(inspect.unwrap(value)).parameters
        name = str(value.name)
        asked = of_ours if module.startswith(f"{ours}.") else own
        asked[name] = asked.get(name, frozenset()) | frozenset(wanted)
    inherited = {name: of_ours.get(name, frozenset()) for name in own if name in own[name]}
    return {**of_ours, **own, **{name: own[name] | inherited[name] for name in inherited}}


def behind(
    names: Iterable[str], fixtures: Mapping[str, frozenset[str]], *, apart_from: Container[str] = ()
) -> frozenset[str]:
    """Return *names* with the names of all *fixtures* that they ask for, directly or not.

    Those in *apart_from* are left out, with what they ask for.
    """
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        each = waiting.pop()
        if each not in found and each not in apart_from:
            found.add(each)
            waiting.extend(fixtures.get(each, ()))
    return frozenset(found)


def _definition(fixture: object, module: ModuleType) -> StepDefinition:
    context = step_function_context_registry[inspect.unwrap(fixture)]  # type: ignore[arg-type]  # a fixture
    file = Path(module.__file__ or "")
    return define(
        context.parser,
        type=context.type,
        function=context.step_func,
        converters=dict(context.converters),
        target_fixture=context.target_fixture,
        directory=file.parent if file.name == "conftest.py" else None,
    )


_FIELD = re.compile(r"(?<!\{)\{(\w+)(?::([^{}]*))?\}")
"""A name in braces, and behind a colon how its value is written."""


def define(parser: parsers.StepParser, **about: Any) -> StepDefinition:  # noqa: ANN401  # passed on
    """Return a step definition whose sentence *parser* reads; *about* says the rest."""
    pattern, placeholders = parser.name, dict[str, str]()
    if isinstance(parser, parsers.parse):
        placeholders = {found[1]: found[2] or "" for found in _FIELD.finditer(pattern)}
    elif isinstance(parser, parsers.re):
        placeholders = dict.fromkeys(parser.regex.groupindex, "")
    return StepDefinition(
        pattern=pattern,
        parser=parser,
        is_exact=type(parser) is parsers.string,
        prefix=pattern.partition("{")[0].lower() if isinstance(parser, parsers.parse) else "",
        placeholders=placeholders,
        flags=parser.regex.flags if isinstance(parser, parsers.re) else None,
        **about,
    )


def set_fixture(request: pytest.FixtureRequest, name: str, value: object) -> None:
    """Give *name* the value for the rest of the scenario, also for fixtures that ask for it."""
    inject_fixture(request, name, value)


class Hooks:
    """pytest-bdd's hooks, called only where somebody listens.

    pytest-bdd itself listens to every step for its two reports; it is left out unless one of
    them is asked for, because it serialises each scenario three times.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._callers: dict[str, pluggy.HookCaller | None] = {}
        reports = config.getoption("cucumber_json_path", None) or config.getoption(
            "gherkin_terminal_reporter", default=None
        )
        self._left_out = [] if reports else [pytest_bdd.plugin]

    def caller(self, hook: str) -> pluggy.HookCaller | None:
        """Return what calls *hook*, or None where nobody listens."""
        if hook not in self._callers:
            plugins = self._config.pluginmanager
            caller = plugins.subset_hook_caller(hook, self._left_out)
            self._callers[hook] = caller if caller.get_hookimpls() else None
        return self._callers[hook]

    @property
    def are_heard(self) -> bool:
        """Whether anybody listens to any hook of a scenario or step."""
        return any(self.caller(hook) is not None for hook in get_args(Hook))

    def call(self, hook: Hook, **arguments: object) -> None:
        """Call *hook* for all who listen."""
        caller = self.caller(hook)
        if caller is not None:
            caller(**arguments)

    def apply_tag(self, tag: str, function: Callable[..., object]) -> bool:
        """Return whether a plugin has taken *tag* into its own hands."""
        caller = self._tag_caller
        return bool(caller.get_hookimpls()) and caller(tag=tag, function=function) is not None

    @property
    def tags_are_heard(self) -> bool:
        """Whether a plugin wants to see the tags."""
        return bool(self._tag_caller.get_hookimpls())

    @property
    def _tag_caller(self) -> pluggy.HookCaller:
        plugins = self._config.pluginmanager
        return plugins.subset_hook_caller("pytest_bdd_apply_tag", [pytest_bdd.plugin])


def bdd_feature(spec: FeatureSpec, rootpath: Path) -> bdd.Feature:
    """Return *spec* as the object that pytest-bdd's hooks hand over."""
    return bdd.Feature(
        scenarios=OrderedDict(),
        filename=str(rootpath / spec.path),
        rel_filename=spec.path,
        language=spec.language,
        keyword=spec.keyword,
        name=spec.title,
        tags=set(spec.tags),
        background=None,
        line_number=spec.line,
        description=spec.description,
    )


def bdd_scenario(spec: ScenarioSpec, feature: bdd.Feature) -> bdd.Scenario:
    """Return *spec* as the object that pytest-bdd's hooks hand over."""
    rule = spec.rule
    return bdd.Scenario(
        feature=feature,
        keyword=spec.keyword,
        name=spec.title,
        line_number=spec.outline.line,
        steps=[_bdd_step(step) for step in spec.steps],
        tags=set(spec.own_tags),
        description=spec.description,
        rule=bdd.Rule(rule.keyword, rule.title, rule.description, set(rule.tags)) if rule else None,
    )


def _bdd_step(spec: StepSpec) -> bdd.Step:
    return bdd.Step(
        name=spec.text,
        type=spec.type or "given",
        indent=spec.column - 1,
        line_number=spec.line,
        keyword=spec.keyword,
        datatable=_bdd_table(spec),
        docstring=spec.doc_string.content if spec.doc_string else None,
    )


def _bdd_table(spec: StepSpec) -> DataTable | None:
    if spec.table is None:
        return None
    place = Location(column=spec.column, line=spec.line)
    rows = [Row("", place, [Cell(place, value) for value in row]) for row in spec.table]
    return DataTable(place, rows)
