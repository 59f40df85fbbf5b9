"""The sections of the document that other modules make: each adds its maker here."""

from collections.abc import Callable
from typing import Final, TypeAlias

from connector_harness.report.coverage.material import Material
from connector_harness.report.coverage.section import coverage_section
from connector_harness.report.page.extra import Extra

Maker: TypeAlias = Callable[[Material], Extra | None]

MAKERS: Final[tuple[Maker, ...]] = (coverage_section,)
"""What makes the sections, in their order; one that has nothing to say returns None."""


def sections(material: Material) -> tuple[Extra, ...]:
    """Return the sections that there is something to say in."""
    made = (maker(material) for maker in MAKERS)
    return tuple(extra for extra in made if extra is not None)
