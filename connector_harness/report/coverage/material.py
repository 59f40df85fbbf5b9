"""What documents are made from, and what several of them need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from connector_harness.report.coverage.coverage import Coverage, coverage_of
from connector_harness.results.reader import Results


@dataclass(frozen=True)
class Material:
    """The results, and how the document names their scenarios.

    Attributes:
        results: The results.
        links: The id in the document of each scenario, by its history id.
    """

    results: Results
    links: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def coverage(self) -> Coverage | None:
        """What was exercised of the contract; None where the results come without one."""
        return coverage_of(self.results)
