"""When a failed delivery is repeated."""

from itertools import accumulate

import pytest

from connector_harness.sandbox.webhooks.queue import due_by_count, gap_by_time


@pytest.mark.parametrize(
    ("max_retries", "dues"),
    [
        (None, []),
        (0, []),
        (1, [30]),
        (5, [30, 60, 90, 120, 150]),
    ],
)
def test_counted_attempts_are_30_seconds_apart(max_retries: int | None, dues: list[float]) -> None:
    """As many attempts follow as were asked for; not naming a number is like 0."""
    made, attempts, at = [], 1, 0.0
    while (due := due_by_count(at, attempts=attempts, max_retries=max_retries)) is not None:
        made.append(due)
        attempts, at = attempts + 1, due

    assert made == dues


def test_timed_attempts_double_their_gap() -> None:
    """The gaps are 2, 4, 8 s and so on, and never more than 300 s."""
    gaps = [gap_by_time(failures) for failures in range(1, 12)]

    assert gaps == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert list(accumulate(gaps[:4])) == [2, 6, 14, 30]


def test_gap_of_many_failures_is_the_longest() -> None:
    """Three days of failures cost no more to count than one."""
    assert gap_by_time(10**9) == 300
