"""What tags say to a report: labels, links, ids and marks, in every dialect of Allure's adapters.

A tag is read without its ``@``. ``:`` and ``=`` mean the same, so do upper and lower case in front
of them, and ``allure.`` may stand before each name::

    critical  severity:critical  allure.severity=critical       how much it matters
    epic:Shop  owner:ada  team:blue  allure.label.team:blue     labels, of any name
    issue:ABC-1  tms:C12  tmsLink=C12  link.docs:https://…      links
    id:417  allure.id:417  AS_ID=417                            what it is known by for ever
    flaky  known  muted                                         marks of a result
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["label", "link", "id", "mark"]

Problem: TypeAlias = tuple[int, str, str, str]
"""What is wrong with a tag: the line, the kind of problem, what it is, and what to do next."""

NEEDS: Final = "needs"
"""The label that says what a scenario that was not run would have needed."""

SEVERITIES: Final = ("blocker", "critical", "normal", "minor", "trivial")
"""The severities; each is a tag of its own, too."""

MARKS: Final = ("flaky", "known", "muted")
"""The tags that mark a result, whatever it is."""

ISSUE: Final = "issue"
"""The kind of the links to issues."""

ID_LABELS: Final = ("ALLURE_ID", "AS_ID")
"""The labels that hold the id of a scenario, the newer name first."""

SEVERITY: Final = "severity"

_LABELS: Final = (
    *("epic", "feature", "story", "owner", "layer", "parentSuite", "suite", "subSuite"),
    SEVERITY,
)
_SINGLE: Final = frozenset({"owner", "layer", "parentSuite", "suite", "subSuite", SEVERITY})
_LINKS: Final = {"issue": ISSUE, "tms": "tms", "tmslink": "tms", "testcase": "tms", "link": "link"}
_IDS: Final = frozenset({"id", "allureid", "asid"})
_NEEDY: Final = (SEVERITY, "issue", "tmsLink", "id")
_PREFIX: Final = "allure."
_ELSEWHERE: Final = frozenset({"quarantine"})
_SPLIT: Final = re.compile(r"(?P<name>[^:=]+)[:=](?P<value>.*)", re.DOTALL)
_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_NAMES: Final = {name.lower(): name for name in _LABELS}
_WRITTEN: Final = {
    **_NAMES,
    **{name: name for name in ("issue", "tms", "testcase", "link", "id", "quarantine")},
    "tmslink": "tmsLink",
}
# Of two or three letters, anything is close to anything.
_LONG: Final = [name for name in _WRITTEN if name not in ("id", "tms")]

ORDINARY: Final = frozenset(
    {
        *("block", "blocked", "blocks", "blocking", "critic", "unknown"),
        *("issuer", "later", "owned", "player", "site", "store"),
    }
)
"""Tags, and names of labels, that look like one with a meaning and are words of their own."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one tag says.

    Attributes:
        kind: What sort of thing it says.
        name: The name of the label, the kind of the link, or the mark.
        value: The value of the label, what the link leads to, or the id; a mark has none.
        is_plain: Whether it goes on being a tag beside: a word alone, or a label whose name is the
            user's own.
    """

    kind: Kind
    name: str
    value: str = ""
    is_plain: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """The plainest tags that say the same."""
        if self.kind == "mark":
            return (self.name,)
        severity = (self.value,) if self.name == SEVERITY and self.kind == "label" else ()
        return (*severity, f"{self.name}:{self.value}")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What all tags of a scenario say together."""

    labels: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    id: str | None = None
    marks: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()


@cache
def read(tag: str) -> Word | None:
    """Return what *tag* says to a report; None for one that is no more than a tag."""
    name, value = split(tag)
    short = _short(name)
    if value is None:
        return _read_bare(short.lower())
    if not value:
        return None
    first, dot, rest = short.partition(".")
    if dot and first.lower() == "label" and rest:
        return _read_known(rest, value) or Word("label", rest, value)
    if dot and first.lower() == "link" and rest:
        return Word("link", _LINKS.get(_key(rest), rest), value)
    if _key(short) in _LINKS:
        return Word("link", _LINKS[_key(short)], value)
    known = _read_known(short, value)
    is_own = name == short and _NAME.fullmatch(name) and name.lower() not in _ELSEWHERE
    return known or (Word("label", name, value, is_plain=True) if is_own else None)


def is_of_allure(tag: str) -> bool:
    """Return whether *tag* has a meaning that Allure gives it, and not only a name of its own."""
    word = read(tag)
    return word is not None and (not word.is_plain or word.name in (SEVERITY, *MARKS))


def _read_bare(word: str) -> Word | None:
    if word in SEVERITIES:
        return Word("label", SEVERITY, word, is_plain=True)
    return Word("mark", word, is_plain=True) if word in MARKS else None


def _read_known(name: str, value: str) -> Word | None:
    key = _key(name)
    if key in _IDS:
        return Word("id", "id", value)
    if key == SEVERITY:
        return Word("label", SEVERITY, value.lower()) if value.lower() in SEVERITIES else None
    return Word("label", _NAMES[key], value) if key in _NAMES else None


def split(tag: str) -> tuple[str, str | None]:
    """Return the name and the value of *tag*; the value of a word alone is None."""
    found = _SPLIT.fullmatch(tag)
    return (found["name"], found["value"]) if found else (tag, None)


def _short(name: str) -> str:
    """Return *name* without the prefix that each may have."""
    return name[len(_PREFIX) :] if name.lower().startswith(_PREFIX) else name


def _key(name: str) -> str:
    """Return *name* as it is compared: some write ``parentSuite``, others ``parent_suite``."""
    return name.lower().replace("_", "").replace("-", "")


@lru_cache(maxsize=1024)
def meaning_of(tags: tuple[str, ...]) -> Meaning:
    """Return what *tags* say together.

    Args:
        tags: The tags of feature, rule, scenario and Examples, in that order. Of what there can be
            only one of, such as a severity, the last counts.
    """
    labels: dict[tuple[str, str], str] = {}
    links: dict[tuple[str, str], None] = {}
    plain, marks, id_ = [], set(), None
    for tag in tags:
        word = read(tag)
        if word is None or word.is_plain:
            plain.append(tag)
        match word:
            case Word("label", name, value):
                labels[name, "" if name in _SINGLE else value] = value
            case Word("link", name, value):
                links[name, value] = None
            case Word("id", _, value):
                id_ = value
            case Word("mark", name):
                marks.add(name)
    named = tuple((name, value) for (name, _), value in labels.items())
    return Meaning(named, tuple(links), id_, frozenset(marks), tuple(plain))


@lru_cache(maxsize=1024)
def spellings(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the plainest spellings of what *tags* say, apart from those among them."""
    words = [word for word in map(read, tags) if word is not None]
    found = dict.fromkeys(spelling for word in words for spelling in word.spellings)
    return tuple(spelling for spelling in found if spelling not in tags)


def address(kind: str, value: str, patterns: Mapping[str, str]) -> str | None:
    """Return where a link leads; None where nothing says so."""
    if "://" in value:
        return value
    return patterns[kind].replace("{}", value) if kind in patterns else None


def problem(tag: str) -> tuple[str, str] | None:
    """Return what is wrong with *tag* and what to do next; None if it is a tag as any other."""
    name, value = split(tag)
    if value is None:
        return _problem_of_word(tag)
    key = _key(_short(name))
    if key.rpartition(".")[2] == SEVERITY and value.lower() not in SEVERITIES:
        close = difflib.get_close_matches(value.lower(), SEVERITIES, n=1)
        advice = f"write @{name}:{close[0]}; known: " if close else "write one of: "
        return f"{value!r} in @{tag} is no severity", advice + ", ".join(SEVERITIES)
    if key in (*SEVERITIES, *MARKS):
        return f"@{tag} has a value and means nothing", f"write @{key} alone"
    if not value and (key in _WRITTEN or _short(name) != name):
        return f"@{tag} names nothing", f"write what is meant behind it, as {_example(name)}"
    return _problem_of_name(tag, name, value)


def _problem_of_name(tag: str, name: str, value: str) -> tuple[str, str] | None:
    word = read(tag)
    if word is None and _short(name) != name:
        close = _closest(_short(name))
        return (
            f"@{tag} means nothing to Allure",
            f"write @allure.{close}:{value}"
            if close
            else f"write @allure.label.{_short(name)}:{value}, if a label is meant",
        )
    if word is not None and word.is_plain and (near := _closest(name)) not in (None, "quarantine"):
        return (
            f"@{tag} looks like @{near}:{value} misspelt",
            f"write @{near}:{value}; or @allure.label.{tag}, if a label of that name is meant",
        )
    return None


def _problem_of_word(tag: str) -> tuple[str, str] | None:
    key = _key(_short(tag))
    if key in map(_key, _NEEDY):
        return f"@{tag} names nothing", f"write what is meant behind it, as {_example(tag)}"
    if read(tag) is not None:
        return None
    joined = re.fullmatch(rf"{SEVERITY}[._-]?({'|'.join(SEVERITIES)})", tag.lower())
    if joined:
        return f"@{tag} is no severity", f"write @{SEVERITY}:{joined[1]}, or @{joined[1]}"
    close = difflib.get_close_matches(key, [*SEVERITIES, *MARKS], n=1, cutoff=0.85)
    if close and key not in ORDINARY:
        return f"@{tag} looks like @{close[0]} misspelt", f"write @{close[0]}, or another word"
    if _short(tag) != tag:
        return f"@{tag} means nothing to Allure", "write a name and a value, as @allure.id:417"
    return None


def _example(name: str) -> str:
    values = {
        SEVERITY: "critical",
        "owner": "ada",
        "issue": "ABC-1",
        "tms": "C12",
        "tmslink": "C12",
    }
    return f"@{name.rstrip(':=')}:{values.get(_key(_short(name)), '417')}"


def _closest(name: str) -> str | None:
    """Return the name that *name* looks like, as it is written; None if there is none."""
    first, dot, rest = name.partition(".")
    wanted = _key(first if dot else name)
    known = ["label", "link"] if dot else _LONG
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.75 if dot else 0.8)
    if not close or wanted in ORDINARY:
        return None
    return f"{close[0]}.{rest}" if dot else _WRITTEN[close[0]]
