"""Who plays the agent in this process, where the settings of the endpoint name somebody."""

import pytest

from connector_harness.client.settings import Endpoint, SettingsError
from connector_harness.control.adapters import MANUAL, load_agent
from connector_harness.control.agent import Agent
from connector_harness.plugin.stash import NOTICES

ON_DUTY = pytest.StashKey["AgentOnDuty"]()
"""The agent of this process; there once it has been asked for."""


def agent_on_duty(config: pytest.Config, endpoint: Endpoint) -> Agent | None:
    """Return the agent that the settings of *endpoint* name; None where they name nobody.

    Loaded when first asked for, and signed out when the run is over.

    Raises:
        SettingsError: Nobody can be had under that name.
    """
    if ON_DUTY not in config.stash:
        _put_on_duty(config, endpoint, load_agent(endpoint, rootdir=config.rootpath))
    return config.stash[ON_DUTY].agent


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
        agent = load_agent(endpoint, rootdir=config.rootpath)
        _sign_out(config, endpoint, agent)
        _put_on_duty(config, endpoint, None)


def _put_on_duty(config: pytest.Config, endpoint: Endpoint, agent: Agent | None) -> None:
    config.stash[ON_DUTY] = AgentOnDuty(config, endpoint, agent)


class AgentOnDuty:
    """The agent of this process.

    Args:
        config: pytest's configuration.
        endpoint: Where the agent answers.
        agent: Who it is; None for nobody.
    """

    def __init__(self, config: pytest.Config, endpoint: Endpoint, agent: Agent | None) -> None:
        self._config = config
        self._endpoint = endpoint
        self.agent = agent

    def leave(self) -> None:
        """Let the agent leave; what goes wrong then is worth a look."""
        _sign_out(self._config, self._endpoint, self.agent)


def _sign_out(config: pytest.Config, endpoint: Endpoint, agent: Agent | None) -> None:
    try:
        if agent is not None:
            agent.sign_out()
    except Exception as error:  # noqa: BLE001 - somebody else's code, and all is done
        config.stash[NOTICES].append(
            f"agent = {endpoint.agent!r} did not sign out: {type(error).__name__}: {error}\n"
            "    next: see whether the agent is still signed in"
        )
