"""Where the parts of a run find each other on pytest's configuration."""

from typing import TYPE_CHECKING

import pytest

from connector_harness.gherkin.guard import Finding
from connector_harness.plugin.running.exchange_recorder import ExchangeRecorder
from connector_harness.plugin.running.notifications import Unclaimed
from connector_harness.plugin.settings import History
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.folder import ResultsFolder

# A run loads nothing of a preview.
if TYPE_CHECKING:
    from connector_harness.plugin.preview.sends import Recorder
    from connector_harness.plugin.preview.stage import Stage

REDACTOR = pytest.StashKey[Redactor]()
"""Masks the secrets of this process in everything it writes."""

EVIDENCE = pytest.StashKey[ExchangeRecorder]()
"""Keeps and judges the exchanges of this process."""

REMAINDER = pytest.StashKey[Unclaimed]()
"""What the receiver was told and no scenario was; there once a receiver has been started."""

STAGE: "pytest.StashKey[Stage]" = pytest.StashKey()
"""What answers in a preview."""

RECORDER: "pytest.StashKey[Recorder]" = pytest.StashKey()
"""What notes the sends of a preview; there once there is a connector."""
RESULTS = pytest.StashKey[ResultsFolder]()
"""Where the results of this run go; there where it has features."""

HISTORY = pytest.StashKey[History | None]()
"""What is known of earlier runs, if anything; likewise."""

NOTICES = pytest.StashKey[list[Finding | str]]()
"""What is worth a look at the end of the run, and stops nothing."""
