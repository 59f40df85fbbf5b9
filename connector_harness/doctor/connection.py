"""How this machine reaches the endpoint: certificates, clock, proxy, rate limits."""

import os
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from connector_harness.client.http.exchange import Exchange, header
from connector_harness.client.http.settings import HttpSettings
from connector_harness.doctor.result import CheckResult, good, judged, not_tried, wrong
from connector_harness.doctor.session import Session

WITHIN_S: Final = 5.0
"""How long one connection may take, in seconds."""

_UNKNOWN: Final = (
    "nobody here trusts the certificate: {why}",
    "name its authority in ca_file, or have a certificate from a public one",
)
_OTHER_HOST: Final = (
    "the certificate is not for {host}",
    "check the address; or have one for that name",
)
_OTHERWISE: Final = (
    "the certificate cannot be trusted: {why}",
    "see the certificate; and the clock of this machine",
)
_DISTRUST: Final = {
    10: ("the certificate has expired", "let it be renewed"),
    **dict.fromkeys((2, 18, 19, 20, 21), _UNKNOWN),
    **dict.fromkeys((62, 64), _OTHER_HOST),
}
"""What is wrong with a certificate and what to do about it, by OpenSSL's code."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Until when a server's certificate is valid, and who issued it."""

    until: datetime
    issuer: str


class ConnectionProblemError(Exception):
    """There is no secure connection to a server: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def certificate_of(
    origin: str, http: HttpSettings, *, within_s: float = WITHIN_S
) -> Certificate | None:
    """Return the certificate of the server at *origin*; None where it speaks plain http.

    The settings say the way there, what is trusted, and which certificate is shown.

    Raises:
        ConnectionProblemError: It cannot be reached, or not trusted.
    """
    address = urlsplit(origin)
    host = str(address.hostname)
    if address.scheme != "https":
        connection, way = HTTPConnection(host, address.port, timeout=within_s), origin
    else:
        connection, way = _secure_connection(host, address.port, http, within_s)
    try:
        connection.connect()
        secured = connection.sock
        return _read(secured.getpeercert() or {}) if isinstance(secured, ssl.SSLSocket) else None
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(error, host) from None
    except ssl.SSLError as error:
        raise _unspoken(host, address.port, error) from None
    except (OSError, UnicodeError) as error:
        raise _unreached(way, error) from None
    finally:
        connection.close()


def _secure_connection(
    host: str, port: int | None, http: HttpSettings, within_s: float
) -> tuple[HTTPConnection, str]:
    # A connection to come, and the address to which it is made first.
    if http.proxy is None:
        connection = HTTPSConnection(host, port, timeout=within_s, context=http.tls())
        return connection, f"https://{host}:{connection.port}"
    proxy = httpx.Proxy(http.proxy.get_secret_value())
    connection = HTTPSConnection(
        proxy.url.host, proxy.url.port, timeout=within_s, context=http.tls()
    )
    user = {}
    if proxy.auth is not None:
        basic = b64encode(":".join(proxy.auth).encode()).decode()
        user["Proxy-Authorization"] = f"Basic {basic}"
    connection.set_tunnel(host, port or 443, user)
    return connection, str(proxy.url)


def _unreached(way: str, error: Exception) -> ConnectionProblemError:
    address = urlsplit(way)
    place = f"{address.hostname} port {address.port}"
    if isinstance(error, socket.gaierror | UnicodeError):
        return ConnectionProblemError(
            f"the name {address.hostname} has no address",
            "check the name, and whether DNS works here",
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectionProblemError(
            f"{place} refuses connections",
            "see whether the server runs, and whether the port is right",
        )
    if str(error).startswith("Tunnel connection failed"):
        return ConnectionProblemError(
            f"the proxy {place} does not let through: {str(error).partition(': ')[2]}",
            "see what the proxy allows, and user and password in CONNECTOR_PROXY",
        )
    return ConnectionProblemError(
        f"{place} cannot be reached: {getattr(error, 'strerror', None) or error}",
        "check network and firewall; `proxy` names a proxy to go through",
    )


def _read(told: "ssl._PeerCertRetDictType") -> Certificate:
    until = ssl.cert_time_to_seconds(str(told.get("notAfter")))
    rows: Any = told.get("issuer", ())
    names = {str(each[0]): str(each[1]) for row in rows for each in row}
    issuer = names.get("organizationName") or names.get("commonName") or "an unnamed authority"
    return Certificate(datetime.fromtimestamp(until, UTC), issuer)


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> ConnectionProblemError:
    what, remedy = _DISTRUST.get(error.verify_code, _OTHERWISE)
    return ConnectionProblemError(what.format(host=host, why=error.verify_message), remedy)


def _unspoken(host: str, port: int | None, error: ssl.SSLError) -> ConnectionProblemError:
    if _speaks_plainly(host, port):
        return ConnectionProblemError(
            "a plain http server answers at the https address",
            "name the port that speaks https, or write http:// where it is this machine",
        )
    return ConnectionProblemError(
        f"no TLS is spoken there: {error.reason or error.strerror or type(error).__name__}",
        "see whether the port is that of an https server",
    )


def _speaks_plainly(host: str, port: int | None) -> bool:
    with closing(HTTPConnection(host, port or 443, timeout=WITHIN_S)) as connection:
        try:
            connection.request("HEAD", "/")
            return bool(connection.getresponse().status)
        except (OSError, HTTPException):
            return False


_THROTTLED: Final = 429

CLOCK_S: Final = 30.0
"""How far two clocks may be apart, in seconds."""

PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
"""The variables that name a proxy, in either case."""


def check_tls(session: Session) -> CheckResult:
    """Return whether every service is reached, and by a certificate that holds."""
    endpoint = session.endpoint
    found: list[Certificate] = []
    problems: list[tuple[str, str]] = []
    asked = {*session.origins.values(), *([] if endpoint.address else [endpoint.discovery])}
    for origin in sorted(asked):
        try:
            certificate = certificate_of(origin, endpoint)
        except ConnectionProblemError as error:
            problems.append((f"{origin}: {error.what}", error.remedy))
        else:
            found += [certificate] if certificate else []
    if problems:
        return judged("TLS", problems, "")
    if not found:
        return not_tried("TLS", "not used: plain http to this machine")
    until = min(each.until for each in found)
    issuers = ", ".join(sorted({each.issuer for each in found}))
    return good("TLS", f"certificates of {issuers}, valid until {until:%Y-%m-%d}")


def check_clock(session: Session) -> CheckResult:
    """Return whether the clock of this machine and those of the services agree."""
    known = [ahead for each in session.log.exchanges if (ahead := _ahead(each)) is not None]
    if not known:
        return not_tried("clock", "not compared: no answer told the time")
    most = max(known, key=abs)
    if abs(most) > CLOCK_S:
        side = "behind" if most > 0 else "ahead of"
        told = f"this machine is {abs(most):.0f} s {side} the endpoint"
        return wrong("clock", told, "set the clock of this machine by a time server")
    return good("clock", f"within {CLOCK_S:.0f} s of the endpoint")


def _ahead(exchange: Exchange) -> float | None:
    # By how many seconds the clock of an answer is ahead.
    try:
        told = parsedate_to_datetime(header(exchange.response_headers, "date") or "").timestamp()
    except (ValueError, OverflowError):
        return None
    return told - (exchange.started_s + exchange.elapsed_s)


def check_proxy(
    session: Session, tls: CheckResult, environ: Mapping[str, str] = os.environ
) -> CheckResult:
    """Return whether a proxy of the environment stands in for what, after *tls*, is not reached."""
    if session.endpoint.proxy is not None:
        address = urlsplit(session.endpoint.proxy.get_secret_value())
        return good("proxy", f"https passes through {address.hostname}:{address.port}")
    names = [name for each in PROXIES for name in (each, each.lower()) if environ.get(name)]
    if not names:
        return good("proxy", "none is set")
    told = f"{', '.join(names)} set; the harness connects directly and does not use it"
    failed = any(each.status is None for each in session.log.exchanges)
    if failed or tls.outcome == "wrong":
        return wrong(
            "proxy",
            f"{told}, and a connection failed",
            "name it in `proxy` of the endpoint's table, or run where the endpoint is reached",
        )
    return good("proxy", told)


def check_rate_limits(session: Session) -> CheckResult:
    """Return how many of the calls were throttled, and for how long they were to wait."""
    exchanges = session.log.exchanges
    throttled = [each for each in exchanges if each.status == _THROTTLED]
    if not exchanges:
        return not_tried("rate limits", "not tried: nothing was called")
    if not throttled:
        return good("rate limits", f"no 429 in {len(exchanges)} calls")
    waits = {header(each.response_headers, "retry-after") for each in throttled}
    told = ", ".join(sorted(each for each in waits if each)) or "none"
    return wrong(
        "rate limits",
        f"{len(throttled)} of {len(exchanges)} calls were answered 429; Retry-After: {told}",
        "set max_concurrent or requests_per_second in the endpoint's table",
    )
