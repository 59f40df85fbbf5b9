"""What the outputs are called."""

from typing import Final

DOCUMENT: Final = "spec.html"
COVERAGE: Final = "coverage.json"
JUNIT: Final = "junit.xml"

SUMMARY: Final = "summary.md"
"""Where the CI system has no place of its own for a summary."""

OUTPUTS: Final = (DOCUMENT, COVERAGE, JUNIT, SUMMARY)
"""All that a run may leave beside its results, whatever it is asked for."""
