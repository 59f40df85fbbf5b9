"""The templates of the document, what they say numbers and times with, and names for links."""

import hashlib
import re
import unicodedata
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup

from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.report.chat.sent import MOST
from connector_harness.report.chat.transcript_text import clock, moment_of, short
from connector_harness.results.record import Status

NO_THEN: Final = "no Then: it checks nothing but that its steps run"
"""What is told of a scenario that says nothing of what is expected."""

_EXCERPT: Final = 4_000
_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_GLYPHS: Final[dict[Status, str]] = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.BROKEN: "✗",
    Status.QUARANTINED: "✗",
    Status.SKIPPED: "○",
    Status.NOT_RUN: "○",
}


_MEANING: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$:@>-])")
_NUMBER: Final = re.compile(r"^(\d+)\.")
# GitHub makes a link of it, though nothing says so.
_SITE: Final = re.compile(r"(www)\.", re.IGNORECASE)
_LONGEST: Final = 300
_LONGEST_NAME: Final = 90
_OTHER: Final = re.compile(r"[^a-z0-9]+")


@cache
def environment() -> jinja2.Environment:
    """Return what renders the templates."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(("html",), default=False),
        undefined=jinja2.StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clock": clock,
        "count_of": count_of,
        "css": _css,
        "date": _date,
        "duration": duration,
        "excerpt": _excerpt,
        "glyph": _GLYPHS.__getitem__,
        "iso": _iso,
        "plain": plain,
        "sha256": _sha256,
        "short": short,
    }
    made.globals |= {"most": MOST, "no_then": NO_THEN}
    return made


def _sha256(text: str) -> Markup:
    """Return what stands for *text*, and for it alone, in a content security policy."""
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup("'sha256-{}'").format(digest)


def source(name: str) -> Markup:
    """Return the text of one of the files beside the templates, to be shown as it is."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file


def _seen(value: object) -> object:
    """Return *value* as it is shown: a text of ours as it is, any other without hidden signs."""
    return spelled_out(value) if isinstance(value, str) and type(value) is not Markup else value


def duration(milliseconds: int) -> str:
    """Return a duration in the unit that suits it."""
    if milliseconds < 1000:  # noqa: PLR2004 - a second
        return f"{milliseconds} ms"
    if milliseconds < 60_000:  # noqa: PLR2004 - a minute
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds // 60_000} min {milliseconds % 60_000 // 1000} s"


def count_of(number: int, noun: str) -> str:
    """Return a number with what it counts, as ``2 calls``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _date(milliseconds: int) -> str:
    moment = moment_of(milliseconds)
    return f"{moment.day} {moment:%b, %H:%M}" if moment else ""


def _iso(milliseconds: int) -> str:
    moment = moment_of(milliseconds) or datetime.fromtimestamp(0, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}\n… ({len(text)} characters)"


def _css(status: Status) -> str:
    return status.replace(" ", "-")


def plain(words: str, longest: int = _LONGEST) -> str:
    """Return *words* on one line, cut where it is long, without a sign that means something."""
    line = spelled_out(" ".join(words.split()))
    cut = line if len(line) <= longest else f"{line[: longest - 1]}…"
    text = _MEANING.sub(r"\\\1", cut.replace("&", "&amp;").replace("<", "&lt;"))
    return _SITE.sub(r"\1\\.", _NUMBER.sub(r"\1\\.", text))


class Slugs:
    """Gives each thing in a document a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, *words: str, fallback: str = "x") -> str:
        """Return a name made from *words*, which nothing else has been given."""
        name = slug(" ".join(words)) or slug(fallback)
        number, free = 1, name
        while free in self._taken:
            number += 1
            free = f"{name}-{number}"
        self._taken.add(free)
        return free


def slug(words: str) -> str:
    """Return *words* in small letters and digits, hyphens between."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")[:_LONGEST_NAME].rstrip("-")
