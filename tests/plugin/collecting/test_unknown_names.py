"""What a step asks for and nobody has is found before anything runs."""

import pytest

from tests.project import Project

ASKS = """
    @pytest.fixture
    def lamp(): return 1


    @given("a shelf")
    def a_shelf({name}): pass
"""


@pytest.fixture
def asking(project: Project) -> Project:
    """A project with a step whose argument a test names."""
    project.feature("Feature: F\n  Scenario: S\n    Given a shelf\n")
    return project


@pytest.mark.parametrize("options", [(), ("--spec-check",), ("-n1",)])
@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("baskett", "did you mean 'basket'? Or write the step that gives it (target_fixture), or*"),
        ("ghost", "write the step that gives it (target_fixture), or a fixture ghost"),
        ("request, ghost, tmp_path", "write the step that gives it*"),
    ],
)
def test_name_that_nobody_has_is_a_finding(
    asking: Project, name: str, advice: str, options: tuple[str, ...]
) -> None:
    """It is named, with the sentence that asks for it, and no scenario of the run begins."""
    asking.steps(ASKS.format(name=name))

    run = asking.run_process(*options)

    assert run.ret != pytest.ExitCode.OK
    unknown = "baskett" if name == "baskett" else "ghost"
    told = f"*features/shop.feature:3: no step gives '{unknown}', and no fixture has that name: *"
    run.stdout.fnmatch_lines([told, f"*next: {advice}"])


@pytest.mark.parametrize("name", ["lamp", "tmp_path", "request", "late"])
def test_name_of_a_fixture_is_none(asking: Project, name: str) -> None:
    """Fixtures of the project, of pytest, and those that a plugin brings as it goes."""
    asking.steps(ASKS.format(name=name))
    asking.write(
        "conftest.py",
        """
        import pytest

        pytest_plugins = ["shop_steps"]


        class Late:
            @pytest.fixture
            def late(self):
                return 1


        def pytest_sessionstart(session):
            session.config.pluginmanager.register(Late())
        """,
    )

    asking.run("-p", "no:cacheprovider").assert_outcomes(passed=1)
