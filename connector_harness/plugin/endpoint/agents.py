"""Who plays the agent in this process, where the settings of the endpoint name somebody."""

from typing import Final

import pytest

from connector_harness.client.settings import Endpoint, SettingsError
from connector_harness.control.adapters import MANUAL, load_agent
from connector_harness.control.agent import Agent
from connector_harness.plugin.endpoint.endpoint import ENDPOINT
from connector_harness.plugin.stash import NOTICES

ON_DUTY: Final = pytest.StashKey[Agent | None]()
"""The agent of this process; there once it has been asked for."""


def agent_on_duty(config: pytest.Config, endpoint: Endpoint) -> Agent | None:
    """Return the agent that the settings of *endpoint* name; None where they name nobody.

    Loaded when first asked for, and signed out when the run is over.

    Raises:
        SettingsError: Nobody can be had under that name.
    """
    if ON_DUTY not in config.stash:
        config.stash[ON_DUTY] = load_agent(endpoint, rootdir=config.rootpath)
    return config.stash[ON_DUTY]


def meet_agent(config: pytest.Config, endpoint: Endpoint) -> None:
    """See before the first scenario that the agent of *endpoint* can be had.

    Raises:
        SettingsError: Nobody can be had under that name, or not by several processes.
    """
    if getattr(config.option, "dist", "no") == "no":
        agent_on_duty(config, endpoint)
    elif endpoint.agent == MANUAL:
        raise SettingsError(
            f"endpoint {endpoint.name!r} cannot be used by several processes at once\n"
            f'  agent = "{MANUAL}": one person cannot answer all of them\n'
            f"     at: pyproject.toml, [tool.connector_harness.endpoints.{endpoint.name}]\n"
            "     next: run without -n, or name an adapter"
        )
    elif ON_DUTY not in config.stash:
        # The workers have agents of their own; this process needs none.
        agent_on_duty(config, endpoint)
        leave(config)


def leave(config: pytest.Config) -> None:
    """Let the agent leave, if one is there; what goes wrong then is worth a look."""
    agent = config.stash.get(ON_DUTY, None)
    if agent is None:
        return
    config.stash[ON_DUTY] = None
    try:
        agent.sign_out()
    except Exception as error:  # noqa: BLE001 - somebody else's code, and all is done
        name = config.stash[ENDPOINT].endpoint.agent
        config.stash[NOTICES].append(
            f"agent = {name!r} did not sign out: {type(error).__name__}: {error}\n"
            "    next: see whether the agent is still signed in"
        )
