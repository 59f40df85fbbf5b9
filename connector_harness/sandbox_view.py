"""A look into the sandbox: what it received and made of it."""

from typing import Self
from urllib.parse import urlsplit

import httpx

from connector_harness.client.settings import Endpoint
from connector_harness.documents import JsonObject


class SandboxView:
    """What the sandbox holds for one account, read through its control routes.

    Args:
        url: The sandbox's address.
        account: The account.
    """

    def __init__(self, url: str, account: str) -> None:
        self._account = account
        self._client = httpx.Client(base_url=url, trust_env=False)

    @classmethod
    def of(cls, endpoint: Endpoint, *, is_ours: bool) -> Self | None:
        """Return a view of *endpoint*, or None where it is no sandbox.

        Args:
            endpoint: The endpoint under test.
            is_ours: Whether the harness started it; then it must show what it holds.
        """
        address = endpoint.address
        if address is None or urlsplit(address).scheme != "http":
            return None
        view = cls(address, endpoint.account)
        if is_ours or view._answers():
            return view
        view.close()
        return None

    def conversations(self, consumer: str) -> list[JsonObject]:
        """Return the conversations of *consumer*, oldest first.

        Shape: ``[{"id", "stage", "state", "request", "profile", "dialogs": [{"messages":
        [{"sequence", "text", "from"}]}]}]``.

        Raises:
            httpx.HTTPError: The sandbox does not show them.
        """
        query = {"account": self._account, "consumer": consumer}
        answer = self._client.get("/_sandbox/conversations", params=query).raise_for_status()
        found: list[JsonObject] = answer.json()
        return found

    def _answers(self) -> bool:
        try:
            self.conversations("nobody")
        except (httpx.HTTPError, ValueError):
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
