"""Structured content is drawn as far as it is understood."""

import json
from pathlib import Path

import pytest

from connector_harness.wording.structured_content import draw

CONTENTS = Path(__file__).parents[2] / "features" / "data" / "structured_contents"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("keep_the_order", ["Shall we keep the order? 📦", "[Yes]", "[No]"]),
        ("parcel_card", ["Your parcel", "On its way"]),
        ("parcel_shop", ["Your parcel waits here", "Parcel shop", "[Opening hours]"]),
        ("rate_the_chat", ["How was it?", "[Good]", "[So so]", "[Bad]"]),
    ],
)
def test_card_is_read_in_order(name: str, words: list[str]) -> None:
    """What stands on a card can be read, its buttons in brackets."""
    content = json.loads((CONTENTS / f"{name}.json").read_text(encoding="utf-8"))

    assert list(draw(content).words) == words


def test_element_of_an_unknown_type_is_named() -> None:
    """What nobody knows how to draw is shown by its type."""
    assert draw({"type": "hologram"}).text == "hologram"


def test_bottomless_content_ends() -> None:
    """A content that is nested without end is drawn down to a depth."""
    content: dict[str, object] = {"type": "vertical"}
    content["elements"] = [content]

    assert draw(content).shape == "column"  # type: ignore[arg-type]  # JSON but for its end
