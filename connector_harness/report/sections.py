"""The sections of the document that other modules make: each adds its maker here."""

from collections.abc import Callable
from typing import Final, TypeAlias

from connector_harness.report.extra import Extra
from connector_harness.report.results import Results

Maker: TypeAlias = Callable[[Results], Extra | None]

MAKERS: Final[tuple[Maker, ...]] = ()
"""What makes the sections, in their order; one that has nothing to say returns None."""


def sections(results: Results) -> tuple[Extra, ...]:
    """Return the sections that there is something to say in."""
    made = (maker(results) for maker in MAKERS)
    return tuple(extra for extra in made if extra is not None)
