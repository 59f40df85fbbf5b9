"""Whatever is split, into however many parts, each test is in exactly one of them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from connector_harness.plugin.collecting.sharding import split

KEYS = st.lists(st.text(max_size=6), unique=True, max_size=40)
DURATIONS = st.dictionaries(st.text(max_size=6), st.floats(0, 1e4, allow_nan=False), max_size=40)
PARTS = st.integers(1, 9)


def loads(parts: dict[str, int], weights: dict[str, float], of: int) -> list[float]:
    """Return how much each part has to do."""
    sums = [0.0] * of
    for key, number in parts.items():
        sums[number - 1] += weights[key]
    return sums


@given(KEYS, DURATIONS, PARTS, st.randoms())
def test_order_does_not_matter(
    keys: list[str], durations: dict[str, float], of: int, chance: random.Random
) -> None:
    """Each test is in one part, and in the same one in whatever order they are collected."""
    parts = split(keys, durations, of)
    chance.shuffle(keys)

    assert parts == split(keys, durations, of)
    assert set(parts) == set(keys)
    assert set(parts.values()) <= set(range(1, of + 1))


@given(KEYS, DURATIONS, PARTS)
def test_parts_are_balanced(keys: list[str], durations: dict[str, float], of: int) -> None:
    """No two parts differ by more than the longest test takes."""
    weights = {key: durations.get(key, 0.0) for key in keys}

    found = loads(split(keys, weights, of), weights, of)

    assert max(found) - min(found) <= max(weights.values(), default=0) + 1e-6


@given(KEYS, PARTS)
def test_without_durations_numbers_are_balanced(keys: list[str], of: int) -> None:
    """No two parts differ by more than one test, and none is empty without need."""
    ones = dict.fromkeys(keys, 1.0)

    found = loads(split(keys, {}, of), ones, of)

    assert max(found) - min(found) <= 1
