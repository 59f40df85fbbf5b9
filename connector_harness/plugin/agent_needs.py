"""What scenarios ask of the agent: those that ask for what the one there cannot do are skipped."""

import ast
import contextlib
import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.control.agent import METHODS
from connector_harness.plugin.agents import agent_on_duty
from connector_harness.plugin.collection import ScenarioItem
from connector_harness.plugin.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.options import is_idle


def hold_back(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark those of *items* as skipped that ask for what the agent of the settings cannot do.

    Args:
        config: pytest's configuration.
        items: What this process is about to run.
    """
    if config.stash[ENDPOINT].name == SANDBOX or is_idle(config):
        return
    # What cannot be loaded after all, in this process, fails the scenarios that ask for it.
    with contextlib.suppress(SettingsError):
        endpoint = config.stash[ENDPOINT].endpoint
        asking = [(item, _asked_of_agent(item)) for item in items] if endpoint.agent else []
        agent = agent_on_duty(config, endpoint) if asking else None
        for item, wanted in asking:
            if agent is not None and (missing := sorted(wanted & agent.cannot)):
                reason = f"the agent cannot {', '.join(missing)} (agent = {endpoint.agent!r})"
                item.add_marker(pytest.mark.skip(reason=reason))


def _asked_of_agent(item: pytest.Item) -> frozenset[str]:
    steps = item.steps if isinstance(item, ScenarioItem) else ()
    return frozenset().union(*(asked_of_agent(step.definition.function) for step in steps))


@functools.cache
def asked_of_agent(function: Callable[..., Any]) -> frozenset[str]:
    """Return the methods of the agent that a step calls, itself or through other functions.

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
            case ast.Call(func=ast.Name(id=name), args=args) if _hands_over(args):
                called = function.__globals__.get(name)
                found |= asked_of_agent(called) if inspect.isfunction(called) else frozenset()
    return frozenset(found).intersection(METHODS)


def _hands_over(args: list[ast.expr]) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "agent" for each in args)
