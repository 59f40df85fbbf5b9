"""Subscriptions: which app is told what, where and how, and signed how. Source: API facts §9.1."""

import base64
import hmac
import re
from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.rules import shapes
from connector_harness.sandbox.rules.events import TYPES
from connector_harness.sandbox.webhooks.notifications import CONVERSATION_CHANGE, MESSAGING_EVENT

SUBSCRIPTIONS = (*(f"{MESSAGING_EVENT}.{each}" for each in TYPES), CONVERSATION_CHANGE)
"""The keys of a manifest under which an app asks to be told something."""

SIGNATURE_HEADER = "x-liveperson-signature"
ALGORITHMS = ("sha1", "sha256")
ENCODINGS = ("base64", "hex")
MOST_HEADERS = 32
MOST_RETRIES = 5
SHORTEST_RETENTION_S, LONGEST_RETENTION_S = 2, 259_200
_LABEL = "[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])"
_NEAR = r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])"
_PORT = (
    "(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
)
_PATH = r"(?:[/?][!$-;=?-\[\]_a-z~]*)?"
_OWN_HEADERS = "content-length|content-type|host|transfer-encoding|user-agent"
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[ -~]{0,4094}[!-~])?)?")


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
    retention = shapes.as_object(webhooks.get("retry")).get("retention_time")
    receivers = {
        name: _receiver(shapes.as_object(told))
        for name, told in webhooks.items()
        if name in SUBSCRIPTIONS
    }
    retention_s = retention if isinstance(retention, int) else None
    return Subscription(client_id, secret, receivers, retention_s, signature)


def _receiver(told: JsonObject) -> Receiver:
    retries = told.get("max_retries")
    pairs = [shapes.as_object(each) for each in shapes.as_list(told.get("headers"))]
    return Receiver(
        str(told["endpoint"]),
        retries if isinstance(retries, int) else None,
        tuple((str(pair["header_name"]), str(pair["header_value"])) for pair in pairs),
    )


def _header_value(document: JsonValue, at: str) -> str | None:
    # The value may be a credential, so the message does not show it.
    fits = isinstance(document, str) and _HEADER_VALUE.fullmatch(document)
    return None if fits else f"{at} is no value of a header"


_ADDRESS = shapes.pattern(
    f"(?=.{{1,2048}}$)(?:https://{_HOST}|http://{_NEAR}){_PORT}{_PATH}",
    "an address as https://host/path, nor one on this machine",
)
_HEADER_NAME = shapes.pattern(
    rf"(?i)(?!x-liveperson-|(?:{_OWN_HEADERS})$)[!#$%&'*+.^_`|~0-9a-z-]{{1,256}}",
    "a name of a header that is free",
)
_HEADER = shapes.members({"header_name": _HEADER_NAME, "header_value": _header_value}, closed=True)
_RETRIES, _HEADERS = (
    shapes.between(0, MOST_RETRIES, shapes.integer),
    shapes.array(_HEADER, most=MOST_HEADERS),
)
_TOLD = shapes.members(
    {"endpoint": _ADDRESS}, {"max_retries": _RETRIES, "headers": _HEADERS}, closed=True
)
_RETENTION = shapes.between(SHORTEST_RETENTION_S, LONGEST_RETENTION_S, shapes.integer)
_RETRY = shapes.members({}, {"retention_time": _RETENTION}, closed=True)
manifest: shapes.Shape = shapes.members(
    {}, {"retry": _RETRY, **dict.fromkeys(SUBSCRIPTIONS, _TOLD)}, closed=True
)
