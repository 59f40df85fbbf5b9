"""How this machine reaches the endpoint: TLS, clock, proxy, and whether it is throttled."""

import os
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from connector_harness.client.http.exchange import Exchange, header
from connector_harness.doctor.certificate import (
    Certificate,
    ConnectionProblemError,
    certificate_of,
)
from connector_harness.doctor.result import CheckResult, good, judged, not_tried, wrong
from connector_harness.doctor.session import Session

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
