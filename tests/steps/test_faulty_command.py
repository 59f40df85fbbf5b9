"""Tests of commands that are wrong on purpose."""

from pathlib import Path

import pytest

from connector_harness.client import events
from connector_harness.contract.contract import Contract, ContractError
from steps.faulty_command import MISTAKES, publishing
from tests.steps.talks import TALK, Build

CONTRACT = Contract(Path(__file__).parents[2] / "schemas")
REQUEST = "request/publish_event"


@pytest.mark.parametrize(
    "mistake",
    [mistake for name, mistake in MISTAKES.items() if name != "a file that is nowhere"],
    ids=[name for name in MISTAKES if name != "a file that is nowhere"],
)
def test_mistake_is_off_the_schema(mistake: Build) -> None:
    """Whatever is called a mistake is one, but for a file of which only the place is wrong."""
    with pytest.raises(ContractError):
        CONTRACT.check(mistake(TALK), REQUEST, subject="it")


def test_message_of_the_same_make_is_on_the_schema() -> None:
    """What the mistakes are made with is right itself."""
    CONTRACT.check(publishing(TALK, events.text_event("Hello")), REQUEST, subject="it")
