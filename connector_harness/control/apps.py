"""The apps whose webhooks reach the harness's receiver."""

import secrets
from collections.abc import Callable, Container, Mapping
from typing import Any, Literal, TypeAlias

from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.receiver.app import App
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import SUBSCRIPTIONS
from connector_harness.receiver.server import Receiver
from connector_harness.redaction.redactor import Redactor


def manifest(
    url: str, *, max_retries: int | None = None, retention_time: int | None = None
) -> JsonObject:
    """Return the webhooks of an app that is told everything, each type below *url*.

    Shape: ``{"retry": {"retention_time": int}, "ms.….ContentEvent": {"endpoint": str,
    "max_retries": int}, …}``; what is None is left out. Source: API facts §9.1.
    """
    retries: JsonObject = {} if max_retries is None else {"max_retries": max_retries}
    webhooks: JsonObject = {
        name: {"endpoint": f"{url}/{name}", **retries} for name in SUBSCRIPTIONS
    }
    if retention_time is not None:
        webhooks["retry"] = {"retention_time": retention_time}
    return webhooks


class OwnApp:
    """An app that one scenario has installed for itself.

    What was delivered to it and accepted is in its inbox. It is for the conversations in *among*,
    or for all there are.
    """

    def __init__(
        self, app: App, client_id: str, control: SandboxControl, among: Container[str] | None
    ) -> None:
        self.inbox: Inbox = app.inbox
        self._app = app
        self.client_id = client_id
        self._control = control
        self._among = among

    def refuse(self, *, status: int, times: int | None = None) -> None:
        """Answer so many deliveries, or all until `accept_again`, with *status* and lose them."""
        self._app.refuse(App.ANY, status=status, times=times)

    def accept_again(self) -> None:
        """Answer deliveries as usual."""
        self._app.accept_again(App.ANY)

    def deliveries(self, consumer: str) -> list[JsonObject]:
        """Return every attempt to tell it of *consumer*'s conversations, in order.

        What is due is waited for; others' conversations do not count.

        Shape: ``[{"conversation", "type", "attempt": int, "at": seconds, "status": int | None,
        "outcome": "delivered" | "failed" | "dropped"}]``.
        """
        told: Any = self._control.read("webhooks", consumer=consumer)
        mine = [each for each in told["deliveries"] if each["clientId"] == self.client_id]
        return [e for e in mine if self._among is None or e["conversation"] in self._among]

    @property
    def state(self) -> str:
        """How its deliveries stand: UP, FAILED, IN_TRANSITION or RECOVERED."""
        told: Any = self._control.read("webhooks")
        states = {each["clientId"]: each["state"] for each in told["apps"]}
        return str(states.get(self.client_id, "not installed"))


class WebhookApps:
    """Installs apps in the sandbox, so that the receiver, which has started, is told of everything.

    The main inbox hears through the app whose client id is `main_id`; that is empty before.
    """

    def __init__(self, control: SandboxControl, receiver: Receiver, redactor: Redactor) -> None:
        self._control = control
        self._receiver = receiver
        self._redactor = redactor
        self._own: dict[OwnApp, App] = {}
        self.main_id = ""

    def install_main(self) -> None:
        """Let the account's own app be told everything at the receiver's main address."""
        self.main_id = self._subscribe(manifest(self._receiver.url))

    def remove_main(self) -> None:
        """Let the account's own app be told nothing more."""
        self._control.remove("webhooks")

    def install(
        self,
        *,
        inbox: Inbox | None = None,
        max_retries: int | None = None,
        retention_time: int | None = None,
        algorithm: Literal["sha1", "sha256"] = "sha1",
        encoding: Literal["base64", "hex"] = "base64",
        among: Container[str] | None = None,
    ) -> OwnApp:
        """Install one more app and return it.

        Args:
            inbox: Where its deliveries are kept; default: an inbox of its own.
            max_retries: How many times a delivery is repeated, 0 to 5; None leaves it out.
            retention_time: For how long deliveries are repeated, in seconds; None leaves it out.
            algorithm: What its deliveries are signed with.
            encoding: How the signature is written.
            among: The conversations it is for, where others use the account; None for all.

        Raises:
            SandboxControlError: The sandbox refuses the app.
        """
        client_id, secret = f"own-app-{secrets.token_hex(8)}", secrets.token_urlsafe(24)
        self._redactor.add_token(secret, kind="app secret")
        app = self._receiver.add_app(
            f"/{client_id}", secret, inbox=inbox, client_id=client_id, among=among
        )
        webhooks = manifest(
            self._receiver.url_of(app), max_retries=max_retries, retention_time=retention_time
        )
        self._subscribe(
            webhooks,
            clientId=client_id,
            clientSecret=secret,
            signature={"algorithm": algorithm, "encoding": encoding},
        )
        own = OwnApp(app, client_id, self._control, among)
        self._own[own] = app
        return own

    def remove(self, own: OwnApp) -> None:
        """Take an app out again; what is pending for it is dropped."""
        self._control.remove("webhooks", clientId=own.client_id)
        self._receiver.remove_app(self._own.pop(own))

    def remove_all(self) -> None:
        """Take out every app that has been installed and not taken out."""
        for own in list(self._own):
            self.remove(own)

    def install_instead_of_main(self) -> Inbox:
        """Let an app of this process's own be told what the account's would be; return where.

        Where processes share an account, each needs an app to itself.
        """
        own = self.install(inbox=self._receiver.main.inbox)
        self.main_id = own.client_id
        return own.inbox

    def _subscribe(self, webhooks: JsonObject, **details: JsonValue) -> str:
        capabilities: Mapping[str, JsonValue] = {"capabilities": {"webhooks": webhooks}}
        return str(self._control.tell("webhooks", {**capabilities, **details})["clientId"])


InstallApp: TypeAlias = Callable[..., OwnApp]
"""Installs an app of a scenario's own; takes the keyword arguments of `WebhookApps.install`."""
