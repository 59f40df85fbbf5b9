"""Where the parts of a run find each other on pytest's configuration."""

import pytest

from connector_harness.plugin.evidence import Evidence
from connector_harness.plugin.hearing import Remainder
from connector_harness.redaction import Redactor

REDACTOR = pytest.StashKey[Redactor]()
"""Masks the secrets of this process in everything it writes."""

EVIDENCE = pytest.StashKey[Evidence]()
"""Keeps and judges the exchanges of this process; made when the first connector is."""

REMAINDER = pytest.StashKey[Remainder]()
"""What the receiver was told and no scenario was; there once a receiver has been started."""
