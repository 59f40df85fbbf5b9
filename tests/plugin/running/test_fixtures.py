"""What steps can ask for, in a project of its own."""

from collections.abc import Iterator

import pytest

from tests.client.server import LocalServer
from tests.plugin.calling import let_call
from tests.project import Project

FAULTY = """
    @given("a service that is down")
    def a_service_that_is_down(faults):
        faults.inject("status_503", consumer=None, times=None)


    @then("it is not working")
    def it_is_not_working(sandbox_control, seen):
        seen.extend(sandbox_control.read("faults")["faults"])
"""

TWO = """
    Feature: F
      Scenario: One that injects
        Given a service that is down
        Then it is not working

      Scenario: The next
        Given a basket
        Then it is not working
"""


@pytest.fixture
def faulty(project: Project) -> Project:
    """A project whose first scenario injects a fault and does not recover it."""
    project.steps(FAULTY)
    project.feature(TWO)
    return project


def test_faults_end_with_their_scenario(faulty: Project) -> None:
    """The next scenario has a sandbox that behaves."""
    faulty.run(endpoint="sandbox").assert_outcomes(passed=2)

    during, after = (each for each in faulty.seen if each != "basket")
    assert (during["over"], after["over"]) == (False, True)


ELSEWHERE = """
    @then("a call meets it")
    def a_call_meets_it(connector, seen):
        seen.append(connector.domains().status)
"""

THERE = """
    Feature: F
      Scenario: One that injects
        Given a service that is down
        Then a call meets it

      Scenario: The next
        Given a basket
        Then a call meets it
"""


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """An endpoint that is no sandbox."""
    server = LocalServer()
    yield server
    server.close()


def test_faults_are_met_on_the_way_to_any_endpoint(project: Project, server: LocalServer) -> None:
    """A scenario that injects some has its calls go through what has them; the next has not."""
    options = let_call(project, server.url)
    project.steps(FAULTY + ELSEWHERE)
    project.feature(THERE)

    project.run(*options).assert_outcomes(passed=2)

    assert project.seen == [503, "basket", 200]
    assert len(server.requests("baseURI.json")) == 1


def test_nothing_goes_wrong_in_production(project: Project, server: LocalServer) -> None:
    """Not even for a test that asks for the faults when nobody could know."""
    options = let_call(project, server.url, "production = true")
    project.feature("Feature: F\n  Scenario: S\n    Given a basket\n")
    project.write(
        "test_asking.py", 'def test_asking(request):\n    request.getfixturevalue("faults")\n'
    )

    run = project.run(*options, "features", "test_asking.py")

    run.assert_outcomes(skipped=2)
    run.stdout.fnmatch_lines(["SKIPPED*no call may go wrong: endpoint 'live' is production"])


SCOPED = """
    import pytest

    pytest_plugins = ["shop_steps"]
    LOG = []


    @pytest.fixture(scope="{scope}")
    def shared(request):
        LOG.append("up")
        yield request.scope
        LOG.append("down")


    @pytest.fixture
    def told(request, seen):
        seen.append((request.module.__name__, request.module.__file__.rpartition("/")[2]))


    @pytest.fixture(autouse=True)
    def log(seen):
        yield
        seen.append(len(LOG))
"""

SHARING = """
    @given("it is shared")
    def it_is_shared(shared, told):
        pass
"""


@pytest.mark.parametrize(
    ("scope", "made"),
    [
        ("function", [2, 4, 6]),
        ("class", [2, 4, 6]),
        ("module", [1, 1, 3]),
        ("package", [1, 1, 1]),
        ("session", [1, 1, 1]),
    ],
)
def test_fixture_may_have_any_scope(project: Project, scope: str, made: list[int]) -> None:
    """A feature file is a module to fixtures, which are made as often as pytest would."""
    project.write("conftest.py", SCOPED.format(scope=scope))
    project.steps(SHARING)
    shared = "    Given it is shared\n"
    project.feature(
        f"Feature: A\n  Scenario: 1\n{shared}  Scenario: 2\n{shared}", "features/a.feature"
    )
    project.feature(f"Feature: B\n  Scenario: 3\n{shared}", "features/b.feature")

    project.run().assert_outcomes(passed=3)

    assert [each for each in project.seen if isinstance(each, int)] == made
    assert project.seen[0] == ("a", "a.feature")


HIDING = """
    import functools

    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.fixture
    def clock():
        return "the clock of the shop"


    @pytest.fixture(name="agent")
    def a_person():
        return "a person of the shop"


    @pytest.fixture
    def consumer(consumer):
        return f"a {consumer}"


    @pytest.fixture
    def basket_of_gold():
        return []
"""


@pytest.mark.parametrize("options", [("features/shop.feature:2",), ("-n", "1"), ("--spec-check",)])
def test_fixture_that_hides_one_of_ours_is_named(
    project: Project, options: tuple[str, ...]
) -> None:
    """Others ask for it and meet another thing; one that goes on from ours is meant to."""
    project.write("conftest.py", HIDING)
    project.write("tests/conftest.py", HIDING.replace('pytest_plugins = ["shop_steps"]', ""))
    project.steps("""
        @pytest.fixture
        def inbox():
            return "the inbox of the shop"


        @then("all are of the shop")
        def all_are_of_the_shop(clock, agent, inbox, consumer):
            assert [each.partition(" of ")[2] for each in (clock, agent, inbox)] == ["the shop"] * 3
            assert consumer.startswith("a shopper-")
    """)
    project.feature("Feature: F\n  Scenario: S\n    Then all are of the shop\n")

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.OK
    told = "fixture {!r} hides that of the harness, which others ask for by this name"
    advice = "give it another name; or let it ask for {!r} itself, and go on from there"
    run.stdout.fnmatch_lines_random(
        [
            line
            for place, name in (
                ("conftest.py:8", "clock"),
                ("conftest.py:13", "agent"),
                ("shop_steps.py:42", "inbox"),
            )
            for line in (f"{place}: {told.format(name)}", f"    next: {advice.format(name)}")
        ]
    )
    assert run.stdout.str().count(" hides that of ") == 3
