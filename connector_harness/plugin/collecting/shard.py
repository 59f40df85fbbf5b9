"""One of several parts that a set of tests is split into, the same ones on every machine."""

import hashlib
import re
import statistics
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

_WRITTEN: Final = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


class ShardError(ValueError):
    """What is written names no shard; the message says why, and what would."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of several.

    Attributes:
        number: Which one, counted from 1.
        of: How many there are.
    """

    number: int
    of: int

    def __str__(self) -> str:
        """Return it as the command line has it, for example ``2/5``."""
        return f"{self.number}/{self.of}"


def parse_shard(written: str) -> Shard:
    """Return the shard that is *written*, for example ``2/5``.

    Raises:
        ShardError: It is none.
    """
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise ShardError(
            f"--shard {written!r} is no part of a whole\n"
            "  next: name the part and how many there are, as --shard 2/5"
        )
    shard = Shard(int(match[1]), int(match[2]))
    if not 1 <= shard.number <= shard.of:
        last = max(shard.of, 1)
        raise ShardError(
            f"--shard {written!r}: there is no part {shard.number} of {shard.of}\n"
            f"  next: name one from 1 to {last}, as --shard {min(shard.number or 1, last)}/{last}"
        )
    return shard


def split(keys: Collection[str], durations: Mapping[str, float], of: int) -> dict[str, int]:
    """Return the number of the part that each of *keys* is in, whatever order they come in.

    The longest go first, each into the part that has least to do so far; so no two parts differ
    by more than the longest takes, or by more than one in number where no duration is known.

    Args:
        keys: What to split; each stands for one test.
        durations: How long it takes, for those of which that is known, in any unit.
        of: How many parts.
    """
    known = [taken for key in keys if (taken := durations.get(key)) is not None]
    usual = statistics.median(known) if known else 1.0
    loads = [(0.0, 0, number) for number in range(1, of + 1)]
    parts: dict[str, int] = {}
    for taken, key in sorted((-durations.get(key, usual), key) for key in keys):
        load, count, number = min(loads)
        loads[number - 1] = (load - taken, count + 1, number)
        parts[key] = number
    return parts


def fingerprint(parts: Mapping[str, int]) -> str:
    """Return what is the same for all parts of one split, and for no other: 16 hex digits."""
    lines = sorted(f"{key}\0{number}" for key, number in parts.items())
    return hashlib.sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()[:16]
