"""The agent that the tests bring along: plays in the stranger by its private address."""

import os
import weakref

from connector_harness.client.settings import Endpoint
from connector_harness.control.agent import Agent
from connector_harness.control.routes import SandboxControl
from connector_harness.control.sandbox_agent import SandboxAgent

PRIVATE_ADDRESS = "STRANGER_CONTROL"
"""The variable that names where the stranger's control routes are."""


def agent_of(endpoint: Endpoint) -> Agent:
    """Return who plays the agent at *endpoint*."""
    control = SandboxControl(os.environ[PRIVATE_ADDRESS], endpoint.account)
    agent = SandboxAgent(control)
    weakref.finalize(agent, control.close)
    return agent
