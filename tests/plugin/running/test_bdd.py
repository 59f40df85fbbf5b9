"""pytest-bdd is as the adapter takes it to be, and its users find all they know.

A test that fails here after an update of pytest-bdd shows what
`connector_harness.plugin.running.bdd` must learn.
"""

import inspect
import json
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_bdd.hooks
from pytest_bdd import parsers
from pytest_bdd.feature import get_feature

from connector_harness.gherkin.feature import FeatureSpec, read_feature
from connector_harness.plugin.running.bdd import (
    Hook,
    bdd_feature,
    bdd_scenario,
    step_definitions,
)
from tests.project import Project, Seen

FEATURE = '''
    @feature
    Feature: A shop
      Why it matters.

      Background:
        Given a basket

      Rule: Things can be added
        @negative
        Scenario Outline: Adding <count>
          So many.

          When "tea" is added
          And these are added:
            | <thing> |
          And the note is written:
            """
            <thing>
            """
          Then the basket holds <count>
          And the basket holds 2

          @row
          Examples:
            | thing | count |
            | milk  | 2     |
            | milk  | 3     |

      Scenario: A step that skips
        When nobody is there
        Then the basket holds 0
'''

SKIPPING = """
    import pytest


    @when("nobody is there")
    def nobody_is_there():
        pytest.skip("closed")
"""

LISTENING = '''
    """Tells every hook of pytest-bdd that fires, and what it was given."""

    pytest_plugins = ["shop_steps"]
    TOLD = []


    def shown(value):
        names = ("name", "type", "keyword", "line_number")
        return type(value).__name__, *(getattr(value, name, None) for name in names)


    def tell(hook, given):
        request = given["request"]
        given = {name: value for name, value in given.items() if name != "request"}
        arguments = given.get("step_func_args")
        if arguments is not None:
            given["step_func_args"] = sorted(arguments)
        if "step_func" in given:
            given["step_func"] = given["step_func"].__name__
        row = {name: shown(v) if name not in PLAIN else v for name, v in given.items()}
        request.getfixturevalue("seen").append((hook, type(request).__name__, row))


    PLAIN = ("step_func", "step_func_args")


    def pytest_bdd_before_scenario(request, feature, scenario):
        tell("before_scenario", locals())


    def pytest_bdd_after_scenario(request, feature, scenario):
        tell("after_scenario", locals())


    def pytest_bdd_before_step(request, feature, scenario, step, step_func):
        tell("before_step", locals())


    def pytest_bdd_before_step_call(request, feature, scenario, step, step_func, step_func_args):
        tell("before_step_call", locals())


    def pytest_bdd_after_step(request, feature, scenario, step, step_func, step_func_args):
        tell("after_step", locals())


    def pytest_bdd_step_error(
        request, feature, scenario, step, step_func, step_func_args, exception
    ):
        tell("step_error", locals())
'''

BARE = """
    [tool.pytest]
    pythonpath = ["."]
    addopts = [
        "--import-mode=importlib", "-p", "no:connector_harness.plugin",
        "-p", "no:anyio", "-p", "no:hypothesispytest", "-p", "no:rerunfailures",
    ]
    markers = ["feature", "negative", "row"]
    filterwarnings = ["ignore"]
"""

BINDING = """
    from pytest_bdd import scenarios

    scenarios("features")
"""


def run_bare(project: Project, *args: str) -> list[Any]:
    """Run the features with pytest-bdd alone and return what its hooks told."""
    project.write("bare.toml", BARE)
    project.write("test_features.py", BINDING)
    seen = Seen()
    project.pytester.runpytest_inprocess(
        "-c", "bare.toml", "test_features.py", *args, plugins=[seen]
    )
    return seen.values


@pytest.fixture
def spec(tmp_path: Path) -> FeatureSpec:
    """The feature above, as we read it; its file stands in *tmp_path*."""
    file = tmp_path / "features" / "shop.feature"
    file.parent.mkdir()
    file.write_text(textwrap.dedent(FEATURE), encoding="utf-8")
    spec = read_feature(file, "features/shop.feature")
    assert spec is not None
    return spec


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with the feature above."""
    project.feature(FEATURE)
    project.steps(SKIPPING)
    return project


def module(source: str) -> ModuleType:
    """Return a module with the step definitions in *source*."""
    made = ModuleType("made")
    made.__file__ = "/project/features/conftest.py"
    exec(textwrap.dedent(source), vars(made))  # noqa: S102 - decorators write where they stand
    return made


def public(value: object, *left_out: str) -> dict[str, object]:
    """Return the attributes of one of pytest-bdd's objects."""
    return {
        name: getattr(value, name)
        for name in value.__dataclass_fields__  # type: ignore[attr-defined]
        if name not in left_out
    }


def test_decorated_functions_are_found_in_modules() -> None:
    """All that a decorator says of a step function arrives in its definition."""
    plugins = pytest.PytestPluginManager()
    plugins.register(
        module("""
            from pytest_bdd import parsers, when

            @when(parsers.parse("{n} figs"), converters={"n": int}, target_fixture="figs")
            def n_figs(n, other, *, third=3):
                return n
        """)
    )

    [definition] = step_definitions(plugins)

    assert (definition.type, definition.pattern) == ("when", "{n} figs")
    assert isinstance(definition.parser, parsers.parse)
    assert definition.converters == {"n": int}
    assert definition.target_fixture == "figs"
    assert definition.function(7, 0) == 7
    assert definition.parameters == {"n", "other", "third"}
    assert definition.required == ("n", "other")
    assert definition.directory == Path("/project/features")


def test_string_is_exact_and_step_answers_to_every_keyword() -> None:
    """A plain string becomes pytest-bdd's exact parser; ``@step`` has no type."""
    plugins = pytest.PytestPluginManager()
    plugins.register(
        module("""
            from pytest_bdd import step

            @step("a basket")
            def a_basket():
                yield
        """)
    )

    [definition] = step_definitions(plugins)

    assert definition.is_exact
    assert definition.type is None
    assert definition.arguments("a basket") == {}
    assert definition.arguments("a casket") is None


def test_definitions_come_in_the_order_of_their_modules() -> None:
    """Messages that name several definitions read the same in every run."""
    plugins = pytest.PytestPluginManager()
    source = 'from pytest_bdd import given\n\n@given("{}")\ndef f(): pass\n'
    for number in range(20):
        plugins.register(module(source.format(number)), f"plugin {number}")

    patterns = [definition.pattern for definition in step_definitions(plugins)]

    assert patterns == [str(number) for number in range(20)]


def test_hooks_are_those_that_are_called() -> None:
    """pytest-bdd has no hook for a running scenario that we do not call."""
    declared = {name for name in vars(pytest_bdd.hooks) if name.startswith("pytest_bdd_")}

    # The guard finds undefined steps, and tags are applied at collection.
    elsewhere = {"pytest_bdd_step_func_lookup_error", "pytest_bdd_apply_tag"}
    assert declared == elsewhere | set(Hook.__args__)  # type: ignore[attr-defined]


def test_tag_hook_takes_tag_and_function() -> None:
    """The hook for tags is called with the names that it declares."""
    hook = inspect.signature(pytest_bdd.hooks.pytest_bdd_apply_tag)

    assert list(hook.parameters) == ["tag", "function"]


def test_feature_object_is_like_pytest_bdds_own(spec: FeatureSpec, tmp_path: Path) -> None:
    """Hooks get the feature that pytest-bdd would have read itself."""
    own = get_feature(str(tmp_path / "features"), "shop.feature")

    ours = bdd_feature(spec, tmp_path)

    left_out = ("scenarios", "background")
    assert public(ours, *left_out) == public(own, *left_out)


def test_scenario_object_is_like_pytest_bdds_own(spec: FeatureSpec, tmp_path: Path) -> None:
    """Hooks get the scenario, its rule and its steps as pytest-bdd would have rendered them."""
    own_feature = get_feature(str(tmp_path / "features"), "shop.feature")
    template = own_feature.scenarios["Adding <count>"]
    own = template.render({"thing": "milk", "count": "2"})

    ours = bdd_scenario(spec.scenarios[0], own_feature)

    assert public(ours, "steps", "rule") == public(own, "steps", "rule")
    assert (ours.rule is None, own.rule is None) == (False, False)
    assert public(ours.rule) == public(own.rule)
    assert [shown_step(step) for step in ours.steps] == [shown_step(step) for step in own.steps]


def shown_step(step: Any) -> dict[str, object]:  # noqa: ANN401
    """Return what hooks can read from a step; cells without their columns in the file."""
    values = public(step, "datatable", "background", "parent", "location")
    return values | {"table": step.datatable and step.datatable.raw()}


def test_hooks_fire_as_in_pytest_bdd(shop: Project) -> None:
    """The same hooks in the same order with the same arguments, through every kind of ending."""
    shop.write("conftest.py", LISTENING)
    expected = run_bare(shop)

    shop.run("features")

    assert shop.seen == expected
    told = {f"pytest_bdd_{value[0]}" for value in expected if value != "basket"}
    assert told == set(Hook.__args__)  # type: ignore[attr-defined]


def test_cucumber_json_is_that_of_pytest_bdd(shop: Project) -> None:
    """``--cucumberjson`` writes what pytest-bdd alone would write."""
    run_bare(shop, "--cucumberjson", "bare.json")

    shop.run("features", "--cucumberjson", "ours.json")

    bare, ours = (cucumber_elements(shop.root / f"{name}.json") for name in ("bare", "ours"))
    assert ours == bare
    assert len(ours) == 3


def cucumber_elements(file: Path) -> list[dict[str, Any]]:
    """Return the scenarios of a cucumber file without ids and what differs between runs."""
    features: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    elements = [element for feature in features for element in feature["elements"]]
    for element in elements:
        del element["id"]
        for step in element["steps"]:
            del step["result"]["duration"]
            step["result"].pop("error_message", None)
    return elements


def test_gherkin_reporter_shows_the_steps(shop: Project) -> None:
    """``--gherkin-terminal-reporter`` shows feature, scenario and steps as it does elsewhere."""
    run = shop.run("--gherkin-terminal-reporter", "-vv", "features/shop.feature:24")

    run.stdout.fnmatch_lines(
        ["Feature: A shop", "*Scenario Outline: Adding 2*", "*Given a basket*", "*PASSED*"]
    )


APPLY_TAG = """
    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture
    def database(seen):
        seen.append("database")


    def pytest_bdd_apply_tag(tag, function):
        if tag == "todo":
            pytest.mark.skip(reason="not yet")(function)
            return True
        if tag == "database":
            pytest.mark.usefixtures("database")(function)
            return True
        return None
"""

TAGGED = """
    Feature: Tags
      Scenario: Plain
        Given a basket
      @todo
      Scenario: Later
        Given a basket
      @database
      Scenario: Stored
        Given a basket
      @other
      Scenario: Other
        Given a basket
"""


def test_tag_hook_may_take_a_tag_over(project: Project) -> None:
    """A tag that a plugin handles marks that scenario and no other; the rest become markers."""
    project.write("conftest.py", APPLY_TAG)
    project.feature(TAGGED)

    run = project.run()

    run.assert_outcomes(passed=3, skipped=1)
    run.stdout.fnmatch_lines(["SKIPPED *features/shop.feature:5: not yet"])
    project.run("-m", "other").assert_outcomes(passed=1, deselected=3)


def test_tag_hook_may_ask_for_fixtures(project: Project) -> None:
    """``usefixtures`` put on a scenario by its tag sets the fixture up there and nowhere else."""
    project.write("conftest.py", APPLY_TAG)
    project.feature(TAGGED)

    project.run()

    assert project.seen == ["basket", "database", "basket", "basket"]


def test_step_that_yields_is_finished_with_the_scenario(project: Project) -> None:
    """What follows a yield runs at the end of the scenario, the last step's first."""
    project.steps("""
        @given(parsers.parse("a lamp {name}"), target_fixture="lamp")
        def a_lamp(name, seen):
            seen.append(f"on {name}")
            yield name
            seen.append(f"off {name}")


        @then("it is lit")
        def it_is_lit(lamp, seen):
            seen.append(f"lit {lamp}")
    """)
    project.feature("""
        Feature: F
          Scenario: S
            Given a lamp A
            And a lamp B
            Then it is lit
    """)

    project.run().assert_outcomes(passed=1)

    assert project.seen == ["on A", "on B", "lit B", "off B", "off A"]


def test_error_after_a_yield_fails_the_scenario(project: Project) -> None:
    """A step that cannot clean up has failed, and so has its scenario."""
    project.steps("""
        @given("a lamp")
        def a_lamp():
            yield
            raise RuntimeError("the bulb is hot")
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a lamp\n")

    run = project.run()

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(["*RuntimeError: the bulb is hot*"])


FIXTURES = """
    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture
    def price():
        return 1


    @pytest.fixture
    def bill(basket, price):
        return f"{len(basket)} at {price}"
"""

BILL = """
    @given(parsers.parse("a price of {price:d}"), target_fixture="price")
    def a_price_of(price):
        return price


    @then("it is billed")
    def it_is_billed(bill, seen):
        seen.append(bill)


    @then("it is free")
    def it_is_free(price, seen):
        seen.append(price)
"""


def test_fixture_sees_what_steps_gave(project: Project) -> None:
    """A fixture asks for a step's result by its name, and a result may replace a fixture."""
    project.write("conftest.py", FIXTURES)
    project.steps(BILL)
    project.feature("""
        Feature: F
          Scenario: Default
            Given a basket
            Then it is billed
          Scenario: Replaced
            Given a basket
            And a price of 5
            Then it is billed
          Scenario: Replaced after its use
            Given a basket
            Then it is free
            Given a price of 6
            Then it is billed
            And it is free
    """)

    project.run().assert_outcomes(passed=3)

    told = [value for value in project.seen if value != "basket"]
    assert told == ["0 at 1", "0 at 5", 1, "0 at 6", 6]


def test_later_result_replaces_what_a_fixture_has_seen(project: Project) -> None:
    """A fixture set up after a step has given a value anew gets the new one."""
    project.write(
        "conftest.py",
        """
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture
        def lid(cup):
            return f"lid of {cup}"


        @pytest.fixture
        def saucer(cup):
            return f"saucer of {cup}"
        """,
    )
    project.steps("""
        @given(parsers.parse("a {colour} cup"), target_fixture="cup")
        def a_cup(colour):
            return colour


        @then(parsers.parse("the {part} is told"))
        def the_part_is_told(part, request, seen):
            seen.append(request.getfixturevalue(part))
    """)
    project.feature("""
        Feature: F
          Scenario: S
            Given a red cup
            Then the lid is told
            Given a blue cup
            Then the saucer is told
            And the cup is told
    """)

    project.run().assert_outcomes(passed=1)

    assert project.seen == ["lid of red", "saucer of blue", "blue"]


def test_results_of_steps_do_not_outlive_their_scenario(project: Project) -> None:
    """A scenario that has not given a value does not find that of the one before."""
    project.write("conftest.py", FIXTURES)
    project.steps(BILL)
    project.feature("""
        Feature: F
          Scenario: First
            Given a basket
            Then it is billed
          Scenario: Second
            Then it is billed
    """)

    run = project.run()

    run.assert_outcomes(passed=1, failed=1)
    run.stdout.fnmatch_lines(
        [
            "[[]spec] LookupError: no step has given 'basket' yet",
            "next: write one of these before the step that needs it:",
            "  a basket",
        ]
    )


def test_step_asks_for_fixtures_request_and_defaults(project: Project) -> None:
    """Step functions get fixtures of pytest, ``request``, and keep their default values."""
    project.steps("""
        @given("a place")
        def a_place(tmp_path, request, seen, colour="blue"):
            seen.append((tmp_path.is_dir(), request.node.name, colour))
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a place\n")

    project.run().assert_outcomes(passed=1)

    assert project.seen == [(True, "S", "blue")]


def test_converters_make_values_of_arguments(project: Project) -> None:
    """A converter is called with the text of its argument; others stay text."""
    project.steps("""
        @given(parsers.re(r"(?P<n>\\d+) of (?P<what>.*)"), converters={"n": int})
        def n_of(n, what, seen):
            seen.append((n, what))
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given 3 of 4\n")

    project.run().assert_outcomes(passed=1)

    assert project.seen == [(3, "4")]


def test_function_may_have_several_sentences(project: Project) -> None:
    """Decorators stack: each is a sentence of the same function."""
    project.steps("""
        @given("a cup", target_fixture="cup")
        @when("a mug")
        def a_cup(seen):
            seen.append("cup")
    """)
    project.feature("Feature: F\n  Scenario: S\n    Given a cup\n    When a mug\n")

    project.run().assert_outcomes(passed=1)

    assert project.seen == ["cup", "cup"]


def test_sentence_with_placeholders_keeps_its_arguments(project: Project) -> None:
    """Table rows arrive as lists of text, doc strings as text, each run with its own."""
    project.steps("""
        @given("a pair")
        def a_pair(datatable, seen):
            seen.append(datatable)
            datatable.clear()


        @given("a text")
        def a_text(docstring, seen):
            seen.append(docstring)
    """)
    project.feature('''
        Feature: F
          Scenario Outline: <a>
            Given a pair
              | <a> | b |
            And a text
              """
              <a>
              """
            Examples:
              | a |
              | 1 |
              | 2 |
    ''')

    project.run().assert_outcomes(passed=2)

    assert project.seen[1::2] == ["1", "2"]


def test_consumer_is_one_for_steps_and_fixtures(project: Project) -> None:
    """A fixture that runs before the steps, and the steps, speak of the same consumer."""
    project.write(
        "conftest.py",
        """
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture(autouse=True)
        def early(consumer, seen):
            seen.append(consumer)
        """,
    )
    project.steps("""
        @given("a consumer")
        def a_consumer(consumer, seen):
            seen.append(consumer)
    """)
    project.feature("""
        Feature: F
          Scenario: One
            Given a consumer
          Scenario: Two
            Given a consumer
    """)

    project.run().assert_outcomes(passed=2)

    one, same, two, again = project.seen
    assert (one, two) == (same, again)
    assert one != two
