"""Scenarios whose failures do not count for a while, as the tags in their features say."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from connector_harness.gherkin.feature import FeatureSpec, ScenarioSpec
from connector_harness.gherkin.tags import ISSUE, Problem, read, split

TAG: Final = "quarantine"
"""What the tag of a scenario in quarantine begins with; its last day follows."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+")


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A scenario's quarantine."""

    tag: str
    last_day: date
    issues: tuple[str, ...]

    def is_over(self, today: date) -> bool:
        """Return whether failures count again."""
        return today > self.last_day

    def in_words(self, today: date) -> str:
        """Return it in words, for example ``in quarantine until 2026-12-31 (ABC-1)``."""
        state = f"in quarantine until {self.last_day}"
        if self.is_over(today):
            state = f"out of quarantine since {self.last_day + timedelta(days=1)}"
        return f"{state} ({', '.join(self.issues)})"

    def lines_in(self, feature: FeatureSpec, scenario: ScenarioSpec) -> tuple[int, list[int]]:
        """Return where the tag of *scenario* stands, and the lines of all scenarios it covers."""
        line = feature.tag_line(scenario, self.tag)
        tagged = (each for each in feature.scenarios if self.tag in each.tags)
        return line, [e.line for e in tagged if feature.tag_line(e, self.tag) == line]


def utc_today() -> date:
    """Return the day it is in Greenwich: the same one on all machines of a run."""
    return datetime.now(UTC).date()


def quarantine_of(tags: Sequence[str]) -> Quarantine | None:
    """Return the quarantine that *tags* tell of, if they do so without a mistake."""
    found = [tag for tag in tags if _named(tag, TAG)]
    if not found:
        return None
    last_day = _date(found[0])
    issues = tuple(_issue(tag) for tag in tags if _is_issue(tag))
    return None if last_day is None else Quarantine(found[0], last_day, issues)


def belongs(tag: str) -> bool:
    """Return whether *tag* belongs to a quarantine."""
    return _named(tag, TAG) or _is_issue(tag)


def problems(feature: FeatureSpec) -> Iterator[Problem]:
    """Yield what is wrong with the quarantines of *feature*; rows of an outline repeat it."""
    for tag, line in feature.tag_lines:
        yield from _problems_of_tag(tag, line)
    for scenario in feature.scenarios:
        found = [tag for tag in scenario.tags if _named(tag, TAG)]
        if found:
            yield from _problems_of_scenario(feature, scenario, found)


def _problems_of_tag(tag: str, line: int) -> Iterator[Problem]:
    name, told = split(tag)
    value = told or ""
    if _named(tag, TAG) and _date(tag) is None:
        what = f"{value!r} in @{tag} is no date" if value else f"@{tag} has no date"
        yield line, f"date {tag}", what, f"write the last day of it, as @{TAG}:2026-12-31"
    elif name != TAG and (told is not None or name.lower() == TAG) and _is_near(name):
        what = f"@{tag} puts nothing into quarantine"
        yield line, f"name {tag}", what, f"write @{TAG}:{value or '2026-12-31'}"


def _problems_of_scenario(
    feature: FeatureSpec, scenario: ScenarioSpec, found: Sequence[str]
) -> Iterator[Problem]:
    line = feature.tag_line(scenario, found[-1])
    issues = [tag for tag in scenario.tags if _is_issue(tag)]
    advice = f"name the issue that is to end it, as @{ISSUE}:ABC-1"
    if len(found) > 1:
        tags = " and ".join(f"@{tag}" for tag in found)
        what = f'scenario "{scenario.outline.title}" is in quarantine twice: {tags}'
        yield line, "twice", what, "keep one; tags of the feature and the rule count as well"
    if not issues:
        yield line, "issue", f"@{found[-1]} has no issue", advice
    for tag in issues:
        value = _issue(tag)
        if not _KEY.fullmatch(value):
            what = f"{value!r} in @{tag} is no issue" if value else f"@{tag} names no issue"
            yield feature.tag_line(scenario, tag), f"issue {tag}", what, advice


def _named(tag: str, name: str) -> bool:
    return split(tag)[0] == name


def _is_issue(tag: str) -> bool:
    word = read(tag)
    # A tag without an issue is one as well: one that names none.
    return _named(tag, ISSUE) or (word is not None and (word.kind, word.name) == ("link", ISSUE))


def _issue(tag: str) -> str:
    word = read(tag)
    return word.value if word is not None else ""


def _is_near(name: str) -> bool:
    return bool(difflib.get_close_matches(name.lower(), [TAG], cutoff=0.8))


def _date(tag: str) -> date | None:
    value = split(tag)[1] or ""
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None
