"""Which path of which service leads to which handler."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from connector_harness.sandbox.api import (
    conversations,
    discovery,
    files,
    reading,
    sending,
    signin,
)
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.control import agent, control, fault_control, webhook_control
from connector_harness.sandbox.http import Answer, Call

LARGEST_BODY: Final = 1024 * 1024
"""How many bytes of a body are read at the most; a larger one is answered with 413.

Source: API facts §10.2.
"""

Handler = Callable[[Sandbox, Call], Answer | Awaitable[Answer]]
CONTROL: Final = "control"
"""The service of the routes that are no part of the Connector API."""

DISCOVERY: Final = "discovery"
"""The service that names the hosts of all others; the Domain API."""


@dataclass(frozen=True, slots=True)
class ServiceRoute:
    """A method and a path, with its parameters in braces, and the handler it leads to.

    ``service`` is spelled as the Domain API does, or is `DISCOVERY` or `CONTROL`; ``operation`` is
    what the journal calls it, empty for control routes; ``largest`` bounds its body, in bytes.
    """

    service: str
    method: str
    path: str
    operation: str
    handler: Handler
    largest: int = LARGEST_BODY

    @property
    def keeps(self) -> bool:
        """Whether a call leaves something behind, apart from a file."""
        is_control = self.service == CONTROL and self.method == "POST"
        return is_control or self.operation in {"create_conversation", "send"}


_ACCOUNT: Final = "/api/account/{account}"
_CONVERSATION: Final = f"{_ACCOUNT}/messaging/consumer/conversation"
_FOUND: Final = f"{_ACCOUNT}/service"
_APP_TOKEN: Final = "account/{account}/app/token"  # noqa: S105  # a path
_HELD: Final = "/messaging/v1/conversations/{conversation}"
_PAST: Final = f"/messaging_history{_ACCOUNT}/conversations"
_FILE: Final = "v1/AUTH_async-images/{account}/{name}"


def _control(method: str, name: str, handler: Handler, largest: int = LARGEST_BODY) -> ServiceRoute:
    return ServiceRoute(CONTROL, method, f"/_sandbox/{name}", "", handler, largest)


_messaging, _idp, _sentinel, _swift, _rest, _history, _discovery = (
    partial(ServiceRoute, service)
    for service in (
        *("asyncMessagingEnt", "idp", "sentinel", "swift", discovery.MESSAGING_REST, "msgHist"),
        DISCOVERY,
    )
)

ROUTES: Final = (
    _messaging("POST", _CONVERSATION, "create_conversation", conversations.create_conversation),
    _messaging("POST", f"{_CONVERSATION}/send", "send", sending.send),
    _idp("POST", f"{_ACCOUNT}/consumer", "consumer_token", signin.issue_consumer_token),
    _sentinel("POST", f"/sentinel/api/{_APP_TOKEN}", "app_token", signin.issue_app_token),
    _sentinel("POST", f"/sentinel/api/v2/{_APP_TOKEN}", "app_token", signin.issue_app_token),
    _sentinel("GET", "/sentinel/well-known/jwks", "key_set", signin.publish_keys),
    _discovery("GET", f"{_FOUND}/baseURI.json", "domains", discovery.list_services),
    _discovery("GET", f"{_FOUND}/baseURI", "domains", discovery.list_services),
    _discovery("GET", f"{_FOUND}/{{service}}/baseURI.json", "domain", discovery.find_service),
    _discovery("GET", f"{_FOUND}/{{service}}/baseURI", "domain", discovery.find_service),
    _rest("GET", _HELD, "read_conversation", reading.read_conversation),
    _rest("GET", f"{_HELD}/dialogs/{{dialog}}/messages", "read_messages", reading.read_messages),
    _history("POST", f"{_PAST}/consumer/search", "search_history", reading.search_consumer),
    _history("POST", f"{_PAST}/conversation/search", "search_history", reading.search_conversation),
    _swift("PUT", f"/{_FILE}", "put_file", files.store_file, files.LARGEST_FILE),
    _swift("GET", f"/{_FILE}", "get_file", files.send_file),
    # Templates of the documentation lead to two slashes at the begin.
    _swift("PUT", f"//{_FILE}", "put_file", files.store_file, files.LARGEST_FILE),
    _swift("GET", f"//{_FILE}", "get_file", files.send_file),
    # In Base64, beside what is said of it.
    _control("POST", "files", agent.add_file, files.LARGEST_FILE * 4 // 3 + 4 + LARGEST_BODY),
    _control("POST", "accounts", control.add_account),
    _control("POST", "surveys", control.add_survey),
    _control("POST", "outdated_app_tokens", control.issue_outdated_app_token),
    _control("POST", "agent", agent.play_agent),
    _control("POST", "clock", webhook_control.advance_clock),
    _control("POST", "webhooks", webhook_control.subscribe),
    _control("GET", "webhooks", webhook_control.show_webhooks),
    _control("DELETE", "webhooks", webhook_control.unsubscribe),
    _control("POST", "faults", fault_control.inject),
    _control("GET", "faults", fault_control.show),
    _control("DELETE", "faults", fault_control.recover),
    _control("GET", "journal", control.read_journal),
    _control("GET", "conversations", control.list_conversations),
)
API: Final = frozenset(route.service for route in ROUTES) - {CONTROL}
