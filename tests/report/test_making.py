"""The garbage collector rests while documents are made."""

import contextlib
import gc

from connector_harness.report.making import gc_paused


def test_collector_rests_and_goes_on() -> None:
    """It is off inside, and as it was afterwards, whatever happens."""
    seen = []
    with contextlib.suppress(ValueError), gc_paused():
        seen.append(gc.isenabled())
        raise ValueError

    assert (seen, gc.isenabled()) == ([False], True)


def test_collector_that_is_off_stays_off() -> None:
    """Somebody has meant it."""
    gc.disable()
    try:
        with gc_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
