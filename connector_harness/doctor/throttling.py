"""Whether the endpoint has throttled what the other checks called."""

from typing import Final

from connector_harness.client.exchange import header
from connector_harness.doctor.result import CheckResult, good, not_tried, wrong
from connector_harness.doctor.session import Session

CHECK: Final = "rate limits"

_THROTTLED: Final = 429


def check_rate_limits(session: Session) -> CheckResult:
    """Return how many of the calls were throttled, and for how long they were to wait."""
    exchanges = session.log.exchanges
    throttled = [each for each in exchanges if each.status == _THROTTLED]
    if not exchanges:
        return not_tried(CHECK, "not tried: nothing was called")
    if not throttled:
        return good(CHECK, f"no 429 in {len(exchanges)} calls")
    waits = {header(each.response_headers, "retry-after") for each in throttled}
    told = ", ".join(sorted(each for each in waits if each)) or "none"
    return wrong(
        CHECK,
        f"{len(throttled)} of {len(exchanges)} calls were answered 429; Retry-After: {told}",
        "set max_concurrent or requests_per_second in the endpoint's table",
    )
