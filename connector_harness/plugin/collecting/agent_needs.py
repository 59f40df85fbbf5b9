"""What scenarios ask of the agent that the one there cannot do."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from connector_harness.control.agent import METHODS, Agent
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.collecting.needs import Need

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

_Place: TypeAlias = tuple[Callable[..., Any], str]
"""A function, and the name by which it knows the agent."""


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
    """
    found: set[str] = set()
    seen: set[_Place] = set()
    waiting: list[_Place] = [(function, "agent")]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            asked, further = _asked(*place)
            found |= asked
            waiting += further
    return frozenset(found)


def _asked(function: Callable[..., Any], agent: str) -> tuple[set[str], list[_Place]]:
    function = inspect.unwrap(function)
    if not inspect.isfunction(function) or agent not in inspect.signature(function).parameters:
        return set(), []
    found: set[str] = set()
    further: list[_Place] = []
    for node in ast.walk(_tree(function)):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name == agent:
                found.add(method)
            case ast.Call(func=called):
                target = _found(called, function.__globals__)
                further += [(target, name) for name in _names(node, target, agent)]
    return found.intersection(METHODS), further


def _tree(function: Callable[..., Any]) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        # Nobody has kept the source, or it is a part of a statement, as that of a lambda.
        return ast.Module(body=[], type_ignores=[])


def _found(called: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: ANN401  # whatever is there
    # A function of this module, or of one that it has imported.
    match called:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            there = names.get(module)
            return getattr(there, name, None) if inspect.ismodule(there) else None
        case _:
            return None


def _names(call: ast.Call, target: object, agent: str) -> Iterator[str]:
    """Yield the names by which the function *target* gets to know *agent*."""
    if inspect.isfunction(target):
        given = [*zip(inspect.signature(target).parameters, call.args, strict=False)]
        given += [(each.arg, each.value) for each in call.keywords if each.arg]
        for name, value in given:
            if isinstance(value, ast.Name) and value.id == agent:
                yield name
