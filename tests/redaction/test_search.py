"""Many texts are found in other texts as surely as few, and no others."""

import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_harness.redaction.search import FEW, LEAST, Needles

TEXTS = st.text("ab", min_size=LEAST, max_size=20)


def needles(*texts: str) -> Needles:
    """Return a search for *texts*."""
    made = Needles()
    for text in texts:
        made.add(text)
    return made


@given(st.sets(TEXTS, min_size=1, max_size=2 * FEW), st.text("ab", max_size=200))
def test_finds_what_stands_there(texts: set[str], text: str) -> None:
    """What is found is what stands in the text, the longest first, whatever the number."""
    found = needles(*texts).found(text)
    assert set(found) == {each for each in texts if each in text}
    assert found == sorted(found, key=len, reverse=True)


@given(st.sets(TEXTS, min_size=FEW + 1), st.data(), TEXTS, TEXTS)
def test_finds_one_of_many_anywhere(
    texts: set[str], data: st.DataObject, before: str, after: str
) -> None:
    """One of many is found wherever it stands."""
    hidden = data.draw(st.sampled_from(sorted(texts)))
    assert hidden in needles(*texts).found(before + hidden + after)


def test_those_added_after_a_search_are_found() -> None:
    """A search does not end the adding."""
    many = needles(*(f"needle-{number}" for number in range(2 * FEW)))
    many.found("needle-1")
    many.add("another-one")
    assert many.found("is it another-one?") == ["another-one"]


@pytest.mark.parametrize("text", ["", "short"])
def test_short_one_is_refused(text: str) -> None:
    """A text too short to be looked for is refused without being shown."""
    with pytest.raises(ValueError, match=f"a needle of {len(text)} character"):
        needles(text)


def test_many_alike_cost_no_more() -> None:
    """Thousands that begin alike do not slow down a search in a text that has one of them."""
    some, many = (
        needles(*(f"+49301{n:06}" for n in range(count))) for count in (2 * FEW, 100 * FEW)
    )
    text = " ".join(f"call +49301{number:06} now" for number in range(10))
    best = [min(timeit.repeat(lambda n=n: n.found(text), number=50)) for n in (some, many)]  # type: ignore[misc]
    assert best[1] < best[0] * 5
