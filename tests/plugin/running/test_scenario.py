"""A step is run to its end, whatever its function is, or the scenario fails."""

import pytest

from tests.project import Project

STEPS = """
    import asyncio
    import functools


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
        ("Then they are judged", "returned False, and nobody looks at it"),
    ],
)
def test_what_nobody_runs_or_hears_fails(jars: Project, step: str, why: str) -> None:
    """The step says that it left undone what it seems to do."""
    run = play(jars, step)

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines([f"  FAILED   {step}*", f"*{why}*", "next: write `async def` *"])


def test_generator_may_be_what_a_step_gives(jars: Project) -> None:
    """Whoever asks for it runs it."""
    play(jars, "Given some numbers", "Then there are three").assert_outcomes(passed=1)
