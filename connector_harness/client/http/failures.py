"""Why no answer arrived, and what to do about it."""

import ssl
from typing import Final, Literal, TypeAlias

import h11
import httpx

from connector_harness.client.http.limits import TOO_LARGE, LimitError

Kind: TypeAlias = Literal[
    "refused", "timed_out", "closed", "protocol", "too_large", "tls", "unreachable", "proxy"
]
"""Why no answer arrived."""

WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "refused": ("connection refused", "start the endpoint, or correct its address"),
    "timed_out": ("timed out", "see whether the endpoint is up; its timeouts are settings"),
    "closed": ("connection closed", "see the endpoint's log; the call was not repeated"),
    "protocol": ("not HTTP", "see whether the address is that of an HTTP service"),
    "too_large": (TOO_LARGE, "see whether the address is that of the API"),
    "tls": ("no TLS", "name the endpoint's certificate authority in `ca_file`"),
    "unreachable": ("unreachable", "check the host name, the network and the address"),
    "proxy": (
        "the proxy does not let through",
        "see what the proxy allows; `proxy` of the endpoint names it, or CONNECTOR_PROXY",
    ),
}

_PLAIN: Final = "no TLS: that port speaks plain http, or something else"
NOT_SHOWN: Final = "no TLS: the server wants a client certificate"
NOT_ACCEPTED: Final = "no TLS: the server refuses the client certificate"
REMEDIES: Final = {
    NOT_SHOWN: "name one in `client_certificate` of the endpoint",
    NOT_ACCEPTED: "name one that the server accepts in `client_certificate` of the endpoint",
    _PLAIN: "name the port that speaks https; plain http is spoken on this machine only",
}
"""What to do about failures that need more than the remedy of their kind."""

_NO_TLS_AT_ALL: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL says of a peer that answers a greeting in another protocol."""

_REFUSED_CERTIFICATE: Final = frozenset(
    {
        *("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_UNKNOWN_CA"),
        *("SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"),
        *("SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_HANDSHAKE_FAILURE"),
    }
)
"""What OpenSSL says when a server has refused the certificate of a client."""

# What h11 says of a line or a head that it will not keep any longer: a status for servers.
_TOO_LONG: Final = 431


_BROKEN: Final[dict[type[Exception], str]] = {
    httpx.DecodingError: "answer that cannot be unpacked",
    httpx.LocalProtocolError: "the request is not HTTP",
}


def failure_of(error: Exception, *, peer_closed: bool) -> tuple[Kind, str]:
    """Return what kind of failure *error* is, and what it is in words."""
    # httpx keeps what httpcore says, and that as its first argument what went wrong below.
    below = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    if isinstance(below, ssl.SSLError):
        return "tls", _tls_failure(below)
    if isinstance(below, h11.RemoteProtocolError) and below.error_status_hint == _TOO_LONG:
        return "too_large", "answer with an endless line"
    if isinstance(error, LimitError):
        return "too_large", str(error)
    if isinstance(error, httpx.ProxyError):
        return "proxy", f"{WORDS['proxy'][0]}: {error}"
    if (words := _BROKEN.get(type(error))) is not None:
        return "protocol", words
    kind = _kind(error, below, peer_closed=peer_closed)
    return kind, WORDS[kind][0]


def _tls_failure(error: ssl.SSLError) -> str:
    """Return why TLS did not come about; it begins as the words of its kind."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"no TLS: certificate not trusted, {error.verify_message}"
    if error.reason in _REFUSED_CERTIFICATE:
        return NOT_ACCEPTED
    return _PLAIN if error.reason in _NO_TLS_AT_ALL else WORDS["tls"][0]


def _kind(error: Exception, below: object, *, peer_closed: bool) -> Kind:
    if isinstance(error, httpx.TimeoutException):
        return "timed_out"
    if isinstance(below, ConnectionRefusedError):
        return "refused"
    if isinstance(error, httpx.ConnectError):
        return "unreachable"
    return "closed" if peer_closed or isinstance(error, httpx.NetworkError) else "protocol"
