"""Text in a summary says what it says, and is no markup."""

import re

import pytest
from markdown_it import MarkdownIt

from connector_harness.report.page.rendering import plain
from tests.report.failures import HOSTILE

READ = MarkdownIt("gfm-like", {"html": True, "linkify": False})
SITE = re.compile(r"www\.|https?:", re.IGNORECASE)


def shown(markdown: str) -> list[str]:
    """Return the texts that a reader of Markdown shows, and the names of what is no text."""
    [tokens] = [token.children or [] for token in READ.parse(markdown) if token.type == "inline"]
    return [token.content if token.type == "text" else token.type for token in tokens]


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "*a* _b_ ~~c~~",
        "[x](y) ![z](q)",
        "1. a",
        "# a",
        "> a",
        "<script>",
        "&amp; &",
        "- a",
        "see www.evil.test and https://evil.test",
    ],
)
def test_text_comes_through(text: str) -> None:
    """Whatever a reason holds, a reader sees it, on one line."""
    assert "".join(shown(plain(text))) == " ".join(text.split())


def test_site_is_no_link() -> None:
    """GitHub makes links of sites that no markup marks."""
    assert SITE.search(plain("see www.evil.test, WWW.evil.test, https://evil.test")) is None


def test_long_text_is_cut() -> None:
    """A cell is no page."""
    assert len(plain("x" * 9_999)) == 300


def test_table_has_a_cell_for_each_text() -> None:
    """A bar in a text does not make another column."""
    row = f"| {plain('1|2')} | {plain(chr(10).join('34'))} |"
    tokens = READ.parse(f"| a | b |\n| --- | --- |\n{row}")

    cells = [token.content for token in tokens if token.type == "inline"]
    assert cells == ["a", "b", "1|2", "3 4"]
