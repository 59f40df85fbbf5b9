"""What is compared when the same features have run here and there."""

from tests.stranger.project import FeatureRun, Outcome, compare

PASSED, FAILED, SKIPPED = Outcome("passed"), Outcome("failed", "why"), Outcome("skipped", "why")


def run(**outcomes: Outcome) -> FeatureRun:
    """Return a run that ended so."""
    return FeatureRun(0, "", outcomes)


def test_what_ends_alike_is_no_difference() -> None:
    """Nor is what did not run on one of both."""
    ours = run(a=PASSED, b=FAILED, c=PASSED, d=SKIPPED)
    theirs = run(a=PASSED, b=FAILED, c=SKIPPED, d=FAILED)

    assert compare(ours, theirs, {}) == []


def test_what_ends_otherwise_is_a_difference() -> None:
    """It is named with both outcomes, and why it failed."""
    assert compare(run(a=PASSED), run(a=FAILED), {}) == ["a: passed here, failed there\nwhy"]


def test_what_has_vanished_did_not_run() -> None:
    """A scenario that one of both does not know at all is named."""
    ours, theirs = run(a=PASSED, b=PASSED), run(a=PASSED)

    assert compare(ours, theirs, {}) == ["b: passed here, did not run there"]
    assert compare(theirs, ours, {}) == ["b: did not run here, passed there"]


def test_difference_with_a_reason_is_none() -> None:
    """Not while it is there; a reason that is not needed any more is a difference itself."""
    reasons = {"a": "it assumes so"}

    assert compare(run(a=PASSED), run(a=FAILED), reasons) == []
    assert compare(run(a=PASSED), run(a=PASSED), reasons) == [
        "a: passed here, passed there, although it assumes so"
    ]
