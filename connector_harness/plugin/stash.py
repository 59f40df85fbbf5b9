"""Where the parts of a run find each other on pytest's configuration."""

from typing import TYPE_CHECKING

import pytest

from connector_harness.plugin.evidence import Evidence
from connector_harness.plugin.hearing import Remainder
from connector_harness.redaction import Redactor

# A run loads nothing of a preview.
if TYPE_CHECKING:
    from connector_harness.preview.sends import Recorder
    from connector_harness.preview.stage import Stage

REDACTOR = pytest.StashKey[Redactor]()
"""Masks the secrets of this process in everything it writes."""

EVIDENCE = pytest.StashKey[Evidence]()
"""Keeps and judges the exchanges of this process; made when the first connector is."""

REMAINDER = pytest.StashKey[Remainder]()
"""What the receiver was told and no scenario was; there once a receiver has been started."""

STAGE: "pytest.StashKey[Stage]" = pytest.StashKey()
"""What answers in a preview."""

RECORDER: "pytest.StashKey[Recorder]" = pytest.StashKey()
"""What notes the sends of a preview; there once there is a connector."""
