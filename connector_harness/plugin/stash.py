"""Where the parts of a run find on pytest's configuration what all of them share."""

from collections.abc import Generator
from typing import Final, TypeAlias

import pytest

from connector_harness.gherkin.guard import Finding
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.folder import ResultsFolder

REDACTOR: Final = pytest.StashKey[Redactor]()
"""Masks the secrets of this process in everything it writes."""

RESULTS: Final = pytest.StashKey[ResultsFolder]()
"""Where the results of this run go; there where it has features."""

NOTICES: Final = pytest.StashKey[list[Finding | str]]()
"""What is worth a look at the end of the run, and stops nothing."""

AUDITED: Final = pytest.StashKey[list[str]]()
"""Files that the leak audit looks at wherever they are."""

Reporting: TypeAlias = Generator[None, pytest.TestReport, pytest.TestReport]
"""What a wrapper of `pytest_runtest_makereport` is."""
