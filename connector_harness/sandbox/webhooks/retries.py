"""When a failed delivery is repeated, as times only. Source: API facts §9.4."""

from enum import StrEnum

COUNT_GAP_S = 30.0
"""Seconds between the attempts of an app that has them counted."""

FIRST_GAP_S = 2.0
"""Seconds between the first two attempts of an app that has them for a time; then they double."""

LONGEST_GAP_S = 300.0
"""Seconds between two attempts at the most."""

DRAIN_S = 4.0
"""Seconds that an event waits while its app has recovered and is not yet up."""

RECOVERED_S = 4.0
"""Seconds for which an app is RECOVERED before it is UP."""

MOST_RETRIES = 5
SHORTEST_RETENTION_S, LONGEST_RETENTION_S = 2, 259_200

_MOST_DOUBLINGS = 8


class AppState(StrEnum):
    """How the deliveries to an app stand; one without a retention time is always up."""

    UP = "UP"
    FAILED = "FAILED"
    IN_TRANSITION = "IN_TRANSITION"
    RECOVERED = "RECOVERED"


def due_by_count(at: float, *, attempts: int, max_retries: int | None) -> float | None:
    """Return when an event is tried again, or None when it is given up.

    Args:
        at: When the last attempt began.
        attempts: How many there were, the first one included.
        max_retries: How many may follow the first one; None is like 0.
    """
    return at + COUNT_GAP_S if attempts <= (max_retries or 0) else None


def gap_by_time(failures: int) -> float:
    """Return the seconds between an attempt and the next.

    Args:
        failures: How many attempts in a row have failed, 1 or more.
    """
    return min(FIRST_GAP_S * (1 << min(failures - 1, _MOST_DOUBLINGS)), LONGEST_GAP_S)
