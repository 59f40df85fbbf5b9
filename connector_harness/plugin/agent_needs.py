"""What scenarios ask of the agent that the one there cannot do."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, Final

from connector_harness.control.agent import METHODS, Agent
from connector_harness.plugin.collection import ScenarioItem
from connector_harness.plugin.needs import Need

BEYOND: Final = "next: let the adapter do it, as connector_harness/control/agent.py says"
"""What to do where an agent cannot do something."""

CAN: Final = {
    "join": "join",
    "say": "write messages",
    "publish": "show structured content",
    "type": "appear typing",
    "receipt": "give receipts",
    "send_file": "send files",
    "transfer": "transfer",
    "close": "close",
    "survey": "set up surveys",
    "close_survey": "end surveys",
}
"""What each method of an agent is for, in words."""


def beyond(agent: Agent, item: ScenarioItem) -> list[Need]:
    """Return what *item* asks of the agent that *agent* cannot do."""
    asked = frozenset[str]().union(
        *(asked_of_agent(step.definition.function) for step in item.steps)
    )
    missing = (name for name in METHODS if name in asked.intersection(agent.cannot))
    return [Need(f"an agent who can {CAN[name]}", BEYOND) for name in missing]


@functools.cache
def asked_of_agent(function: Callable[..., Any]) -> frozenset[str]:
    """Return the methods of the agent that a step calls, itself or through other functions.

    What it does not see, as a call through another name, is skipped when the agent refuses it.

    Args:
        function: The step function; what it hands its ``agent`` to is looked at as well.
    """
    if "agent" not in inspect.signature(function).parameters:
        return frozenset()
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="agent"), attr=name):
                found.add(name)
            case ast.Call(func=ast.Name(id=name)) if _hands_over(node):
                called = function.__globals__.get(name)
                found |= asked_of_agent(called) if inspect.isfunction(called) else frozenset()
    return frozenset(found).intersection(METHODS)


def _hands_over(call: ast.Call) -> bool:
    given = [*call.args, *(each.value for each in call.keywords)]
    return any(isinstance(each, ast.Name) and each.id == "agent" for each in given)
