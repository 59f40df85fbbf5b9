"""`docs/architecture.md` says of the imports what the layout test holds."""

import re
from pathlib import Path

from tests.test_layout import LAYERS, MAY_IMPORT, STEPS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_table_of_imports_is_the_one_that_is_held() -> None:
    """Whoever asks the page gets the answer of the test."""
    table = PAGE.partition("## Who may import whom")[2].partition("\n\nInside")[0]
    rows = re.findall(r"^\| ([a-z, ]+) \| ([a-z_., ]+) \|$", table, re.MULTILINE)
    told = {
        room: set() if known == "nothing of ours" else {*known.split(", ")}
        for rooms, known in rows
        if rooms != "room"
        for room in rooms.split(", ")
    }

    held = {**MAY_IMPORT, "steps": STEPS}
    assert told == {room: {*known} for room, known in held.items()}


def test_order_of_the_parts_is_the_one_that_is_held() -> None:
    """The parts of plugin and sandbox stand in the order in which they may be imported."""
    text = " ".join(PAGE.split())
    plugin, sandbox = re.findall(r"(?:before it|the sandbox): ([a-z_, <]+)\.", text)
    for told, layers in ((plugin, LAYERS["plugin"]), (sandbox, LAYERS["sandbox"])):
        assert [tuple(row.split(", ")) for row in told.split(" < ")] == [*layers]


def test_every_room_is_described() -> None:
    """A stranger finds each room in the first table."""
    table = PAGE.partition("## The rooms")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z]+)/`", table))

    assert {*MAY_IMPORT} | {"features", "steps", "schemas"} <= named
