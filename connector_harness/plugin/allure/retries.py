"""Scenarios that are run again after a failure, as pytest-rerunfailures does it."""

from typing import Final

import pytest

from connector_harness.results.record import FAILED, RecordedScenario, Status

HAS_FAILED: Final = pytest.StashKey[bool]()
"""Whether a scenario has failed in this run."""


def note(item: pytest.Item, record: RecordedScenario) -> None:
    """Mark *record* as flaky if its scenario passed after it had failed.

    Allure folds what has one key into one scenario with retries by itself.
    """
    if record.status in FAILED:
        item.stash[HAS_FAILED] = True
    elif record.status is Status.PASSED:
        # The attempts before the death of a worker are known to the plugin alone.
        attempts = int(getattr(item, "execution_count", 1))
        record.is_flaky = item.stash.get(HAS_FAILED, False) or attempts > 1
