"""Subscriptions: which app is told what, where and how. Source: API facts §9.1."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.rules.shapes import Shape, array, between, integer, members
from connector_harness.sandbox.webhooks.retries import (
    LONGEST_RETENTION_S,
    MOST_RETRIES,
    SHORTEST_RETENTION_S,
)
from connector_harness.sandbox.webhooks.signatures import SignatureForm

SUBSCRIPTIONS = (
    "ms.MessagingEventNotification.ContentEvent",
    "ms.MessagingEventNotification.RichContentEvent",
    "ms.MessagingEventNotification.AcceptStatusEvent",
    "ms.MessagingEventNotification.ChatStateEvent",
    "cqm.ExConversationChangeNotification",
)
"""The keys of a manifest under which an app asks to be told something."""

MOST_HEADERS = 32
_LONGEST_URL = 2048
_LABEL = "[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[ -~]{0,4094}[!-~])?)?")
_OWN_HEADERS = ("content-length", "content-type", "host", "transfer-encoding", "user-agent")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where an app is told one thing, and how often that is repeated by count.

    ``max_retries`` is None where the manifest does not name it. The headers may hold
    credentials, so they are not shown.
    """

    url: str
    max_retries: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one app wants to be told.

    ``retention_s`` is None where deliveries are repeated by count.
    """

    client_id: str
    secret: str = field(repr=False)
    receivers: dict[str, Receiver]
    retention_s: int | None = None
    signature: SignatureForm = field(default_factory=SignatureForm)


def read_subscription(
    webhooks: JsonObject, *, client_id: str, secret: str, signature: SignatureForm
) -> Subscription:
    """Return the subscription in ``capabilities.webhooks``, in which no fault was found.

    Args:
        webhooks: What `manifest` admits.
        client_id: Which app it is of.
        secret: What its webhooks are signed with.
        signature: How they are signed.
    """
    retry = webhooks.get("retry")
    retention = retry.get("retention_time") if isinstance(retry, dict) else None
    receivers = {
        name: _receiver(told)
        for name, told in webhooks.items()
        if name in SUBSCRIPTIONS and isinstance(told, dict)
    }
    return Subscription(
        client_id,
        secret,
        receivers,
        retention if isinstance(retention, int) else None,
        signature,
    )


def endpoint(document: JsonValue, at: str) -> str | None:
    """Admit an https address, or one of this machine."""
    if not isinstance(document, str) or not 0 < len(document) <= _LONGEST_URL:
        return f"{at} is no address"
    try:
        parts = urlsplit(document)
        host = parts.hostname or ""
        faulty = parts.port == 0 or parts.username is not None or bool(parts.fragment)
    except ValueError:
        faulty = True
    if faulty or not _is_plain(document) or not _is_host(host):
        return f"{at} is {document[:60]!r}, not an address as https://host/path"
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return None
    return f"{at} is {document[:60]!r}, which is neither https nor on this machine"


def _receiver(told: JsonObject) -> Receiver:
    retries, headers = told.get("max_retries"), told.get("headers")
    pairs = (
        [each for each in headers if isinstance(each, dict)] if isinstance(headers, list) else []
    )
    return Receiver(
        str(told["endpoint"]),
        retries if isinstance(retries, int) else None,
        tuple((str(pair["header_name"]), str(pair["header_value"])) for pair in pairs),
    )


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and not set(text) & set(' "<>\\^`{|}')


def _is_host(host: str) -> bool:
    return _HOST_NAME.fullmatch(host) is not None or _ip_address(host) is not None


def _is_loopback(host: str) -> bool:
    address = _ip_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _header_name(document: JsonValue, at: str) -> str | None:
    if not isinstance(document, str) or not _HEADER_NAME.fullmatch(document):
        return f"{at} is no name of a header"
    name = document.lower()
    if name in _OWN_HEADERS or name.startswith("x-liveperson-"):
        return f"{at} is {document!r}, which the sandbox sets itself"
    return None


def _header_value(document: JsonValue, at: str) -> str | None:
    # The value may be a credential, so the message does not show it.
    fits = isinstance(document, str) and _HEADER_VALUE.fullmatch(document)
    return None if fits else f"{at} is no value of a header"


_HEADER = members({"header_name": _header_name, "header_value": _header_value}, {}, closed=True)
_TOLD = members(
    {"endpoint": endpoint},
    {
        "max_retries": between(0, MOST_RETRIES, integer),
        "headers": array(_HEADER, most=MOST_HEADERS),
    },
    closed=True,
)
_RETRY = members(
    {},
    {"retention_time": between(SHORTEST_RETENTION_S, LONGEST_RETENTION_S, integer)},
    closed=True,
)
manifest: Shape = members({}, {"retry": _RETRY, **dict.fromkeys(SUBSCRIPTIONS, _TOLD)}, closed=True)
"""Admits ``capabilities.webhooks`` of an app's manifest."""
