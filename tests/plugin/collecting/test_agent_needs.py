"""What a step asks of the agent is read from its code, as far as that can be followed."""

import functools
import sys
from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.control.agent import Agent
from connector_harness.plugin.collecting.needs import asked_of_agent

here = sys.modules[__name__]


def itself(agent: Agent) -> None:
    """Ask directly, twice the same."""
    agent.join("c-1")
    agent.join("c-2")
    agent.say("c-1", "Hello")


def handed_on(agent: Agent) -> None:
    """Hand it on by keyword, by another name."""
    answering(who=agent)


def answering(text: str = "", *, who: Agent) -> None:
    """Answer."""
    who.say("c-1", text)


def of_a_module(agent: Agent) -> None:
    """Call a function by that of its module."""
    here.closing(agent)


def closing(desk: Agent) -> None:
    """Close."""
    desk.close("c-1")


def again(agent: Agent, texts: list[str]) -> None:
    """Call itself."""
    for text in texts[:1]:
        agent.say("c-1", text)
        again(agent, texts[1:])


def there(agent: Agent) -> None:
    """Call what calls it."""
    agent.join("c-1")
    back(agent)


def back(agent: Agent) -> None:
    """Call what has called it."""
    agent.close("c-1")
    there(agent)


def decorated(function: Callable[..., None]) -> Callable[..., None]:
    """Return *function* in a wrapper."""

    @functools.wraps(function)
    def wrapper(**arguments: object) -> None:
        function(**arguments)

    return wrapper


def nobody(who: Agent) -> None:
    """Ask somebody else."""
    who.transfer("c-1", "7")


STEPS: dict[str, tuple[Callable[..., Any], set[str]]] = {
    "itself": (itself, {"join", "say"}),
    "handed on": (handed_on, {"say"}),
    "of a module": (of_a_module, {"close"}),
    "again": (again, {"say"}),
    "there and back": (there, {"join", "close"}),
    "decorated": (decorated(itself), {"join", "say"}),
    "nobody": (nobody, set()),
    "bound in part": (functools.partial(itself), set()),
    "built in": (print, set()),
    "within a statement": (lambda agent: agent.join(1), {"join"}),
}


@pytest.mark.parametrize(("step", "asked"), STEPS.values(), ids=STEPS)
def test_asked_of_agent(step: Callable[..., Any], asked: set[str]) -> None:
    """Each method is found where it can be, and nothing that a step may be keeps a run from it."""
    assert asked_of_agent(step) == asked
