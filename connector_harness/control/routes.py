"""The sandbox's control routes, for whoever looks into it or plays a part in it."""

import ssl
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject, JsonValue

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The hosts on which an address is asked whether a sandbox answers there."""


class SandboxControlError(Exception):
    """The sandbox did not do what it was told; the message says why."""


class SandboxControl:
    """Speaks to the control routes of a sandbox, for one account.

    Args:
        url: The sandbox's address.
        account: The account.
        tls: What to trust where it speaks https; None trusts nobody there.
    """

    def __init__(
        self,
        url: str,
        account: str,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.account = account
        # Reading who is usually trusted takes longer than many a call.
        verify = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._client = httpx.Client(base_url=url, trust_env=False, verify=verify)

    @classmethod
    def of(cls, endpoint: Endpoint, *, is_ours: bool) -> Self | None:
        """Return the control of *endpoint*, or None where it is no sandbox.

        Args:
            endpoint: The endpoint under test.
            is_ours: Whether the harness started it; then it must be a sandbox.
        """
        address = endpoint.address
        if address is None or urlsplit(address).hostname not in LOOPBACK:
            return None
        tls = endpoint.tls() if address.startswith("https:") else None
        control = cls(address, endpoint.account, tls=tls)
        if is_ours or control._answers():
            return control
        control.close()
        return None

    def read(self, route: str, **query: str) -> JsonValue:
        """Return what *route* shows of the account.

        Args:
            route: Its name, as ``conversations``.
            query: What narrows it, as ``consumer``.

        Raises:
            SandboxControlError: It shows nothing.
        """
        answer = self._call("GET", route, params={"account": self.account, **query})
        document: JsonValue = answer.json()
        return document

    def tell(self, route: str, document: JsonObject) -> JsonObject:
        """Tell *route* to do something for the account and return what it answers.

        Raises:
            SandboxControlError: It refuses.
        """
        answer = self._call("POST", route, json={"account": self.account, **document})
        done: JsonObject = answer.json()
        return done

    def remove(self, route: str, **query: str) -> None:
        """Let *route* remove something of the account.

        Raises:
            SandboxControlError: It refuses.
        """
        self._call("DELETE", route, params={"account": self.account, **query})

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _call(self, method: str, route: str, **request: object) -> httpx.Response:
        path = f"/_sandbox/{route}"
        try:
            answer = self._client.request(method, path, **request)  # type: ignore[arg-type]  # passed on
        except httpx.HTTPError as error:
            raise SandboxControlError(
                f"the sandbox did not answer {method} {path}: {error or type(error).__name__}\n"
                "  next: see whether it is still running"
            ) from None
        if answer.is_success:
            return answer
        raise SandboxControlError(
            f"the sandbox refused {method} {path} with {answer.status_code}: {_reason(answer)}\n"
            "  next: see whether the steps before it leave the conversation in that state"
        )

    def _answers(self) -> bool:
        try:
            return self.read("conversations", consumer="nobody") == []
        except (SandboxControlError, ValueError, RecursionError):
            return False


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["body"]["details"])[:300]
    except (ValueError, LookupError, TypeError):
        return answer.text[:300]
