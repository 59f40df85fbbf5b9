"""A step is run to its end, whatever its function is, or the scenario fails."""

import pytest

from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import Project

STEPS = """
    import asyncio
    import contextlib
    import functools
    from concurrent.futures import ThreadPoolExecutor

    from pytest_bdd import step


    def decorated(function):
        @functools.wraps(function)
        def called(**arguments):
            return function(**arguments)

        return called


    class Later:
        def __await__(self):
            yield from ()


    @given("a jar that is fetched", target_fixture="jar")
    async def a_jar_that_is_fetched(seen):
        await asyncio.sleep(0)
        seen.append(asyncio.get_running_loop())
        return "jar"


    @when("it is opened for a while")
    async def it_is_opened_for_a_while(jar, seen):
        seen.append(asyncio.get_running_loop())
        yield
        seen.append(f"{jar} closed")


    @when("it is moved")
    @decorated
    async def it_is_moved(jar, seen):
        seen.append(f"{jar} moved")


    @then("it is empty")
    async def it_is_empty(jar):
        await asyncio.sleep(0)
        assert jar == "", f"{jar} is there"


    @when("it comes by and by")
    def it_comes_by_and_by():
        return Later()


    @when("all of them are moved")
    def all_of_them_are_moved(seen):
        return (seen.append(number) for number in range(3))


    @when("they are sent for")
    def they_are_sent_for():
        async def one():
            yield 1

        return one()


    @given("some numbers", target_fixture="numbers")
    def some_numbers():
        return (number for number in range(3))


    @then("there are three")
    def there_are_three(numbers):
        assert len([*numbers]) == 3


    @then("they are judged")
    def they_are_judged(seen):
        return bool(seen)


    @step("they are judged by anybody")
    def they_are_judged_by_anybody(seen):
        return bool(seen)


    @then("each is judged")
    def each_is_judged():
        return map(bool, [0, 1])


    @then("they are judged in time")
    def they_are_judged_in_time(seen):
        return ThreadPoolExecutor().submit(seen.index, "nothing")


    @when("they are moved with care")
    @contextlib.contextmanager
    def they_are_moved_with_care():
        raise ValueError
        yield


    @when("they are fetched with care")
    @contextlib.asynccontextmanager
    async def they_are_fetched_with_care():
        raise ValueError
        yield


    @given("a jar that is lent", target_fixture="jar")
    @decorated
    def a_jar_that_is_lent(seen):
        seen.append("lent")
        yield "jar"
        seen.append("back")


    @given("a jar that is sent for", target_fixture="jar")
    @decorated
    async def a_jar_that_is_sent_for(seen):
        seen.append("lent")
        yield "jar"
        seen.append("back")


    def is_a_jar(expected, jar):
        assert jar == expected, f"it is a {jar}"


    class IsAJar:
        def __call__(self, jar):
            assert jar == "tin", f"it is a {jar}"


    then("it is a jar")(functools.partial(is_a_jar, "jar"))
    then("it is a tin")(functools.partial(is_a_jar, "tin"))
    then("it is a tin, too")(IsAJar())
"""


@pytest.fixture
def jars(project: Project) -> Project:
    """A project whose steps are functions of every kind."""
    project.steps(STEPS)
    return project


def play(project: Project, *steps: str) -> pytest.RunResult:
    """Run a scenario of these steps."""
    lines = "\n".join(f"    {step}" for step in steps)
    project.feature(f"Feature: F\n  Scenario: S\n{lines}\n")
    return project.run()


def test_coroutines_run_on_one_loop_of_the_scenario(jars: Project) -> None:
    """What a step waits for comes before the next one, and what follows a yield at the end."""
    steps = ("Given a jar that is fetched", "When it is opened for a while", "And it is moved")

    play(jars, *steps).assert_outcomes(passed=1)

    first, second, *others = jars.seen
    assert first is second
    assert others == ["jar moved", "jar closed"]


def test_assert_of_a_coroutine_is_heard(jars: Project) -> None:
    """It fails its own step, as that of any other function does."""
    run = play(jars, "Given a jar that is fetched", "Then it is empty")

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(["  FAILED   Then it is empty*", "[[]product[]] jar is there*"])


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("When it comes by and by", "returned an unawaited Later, and nobody runs it"),
        ("When all of them are moved", "returned a generator, and nobody runs it"),
        ("When they are sent for", "returned an unawaited async_generator"),
        ("When they are moved with care", "returned a context manager, and nobody runs it"),
        ("When they are fetched with care", "returned a context manager, and nobody runs it"),
    ],
)
def test_what_nobody_runs_fails(jars: Project, step: str, why: str) -> None:
    """The step says that it left undone what it seems to do."""
    run = play(jars, step)

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines([f"  FAILED   {step}*", f"*{why}*", "next: write `async def` *"])


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ("Then they are judged", "False"),
        ("[*] they are judged", "False"),
        ("[*] they are judged by anybody", "False"),
        ("Then each is judged", "a map"),
        ("Then they are judged in time", "a Future"),
    ],
)
def test_judgement_that_is_returned_fails(jars: Project, step: str, what: str) -> None:
    """What a Then returns decides nothing, and it is not taken for a judgement."""
    run = play(jars, step.replace("[*]", "*"))

    run.assert_outcomes(failed=1)
    why = f"*a Then returns nothing, and this one returned {what}"
    run.stdout.fnmatch_lines([f"  FAILED   {step}*", why, "next: `assert` what has to hold *"])


@pytest.mark.parametrize("step", ["a jar that is lent", "a jar that is sent for"])
def test_generator_below_a_decorator_is_run(jars: Project, step: str) -> None:
    """What it gives is what it yields, and the rest comes at the end."""
    play(jars, f"Given {step}", "Then it is a jar").assert_outcomes(passed=1)

    assert jars.seen == ["lent", "back"]


@pytest.mark.parametrize("step", ["Then it is a tin", "Then it is a tin, too"])
def test_step_may_be_anything_that_is_called(jars: Project, step: str) -> None:
    """A function with arguments of its own, or an object."""
    run = play(jars, "Given a jar that is fetched", step)

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines([f"  FAILED   {step} *", "*it is a jar*", "  code: *_steps.py:*"])


def test_generator_may_be_what_a_step_gives(jars: Project) -> None:
    """Whoever asks for it runs it."""
    play(jars, "Given some numbers", "Then there are three").assert_outcomes(passed=1)


@pytest.mark.parametrize("kind", ["def", "async def"])
@pytest.mark.parametrize(
    ("failing", "what"),
    [
        ("assert seen == ['x'], 'not as expected'", "[[]product[]] not as expected"),
        ("raise LookupError('no lid')", "[[]spec[]] LookupError: no lid"),
    ],
)
def test_failure_in_what_a_step_left_to_the_end_is_that_of_its_sentence(
    ci_project: Project, kind: str, failing: str, what: str
) -> None:
    """It has failed in every output, once, at its line; what came after it has passed."""
    project = ci_project
    given = '@given("a lid", target_fixture="lid")'
    then = '@then("it closes in the end")'
    both = f"{kind} closes(seen):\n    yield\n    "
    project.steps(f"{given}\n{both}seen.append('put away')\n\n\n{then}\n{both}{failing}\n")
    steps = ("Given a lid", "Then it closes in the end", "And the basket holds 0")
    lines = "\n".join(f"    {each}" for each in ("Given a basket", *steps))
    project.feature(f"Feature: F\n  Scenario: S\n{lines}\n")

    run = project.run(*MESSAGES)

    run.assert_outcomes(failed=1)
    assert red_in_every_output(project, run) == (1, 1)
    failed = "  FAILED   Then it closes in the end  (features/shop.feature:5)"
    told = "  it failed in what the step left to the end, behind its `yield`"
    run.stdout.fnmatch_lines([failed, "  passed   And the basket holds 0", what, told])
    assert project.seen == ["basket", "put away"]
    statuses = [each["status"] for each in project.result()["steps"]]
    assert statuses == ["passed", "passed", "failed" if "assert" in failing else "broken", "passed"]


def test_what_steps_left_comes_before_what_fixtures_do_at_the_end(project: Project) -> None:
    """The last one that was begun comes first; where a step fails, all of it still comes."""
    project.steps(
        """
        @pytest.fixture
        def till(seen):
            yield
            seen.append("till")


        @given(parsers.parse('a lid "{name}"'))
        def a_lid(seen, name, till):
            yield
            seen.append(name)
        """
    )
    lids = '    Given a lid "a"\n    And a lid "b"\n    And a basket\n'
    project.feature(f"Feature: F\n  Scenario: S\n{lids}    Then the basket holds 0\n")
    project.run().assert_outcomes(passed=1)
    assert project.seen == ["basket", "b", "a", "till"]

    project.feature(f"Feature: F\n  Scenario: S\n{lids}    Then the basket holds 1\n")
    project.run().assert_outcomes(failed=1)
    assert project.seen == ["basket", "b", "a", "till"]
