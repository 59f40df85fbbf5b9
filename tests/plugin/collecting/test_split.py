"""A split puts each test into exactly one part, the same one everywhere."""

import pytest

from connector_harness.plugin.collecting.sharding import (
    Shard,
    fingerprint,
    parse_shard,
    split,
)


def test_unknown_test_weighs_as_much_as_others() -> None:
    """A new scenario is taken for one like the rest."""
    parts = split(["a", "b", "new"], {"a": 8.0, "b": 8.0, "gone": 99.0}, 3)

    assert sorted(parts.values()) == [1, 2, 3]


def test_fingerprint_is_that_of_the_split() -> None:
    """It does not depend on the order, and differs where one test is elsewhere."""
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1, "b": 2}) != fingerprint({"a": 2, "b": 2})


@pytest.mark.parametrize("written", ["2/5", " 5/5 ", "1/1"])
def test_shard_is_read(written: str) -> None:
    """A part and the number of parts are read."""
    number, of = map(int, written.split("/"))

    assert parse_shard(written) == Shard(number, of)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("6/5", "as --shard 5/5"),
        ("0/5", "as --shard 1/5"),
        ("1/0", "as --shard 1/1"),
        ("2", "as --shard 2/5"),
        ("a/b", "as --shard 2/5"),
        ("", "as --shard 2/5"),
        ("-1/5", "as --shard 2/5"),
        ("1/99999", "as --shard 2/5"),
    ],
)
def test_wrong_shard_is_told_with_a_right_one(written: str, advice: str) -> None:
    """What is wrong is quoted, and what to write instead stands below it."""
    with pytest.raises(pytest.UsageError) as told:
        parse_shard(written)

    assert repr(written) in str(told.value)
    assert str(told.value).endswith(advice)
