"""An adapter for an agent desk, to copy and change. The desk is imagined: no product is like it.

Let the settings of an endpoint name it, and set DESK_USER and DESK_PASSWORD in the environment:

    [tool.connector_harness.endpoints.staging]
    agent = "our_agents.desk:agent"       # the module counts from the folder of pyproject.toml

The imagined desk has an HTTP API of its own. Whoever signs in works as one agent; a conversation
goes by the id that the Connector API gave it.
"""

import os
from collections.abc import Sequence
from typing import Any

import httpx

from connector_harness.client.settings import Endpoint
from connector_harness.control.agent import Agent, NotSupportedError
from connector_harness.json_types import JsonObject

DESK = os.environ.get("DESK_URL", "https://desk.example.test")


def agent(endpoint: Endpoint) -> Agent:
    """Sign in as the agent of the account under test; called once in each process of a run."""
    who = {"user": os.environ["DESK_USER"], "password": os.environ["DESK_PASSWORD"]}
    http = httpx.Client(base_url=DESK, timeout=10)
    signed_in = http.post("/sessions", json=who | {"account": endpoint.account})
    http.headers["Authorization"] = f"Bearer {signed_in.raise_for_status().json()['token']}"
    return DeskAgent(http)


class DeskAgent(Agent):
    """What this desk can do. It has no structured content and no surveys: those are skipped."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def join(self, conversation_id: str) -> str:
        """Take up the conversation; the desk answers with whose it is now."""
        return str(self._tell(conversation_id, "take")["agent"])

    def say(
        self, conversation_id: str, text: str, *, metadata: Sequence[JsonObject] | None = None
    ) -> int:
        """Write *text*; the desk answers with its number."""
        if metadata is not None:
            raise NotSupportedError("the desk sends no metadata with a message")
        return int(self._tell(conversation_id, "messages", text=text)["number"])

    def type(self, conversation_id: str, chat_state: str) -> None:
        """Appear as typing, or as no longer typing; the desk knows no other state."""
        if chat_state not in {"COMPOSING", "PAUSE"}:
            raise NotSupportedError(f"the desk cannot show the state {chat_state}")
        self._tell(conversation_id, "typing", on=chat_state == "COMPOSING")

    def receipt(self, conversation_id: str, status: str, sequences: Sequence[int]) -> None:
        """Look at messages; the desk does not tell which number that took."""
        if status != "READ":
            raise NotSupportedError(f"the desk gives no receipt {status}")
        self._tell(conversation_id, "read", upto=max(sequences))

    def transfer(self, conversation_id: str, skill: str) -> None:
        """Hand the conversation to another skill."""
        self._tell(conversation_id, "transfer", skill=skill)

    def close(self, conversation_id: str) -> None:
        """Close the conversation."""
        self._tell(conversation_id, "close")

    def sign_out(self) -> None:
        """Give the seat back, or the desk would go on handing out conversations to it."""
        self._http.delete("/sessions/mine")
        self._http.close()

    def _tell(self, conversation_id: str, what: str, **details: object) -> dict[str, Any]:
        """Tell the desk to do something; what it refuses fails the scenario with its status."""
        answer = self._http.post(f"/conversations/{conversation_id}/{what}", json=details)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told
