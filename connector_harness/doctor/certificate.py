"""The certificate of a server, and what keeps a connection to it from being secure."""

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from connector_harness.client.http.transport import trust

WITHIN_S: Final = 5.0
"""How long one connection may take, in seconds."""

_SELF_SIGNED: Final = (18, 19)
_EXPIRED: Final = 10
_UNKNOWN: Final = (2, 20, 21)
_OTHER_HOST: Final = (62, 64)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server's certificate says.

    Attributes:
        until: The last moment at which it is valid.
        issuer: Who issued it.
    """

    until: datetime
    issuer: str


class ConnectionProblemError(Exception):
    """There is no secure connection to a server.

    Attributes:
        what: What is wrong, without the address.
        remedy: What to do.
    """

    def __init__(self, what: str, remedy: str) -> None:
        """Keep both."""
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def certificate_of(origin: str, *, ca_file: Path | None) -> Certificate | None:
    """Return the certificate of the server at *origin*; None where it speaks plain http.

    Args:
        origin: Its address.
        ca_file: The authorities to trust instead of the usual ones.

    Raises:
        ConnectionProblemError: It cannot be reached, or not trusted.
    """
    connection = connected(origin)
    address = urlsplit(origin)
    if address.scheme != "https":
        connection.close()
        return None
    context = trust(ca_file)
    try:
        with context.wrap_socket(connection, server_hostname=address.hostname) as secured:
            return _read(secured.getpeercert() or {})
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(error, str(address.hostname)) from None
    except OSError as error:
        raise _unspoken(origin, error) from None
    finally:
        connection.close()


def connected(origin: str, *, within_s: float = WITHIN_S) -> socket.socket:
    """Return a connection to the server at *origin*.

    Args:
        origin: Its address.
        within_s: How long connecting may take, in seconds.

    Raises:
        ConnectionProblemError: There is none to be had.
    """
    address = urlsplit(origin)
    host = str(address.hostname)
    port = address.port or {"https": 443, "http": 80}[address.scheme]
    try:
        return socket.create_connection((host, port), timeout=within_s)
    except (socket.gaierror, UnicodeError):
        raise ConnectionProblemError(
            f"the name {host} has no address", "check the name, and whether DNS works here"
        ) from None
    except ConnectionRefusedError:
        raise ConnectionProblemError(
            f"{host} port {port} refuses connections",
            "see whether the server runs, and whether the port is right",
        ) from None
    except OSError as error:
        raise ConnectionProblemError(
            f"{host} port {port} cannot be reached: {error.strerror or error}",
            "check network and firewall; the harness connects directly, without a proxy",
        ) from None


def _read(told: "ssl._PeerCertRetDictType") -> Certificate:
    until = ssl.cert_time_to_seconds(str(told.get("notAfter")))
    names = {str(key): str(value) for row in told.get("issuer", ()) for key, value in _pairs(row)}
    issuer = names.get("organizationName") or names.get("commonName") or "an unnamed authority"
    return Certificate(datetime.fromtimestamp(until, UTC), issuer)


def _pairs(row: object) -> list[tuple[object, object]]:
    pairs = row if isinstance(row, tuple) else ()
    return [(each[0], each[1]) for each in pairs]


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> ConnectionProblemError:
    code = error.verify_code
    if code == _EXPIRED:
        return ConnectionProblemError("the certificate has expired", "let it be renewed")
    if code in _SELF_SIGNED or code in _UNKNOWN:
        return ConnectionProblemError(
            f"nobody here trusts the certificate: {error.verify_message}",
            "name its authority in ca_file, or have a certificate from a public one",
        )
    if code in _OTHER_HOST:
        return ConnectionProblemError(
            f"the certificate is not for {host}", "check the address; or have one for that name"
        )
    return ConnectionProblemError(
        f"the certificate cannot be trusted: {error.verify_message}",
        "see the certificate; and the clock of this machine",
    )


def _unspoken(origin: str, error: OSError) -> ConnectionProblemError:
    if _speaks_plainly(origin):
        return ConnectionProblemError(
            "a plain http server answers at the https address",
            "name the port that speaks https, or write http:// where it is this machine",
        )
    reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return ConnectionProblemError(
        f"no TLS is spoken there: {reason}", "see whether the port is that of an https server"
    )


def _speaks_plainly(origin: str) -> bool:
    deadline = time.monotonic() + WITHIN_S
    try:
        with connected(origin) as connection:
            connection.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
            connection.settimeout(max(0.1, deadline - time.monotonic()))
            return connection.recv(5) == b"HTTP/"
    except (OSError, ConnectionProblemError):
        return False
