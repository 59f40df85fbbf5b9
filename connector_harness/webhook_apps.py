"""The apps whose webhooks reach the harness's receiver."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, TypeAlias

from connector_harness.documents import JsonObject, JsonValue
from connector_harness.receiver.app import App
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.server import Receiver
from connector_harness.redaction import Redactor
from connector_harness.sandbox_control import SandboxControl

SUBSCRIPTIONS: Final = (
    "ms.MessagingEventNotification.ContentEvent",
    "ms.MessagingEventNotification.RichContentEvent",
    "ms.MessagingEventNotification.AcceptStatusEvent",
    "ms.MessagingEventNotification.ChatStateEvent",
    "cqm.ExConversationChangeNotification",
)
"""Everything an app can be told. Source: API facts §9.1."""


def manifest(
    url: str, *, max_retries: int | None = None, retention_time: int | None = None
) -> JsonObject:
    """Return the webhooks of an app that is told everything, each type below *url*.

    Shape: ``{"retry": {"retention_time": int}, "ms.….ContentEvent": {"endpoint": str,
    "max_retries": int}, …}``. Source: API facts §9.1.

    Args:
        url: Where the receiver listens for the app.
        max_retries: How many times a delivery is repeated; None leaves it out.
        retention_time: For how long deliveries are repeated, in seconds; None leaves it out.
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

    Attributes:
        inbox: What was delivered to it and accepted.
        client_id: Its client id.

    Args:
        app: Its end of the receiver.
        client_id: See above.
        control: The sandbox's control routes.
    """

    def __init__(self, app: App, client_id: str, control: SandboxControl) -> None:
        self.inbox: Inbox = app.inbox
        self._app = app
        self.client_id = client_id
        self._control = control

    def refuse(self, *, status: int, times: int | None = None) -> None:
        """Answer the next deliveries with *status* and lose them.

        Args:
            status: The HTTP status of the answer.
            times: How many deliveries; None until `accept_again`.
        """
        self._app.refuse(App.ANY, status=status, times=times)

    def accept_again(self) -> None:
        """Answer deliveries as usual."""
        self._app.accept_again(App.ANY)

    def deliveries(self) -> list[JsonObject]:
        """Return every attempt to deliver to it, in order.

        Shape: ``[{"conversation", "type", "attempt": int, "at": seconds, "status": int | None,
        "outcome": "delivered" | "failed" | "dropped"}]``.
        """
        return [each for each in self._told("deliveries") if each["clientId"] == self.client_id]

    @property
    def state(self) -> str:
        """How its deliveries stand: UP, FAILED, IN_TRANSITION or RECOVERED."""
        apps = (each for each in self._told("apps") if each["clientId"] == self.client_id)
        return next((str(each["state"]) for each in apps), "not installed")

    def _told(self, member: str) -> Iterator[JsonObject]:
        document = self._control.read("webhooks")
        rows = document.get(member) if isinstance(document, dict) else None
        return (
            (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())
        )


class WebhookApps:
    """Installs apps in the sandbox, so that the receiver is told of what happens.

    Args:
        control: The sandbox's control routes.
        receiver: Where the apps are told; started.
        redactor: Is told every secret.
    """

    def __init__(self, control: SandboxControl, receiver: Receiver, redactor: Redactor) -> None:
        self._control = control
        self._receiver = receiver
        self._redactor = redactor
        self._own: dict[OwnApp, App] = {}

    def install_main(self) -> None:
        """Let the account's own app be told everything at the receiver's main address."""
        self._subscribe(manifest(self._receiver.url))

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
    ) -> OwnApp:
        """Install one more app and return it.

        Args:
            inbox: Where its deliveries are kept; default: an inbox of its own.
            max_retries: How many times a delivery is repeated, 0 to 5; None leaves it out.
            retention_time: For how long deliveries are repeated, in seconds; None leaves it out.
            algorithm: What its deliveries are signed with.
            encoding: How the signature is written.

        Raises:
            SandboxControlError: The sandbox refuses the app.
        """
        client_id, secret = f"own-app-{secrets.token_hex(8)}", secrets.token_urlsafe(24)
        self._redactor.add(secret)
        app = self._receiver.add_app(f"/{client_id}", secret, inbox=inbox, client_id=client_id)
        webhooks = manifest(
            self._receiver.url_of(app), max_retries=max_retries, retention_time=retention_time
        )
        self._subscribe(
            webhooks,
            clientId=client_id,
            clientSecret=secret,
            signature={"algorithm": algorithm, "encoding": encoding},
        )
        own = OwnApp(app, client_id, self._control)
        self._own[own] = app
        return own

    def remove(self, own: OwnApp) -> None:
        """Take an app out again; what is owed to it is dropped."""
        self._control.remove("webhooks", clientId=own.client_id)
        self._receiver.remove_app(self._own.pop(own))

    def remove_all(self) -> None:
        """Take out every app that has been installed and not taken out."""
        for own in list(self._own):
            self.remove(own)

    def _subscribe(self, webhooks: JsonObject, **details: JsonValue) -> None:
        capabilities: Mapping[str, JsonValue] = {"capabilities": {"webhooks": webhooks}}
        self._control.tell("webhooks", {**capabilities, **details})


InstallApp: TypeAlias = Callable[..., OwnApp]
"""Installs an app of a scenario's own; takes the keyword arguments of `WebhookApps.install`."""
