"""An account of a sandbox, used as one of which nobody knows that it is in a sandbox."""

from dataclasses import dataclass
from typing import Any

import httpx

from connector_harness.client.settings import Endpoint, ReceiverSettings, Secret
from connector_harness.control.apps import manifest
from tests.ports import free_port


@dataclass
class HiddenAccount:
    """An account whose app tells what happens at a public address.

    Attributes:
        url: The sandbox's address.
        id: The account's id.
        client_id: The id of its app.
        client_secret: The secret of its app.
        port: Where the receiver will listen.
    """

    url: str
    id: str
    client_id: str
    client_secret: str
    port: int

    @property
    def public_address(self) -> str:
        """Where the receiver is reached."""
        return f"http://127.0.0.1:{self.port}"

    def subscribe(self, *types: str, **details: str) -> None:
        """Let the app be told of *types*, or of everything, at the public address."""
        webhooks = manifest(f"{self.public_address}/notifications")
        chosen = {name: webhooks[name] for name in types or webhooks}
        document: dict[str, object] = {
            "account": self.id,
            "capabilities": {"webhooks": chosen},
            **details,
        }
        httpx.post(f"{self.url}/_sandbox/webhooks", json=document).raise_for_status()

    def open_conversations(self) -> list[str]:
        """Return the conversations that are open."""
        return [each["id"] for each in self._held() if each["state"] != "CLOSE"]

    def conversations(self) -> int:
        """Return how many conversations there have been."""
        return len(self._held())

    def messages(self) -> int:
        """Return how many messages there have been."""
        dialogs = [each for conversation in self._held() for each in conversation["dialogs"]]
        return sum(len(each["messages"]) for each in dialogs)

    def _held(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/_sandbox/conversations", params={"account": self.id})
        held: list[dict[str, Any]] = answer.json()
        return held

    def endpoint(self, *, secret: str | None = None) -> Endpoint:
        """Return it as an endpoint with a receiver, found by discovery."""
        return Endpoint(
            name="staging",
            account=self.id,
            client_id=self.client_id,
            client_secret=Secret(secret or self.client_secret),
            discovery=self.url,
            receiver=ReceiverSettings(
                listen=f"127.0.0.1:{self.port}", public_address=self.public_address
            ),
        )


def new_account(url: str) -> HiddenAccount:
    """Return a new account of the sandbox at *url*."""
    made = httpx.post(f"{url}/_sandbox/accounts", json={}).raise_for_status().json()
    credentials = made["account"], made["clientId"], made["clientSecret"]
    return HiddenAccount(url, *credentials, free_port())
