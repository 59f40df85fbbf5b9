"""The agent that the tests bring along: plays in the stranger by its private address."""

import os

from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxControl
from connector_harness.control.sandbox_agent import SandboxAgent

PRIVATE_ADDRESS = "STRANGER_CONTROL"
"""The variable that names where the stranger's control routes are."""


class StrangersAgent(SandboxAgent):
    """Plays the agent at the stranger.

    Args:
        endpoint: The stranger, as a tester knows it.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._private = SandboxControl(os.environ[PRIVATE_ADDRESS], endpoint.account)
        super().__init__(self._private)

    def sign_out(self) -> None:
        """Close the connection."""
        self._private.close()
