"""Subscriptions: which app is told what, where and how, and signed how. Source: API facts §9.1."""

import base64
import hmac
import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.rules.shapes import (
    Shape,
    array,
    as_list,
    as_object,
    between,
    integer,
    members,
)

SUBSCRIPTIONS = (
    "ms.MessagingEventNotification.ContentEvent",
    "ms.MessagingEventNotification.RichContentEvent",
    "ms.MessagingEventNotification.AcceptStatusEvent",
    "ms.MessagingEventNotification.ChatStateEvent",
    "cqm.ExConversationChangeNotification",
)
"""The keys of a manifest under which an app asks to be told something."""

SIGNATURE_HEADER = "x-liveperson-signature"
ALGORITHMS = ("sha1", "sha256")
ENCODINGS = ("base64", "hex")
MOST_HEADERS = 32
MOST_RETRIES = 5
SHORTEST_RETENTION_S, LONGEST_RETENTION_S = 2, 259_200
_LONGEST_URL = 2048
_LABEL = "[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[ -~]{0,4094}[!-~])?)?")
_OWN_HEADERS = ("content-length", "content-type", "host", "transfer-encoding", "user-agent")


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """How an app has its webhooks signed; the default is what every account starts with.

    Source: API facts §9.3.
    """

    algorithm: str = "sha1"
    encoding: str = "base64"


def sign(body: bytes, secret: str, form: SignatureForm) -> str:
    """Return the value of the signature header for a body as it is sent, as ``sha1=…``.

    Source: API facts §9.3.
    """
    digest = hmac.digest(secret.encode(), body, form.algorithm)
    text = digest.hex() if form.encoding == "hex" else base64.b64encode(digest).decode()
    return f"{form.algorithm}={text}"


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
    """What one app wants to be told; ``retention_s`` is None where that is repeated by count."""

    client_id: str
    secret: str = field(repr=False)
    receivers: dict[str, Receiver]
    retention_s: int | None = None
    signature: SignatureForm = field(default_factory=SignatureForm)


def read_subscription(
    webhooks: JsonObject, *, client_id: str, secret: str, signature: SignatureForm
) -> Subscription:
    """Return the subscription of an app in ``capabilities.webhooks``, which `manifest` admits."""
    retention = as_object(webhooks.get("retry")).get("retention_time")
    receivers = {
        name: _receiver(as_object(told)) for name, told in webhooks.items() if name in SUBSCRIPTIONS
    }
    retention_s = retention if isinstance(retention, int) else None
    return Subscription(client_id, secret, receivers, retention_s, signature)


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
    if faulty or not _is_plain(document) or not (_HOST_NAME.fullmatch(host) or _address(host)):
        return f"{at} is {document[:60]!r}, not an address as https://host/path"
    address = _address(host)
    is_near = host == "localhost" or (address is not None and address.is_loopback)
    if parts.scheme == "https" or (parts.scheme == "http" and is_near):
        return None
    return f"{at} is {document[:60]!r}, which is neither https nor on this machine"


def _receiver(told: JsonObject) -> Receiver:
    retries = told.get("max_retries")
    pairs = [as_object(each) for each in as_list(told.get("headers"))]
    return Receiver(
        str(told["endpoint"]),
        retries if isinstance(retries, int) else None,
        tuple((str(pair["header_name"]), str(pair["header_value"])) for pair in pairs),
    )


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and not set(text) & set(' "<>\\^`{|}')


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
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


_HEADER = members({"header_name": _header_name, "header_value": _header_value}, closed=True)
_TOLD = members(
    {"endpoint": endpoint},
    {
        "max_retries": between(0, MOST_RETRIES, integer),
        "headers": array(_HEADER, most=MOST_HEADERS),
    },
    closed=True,
)
_RETENTION = between(SHORTEST_RETENTION_S, LONGEST_RETENTION_S, integer)
_RETRY = members({}, {"retention_time": _RETENTION}, closed=True)
manifest: Shape = members({}, {"retry": _RETRY, **dict.fromkeys(SUBSCRIPTIONS, _TOLD)}, closed=True)
"""Admits ``capabilities.webhooks`` of an app's manifest."""
