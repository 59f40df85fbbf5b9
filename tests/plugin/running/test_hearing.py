"""What a scenario hears does not depend on those that ran before it."""

import pytest

from tests.project import Project

HEARS = """
    told = []


    @pytest.fixture
    def {hears}():
        told.append("listens")
        return told


    @pytest.fixture
    def ear({hears}):
        return {hears}


    @given("it rains")
    def it_rains():
        told.append("rain")


    @then("the rain is heard")
    def the_rain_is_heard({asks}):
        assert told == ["listens", "rain"]
"""
RAIN = """
Feature: F
  Scenario: S
    Given it rains
    Then the rain is heard
"""


@pytest.mark.parametrize("hears", ["inbox", "messages"])
@pytest.mark.parametrize("asks", ["itself", "ear"])
def test_scenario_hears_from_its_beginning(project: Project, hears: str, asks: str) -> None:
    """Whatever asks for what is heard, even its last sentence, is told of all that came before."""
    project.steps(HEARS.format(hears=hears, asks=hears if asks == "itself" else asks))
    project.feature(RAIN)

    project.run().assert_outcomes(passed=1)
