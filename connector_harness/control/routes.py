"""The sandbox's control routes, for whoever looks into it or puts its clock forward."""

import ssl
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject, JsonValue

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The hosts on which an address is asked without a token whether a sandbox answers there."""


class SandboxControlError(Exception):
    """The sandbox did not do what it was told; the message says why."""


class SandboxRefusedError(SandboxControlError):
    """What the sandbox was told cannot be, or not now: the steps are at fault, not the sandbox."""


class SandboxControl:
    """Speaks to the control routes of a sandbox, for one account."""

    def __init__(
        self,
        url: str,
        account: str,
        *,
        tls: ssl.SSLContext | None = None,
        token: SecretStr | None = None,
    ) -> None:
        self.account = account
        shown = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        # Reading who is usually trusted takes longer than many a call; nobody is, for a sandbox.
        verify = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._client = httpx.Client(base_url=url, trust_env=False, verify=verify, headers=shown)

    @classmethod
    def of(cls, endpoint: Endpoint, *, is_ours: bool) -> Self | None:
        """Return the control of *endpoint*; None where it is no sandbox, of *ours* or another."""
        address, token = endpoint.address, endpoint.sandbox_token
        is_asked = token is not None or urlsplit(address or "").hostname in LOOPBACK
        if address is None or not is_asked:
            return None
        tls = endpoint.tls() if address.startswith("https:") else None
        control = cls(address, endpoint.account, tls=tls, token=token)
        if is_ours or control._answers():
            return control
        control.close()
        return None

    def read(self, route: str, **query: str) -> JsonValue:
        """Return what *route*, as ``conversations``, shows of the account, or of what is asked for.

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
        what = f"the sandbox refused {method} {path} with {answer.status_code}: {_reason(answer)}"
        if answer.status_code not in ADVICE:
            raise SandboxControlError(f"{what}\n  next: {UNEXPECTED}")
        raise SandboxRefusedError(f"{what}\n  next: {ADVICE[answer.status_code]}")

    def _answers(self) -> bool:
        try:
            return self.read("conversations", consumer="nobody") == []
        except (SandboxControlError, ValueError, RecursionError):
            return False


_STATE: Final = "see whether the steps before it leave the conversation in that state"
ADVICE: Final[dict[int, str]] = {
    HTTPStatus.BAD_REQUEST: "correct what the sentence says",
    HTTPStatus.NOT_FOUND: _STATE,
    HTTPStatus.CONFLICT: _STATE,
}
"""What to do about each status with which the sandbox says that something cannot be."""

UNEXPECTED: Final = "see what the sandbox says, and whether it is one of this version"


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["body"]["details"])[:300]
    except (ValueError, LookupError, TypeError):
        return answer.text[:300]


class VirtualClock:
    """Puts the time of single consumers forward; that of all others stays as it is."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def advance(self, consumer: str, seconds: float) -> None:
        """Let more than 0 and at most 864,000 seconds pass for *consumer*: what is due happens now.

        Raises:
            SandboxControlError: The sandbox refuses.
        """
        self._control.tell("clock", {"consumer": consumer, "seconds": seconds})


class SandboxView:
    """What the sandbox holds for one account."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def conversations(self, consumer: str) -> list[JsonObject]:
        """Return the conversations of *consumer*, oldest first.

        Shape: ``[{"id", "stage", "state", "request", "profile", "dialogs": [{"messages":
        [{"sequence", "text", "from"}]}]}]``.

        Raises:
            SandboxControlError: The sandbox does not show them.
        """
        found: Any = self._control.read("conversations", consumer=consumer)
        return list(found)

    def wait_until_told(self, consumer: str) -> None:
        """Return once every app has been told of all that *consumer* is due by now, or refused it.

        Raises:
            SandboxControlError: The sandbox does not say so.
        """
        self._control.read("webhooks", consumer=consumer)
