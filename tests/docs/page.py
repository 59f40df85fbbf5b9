"""A page of the documentation: what it shows, and whether that is what comes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ELLIPSIS = "…"
_DIFFERING = (
    (re.compile(r"\b\d+\.\d\ds\b"), "N s"),
    (re.compile(r"\b\d+\.\d\d s\b"), "N s"),
    (re.compile(r"\b(shopper|doctor)-[0-9a-f]{16}\b"), r"\1-HEX"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\bcertificates of .*, valid until [\d-]+"), "certificates"),
    (re.compile(r"^(✓ allowed domains +).*$", re.MULTILINE), r"\1HOSTS"),
    # So many scenarios there are today: the page says how it reads, not how many.
    (re.compile(r"\b\d+(?= (of|scenarios?|needs?|passed|skipped|selected|not in)\b)"), "N"),
    (re.compile(r"\bof \d+\b"), "of N"),
    (re.compile(r"\b(collected|run:) \d+\b"), r"\1 N"),
    # The terminal's width is that of the reader.
    (re.compile(r"={3,}"), "==="),
    (re.compile(r" +(?=\[ *\d+%\])"), " "),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command that a page shows.

    Attributes:
        command: What is typed.
        output: What the page shows of what it prints; empty for nothing.
    """

    command: str
    output: str


class Page:
    """A page.

    Args:
        path: Its file.
    """

    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")

    def blocks(self, kind: str) -> list[str]:
        """Return what stands in each block of code of a *kind*, as ``toml``."""
        return [text for name, text in _FENCED.findall(self.text) if name == kind]

    def commands(self) -> Iterator[Shown]:
        """Yield the commands, in order."""
        for block in self.blocks("console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield Shown(command, output)

    def rows(self, head: str) -> list[list[str]]:
        """Return the cells of the table whose first cell is *head*, without its head."""
        _, _, rest = self.text.partition(f"\n| {head} |")
        lines = rest.partition("\n\n")[0].splitlines()[2:]
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with each of the page's values replaced by the one in use."""
    for shown, used in values.items():
        text = text.replace(shown, used)
    return text


def plain(text: str) -> str:
    """Return *text* without what differs from run to run: times, ids, hosts, counts, widths."""
    for pattern, instead in _DIFFERING:
        text = pattern.sub(instead, text)
    return text.strip()


def is_like(came: str, shown: str) -> bool:
    """Return whether *came* is what a page shows, in which ``…`` stands for anything.

    On a line of its own it stands for any lines, else for anything within the line.
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line == _ELLIPSIS else _in_line(line) for line in plain(shown).splitlines()
    )
    return re.fullmatch(pattern, f"{plain(came)}\n") is not None


def _in_line(line: str) -> str:
    return ".*?".join(map(re.escape, line.split(_ELLIPSIS))) + r"[ ]*\n"
