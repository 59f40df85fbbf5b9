"""What has changed since the last run is told in plain sentences."""

from pathlib import Path

import pytest

from connector_harness.results.changes import changes
from connector_harness.results.reader import Results, read_results
from tests.report.runs import PARCELS, write_run


@pytest.fixture
def before(tmp_path: Path) -> Results:
    """A run in which one scenario failed."""
    return read_results(write_run(tmp_path / "before", failed=("A parcel to Oslo",)))


def told(before: Results, now: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the titles and words of what has changed, by kind."""
    found = changes(before, read_results(now))
    return {kind: [(each.title, each.words) for each in news] for kind, news in found.kinds}


def test_same_run_has_no_news(before: Results, tmp_path: Path) -> None:
    """Where nothing has changed, that is what is said."""
    now = read_results(write_run(tmp_path / "now", failed=("A parcel to Oslo",)))

    assert changes(before, now).words == "nothing has changed"


def test_failing_and_fixed(before: Results, tmp_path: Path) -> None:
    """What fails now says why; what failed before is fixed."""
    now = write_run(tmp_path / "now", failed=("One parcel",))

    assert told(before, now) == {
        "newly failing": [("One parcel", "It is late")],
        "fixed": [("A parcel to Oslo", "")],
    }


def test_added_and_removed(before: Results, tmp_path: Path) -> None:
    """What is new and what is gone is named."""
    now = write_run(tmp_path / "now", PARCELS.replace("Oslo", "Paris"))

    assert told(before, now) == {
        "added": [("A parcel to Paris", "")],
        "removed": [("A parcel to Oslo", "")],
    }


OUTLINE = """
    Feature: Bills

      Scenario Outline: A bill is paid
        Given a bill of <sum>
        Then <paid> is paid

        Examples:
          | sum | paid |
          | 5   | 5    |
          | 6   | 6    |
"""


def test_row_that_is_new_and_fails_is_newly_failing(tmp_path: Path) -> None:
    """One that was changed is another row; it is told apart from the others, and so is the old."""
    before = read_results(write_run(tmp_path / "before", OUTLINE))
    text = OUTLINE.replace("| 5    |", "| 4    |") + "          | 7   | 7    |\n"

    now = write_run(tmp_path / "now", text, failed=("A bill is paid[5, 4]",))

    assert told(before, now) == {
        "newly failing": [("A bill is paid[5, 4]", "new and failing: It is late")],
        "added": [("A bill is paid[7, 7]", "")],
        "removed": [("A bill is paid[5, 5]", "")],
    }


def test_what_left_its_quarantine_failing_says_so(tmp_path: Path) -> None:
    """It counts now and did not before: nothing else about it is new."""
    red = ("One parcel",)
    before = read_results(write_run(tmp_path / "before", failed=red, excused=red))
    still = read_results(write_run(tmp_path / "still", failed=red, excused=red))

    words = "failed in quarantine before: It is late"
    assert told(before, write_run(tmp_path / "now", failed=red)) == {
        "newly failing": [("One parcel", words)]
    }
    assert changes(before, still).words == "nothing has changed"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("One parcel", "The parcel", "was called “One parcel”"),
        ("in 3 days", "in 2 days", "says now: it arrives in 2 days"),
    ],
)
def test_reworded(before: Results, tmp_path: Path, old: str, new: str, words: str) -> None:
    """A scenario with another title or sentence is the same scenario."""
    source = PARCELS.replace(old, new)

    now = write_run(tmp_path / "now", source, failed=("A parcel to Oslo",))

    assert [each[1] for each in told(before, now)["reworded"]] == [words]


def test_slower(before: Results, tmp_path: Path) -> None:
    """A scenario that takes much longer is named, with both times."""
    now = write_run(tmp_path / "now", duration_ms=1030)

    assert ("One parcel", "took 1.0 s, before 0.0 s") in told(before, now)["slower"]


def test_a_little_slower_is_no_news(before: Results, tmp_path: Path) -> None:
    """Machines are not always equally fast."""
    assert "slower" not in told(before, write_run(tmp_path / "now", duration_ms=500))


def test_id_finds_a_scenario_again(tmp_path: Path) -> None:
    """Renamed, reworded and moved, it is the one that it was, and not a new one."""
    tagged = PARCELS.replace("@slow", "@slow @id:417")
    other = tagged.replace("One parcel", "The parcel").replace("Given a parcel", "Given a box")
    before = read_results(write_run(tmp_path / "1", tagged))
    now = read_results(write_run(tmp_path / "2", other, path="features/later/parcels.feature"))

    kinds = dict(changes(before, now).kinds)

    assert [news.title for news in kinds["reworded"]] == ["The parcel"]
    assert {"added", "removed"}.isdisjoint(kinds)
