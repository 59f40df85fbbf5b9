"""An account that is limited: all processes of a run together are too fast for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stranger.limit import TURNED_AWAY
from tests.stranger.project import FeatureRun, compare, project_of
from tests.stranger.running import Stranger, stranger

pytestmark = pytest.mark.whole_run

SPOKEN = ("features/messages",)
AT_MOST = 20
"""How many calls a second are let through; two processes make more."""


@dataclass(frozen=True, slots=True)
class Account:
    """What an account holds after a run.

    Attributes:
        run: How the run ended.
        said: What was said in each conversation, in its order.
        carried_out: How often each operation that is not to be repeated was carried out.
        turned_away: How many calls were one too many.
    """

    run: FeatureRun
    said: list[list[str]]
    carried_out: Counter[tuple[str, int]]
    turned_away: int


def after_a_run(folder: Path, there: Stranger) -> Account:
    """Run features in two processes, and look at what the account holds then."""
    run = project_of(folder, there, agent=False).run(*SPOKEN, processes=2)
    with httpx.Client(base_url=there.control, trust_env=False) as control:

        def read(path: str) -> Any:  # noqa: ANN401  # any JSON
            return control.get(path, params={"account": there.account}).json()

        journal = read("/_sandbox/journal")
        conversations, turned_away = read("/_sandbox/conversations"), read(TURNED_AWAY)
    assert journal["dropped"] == 0
    return Account(run, said(conversations), carried_out(journal["entries"]), turned_away)


def said(conversations: list[dict[str, Any]]) -> list[list[str]]:
    """Return what the messages of each conversation say, whoever is in it."""
    dialogs = (dialog for each in conversations for dialog in each["dialogs"])
    return sorted([str(message["text"]) for message in each["messages"]] for each in dialogs)


def carried_out(entries: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
    """Return how often what opens a conversation, or speaks in it, was answered how."""
    spoken = ("create_conversation", "send")
    return Counter((e["operation"], e["status"]) for e in entries if e["operation"] in spoken)


@pytest.fixture(scope="module")
def unlimited(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """The account of somebody who may call as often as they like."""
    with stranger(at_most=1_000_000) as there:
        return after_a_run(tmp_path_factory.mktemp("unlimited") / "project", there)


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The account of somebody who may not."""
    with stranger(at_most=AT_MOST) as there:
        yield after_a_run(tmp_path_factory.mktemp("limited") / "project", there)


def test_scenarios_end_as_without_a_limit(unlimited: Account, limited: Account) -> None:
    """Calls are turned away, with and without a word on how long, and no scenario notices."""
    assert compare(unlimited.run, limited.run, {}) == []
    assert (unlimited.turned_away, limited.turned_away >= 2) == (0, True)


def test_every_message_arrives_once(unlimited: Account, limited: Account) -> None:
    """The account holds what it would hold without a limit: nothing is lost, nothing doubled."""
    assert limited.said == unlimited.said


def test_nothing_is_repeated_but_what_was_turned_away(unlimited: Account, limited: Account) -> None:
    """No request for a conversation and no message was carried out that was so before."""
    assert limited.carried_out == unlimited.carried_out
