"""Scenarios chosen by a line of a feature file."""

import re
from pathlib import Path

import pytest

from connector_harness.gherkin.feature import FeatureSpec, FeatureSyntaxError, read_feature

_LINE = re.compile(r"(?P<file>.+\.feature):(?P<line>\d+)")


def resolve_lines(args: list[str], base: Path) -> tuple[list[str], dict[Path, set[str]]]:
    """Return *args* without lines, and the scenarios that ``file.feature:LINE`` stands for.

    A line of a scenario, of its steps or tags stands for that scenario; a line of an example
    row for that row; a line of a rule's head or background for the rule's scenarios; a line
    above the first scenario for all of the file. Relative paths start from *base*.

    Raises:
        pytest.UsageError: There is no such file, or no scenario at that line.
    """
    paths: list[str] = []
    chosen: dict[Path, set[str]] = {}
    for arg in args:
        match = _LINE.fullmatch(arg)
        paths.append(arg if match is None else match["file"])
        names = None if match is None else _names(match["file"], int(match["line"]), base)
        if match is not None and names is not None:
            chosen.setdefault((base / match["file"]).resolve(), set()).update(names)
    for arg in args:
        chosen.pop((base / arg).resolve(), None)
    return list(dict.fromkeys(paths)), chosen


def _names(path: str, line: int, base: Path) -> list[str] | None:
    """Return the names of the scenarios at *line*; None where the guard will tell what is wrong."""
    file = base / path
    if not file.is_file():
        raise pytest.UsageError(f"no such feature file: {path}\n  next: check the path")
    try:
        feature = read_feature(file, path)
    except FeatureSyntaxError:
        return None
    if feature is None:
        return None
    names = names_at(feature, line)
    if not names:
        known = ", ".join(f"{outline.line} ({outline.title})" for outline in feature.outlines)
        raise pytest.UsageError(
            f"no scenario at {path}:{line}\n"
            f"  next: name a line of a scenario; they start at {known or 'no line'}"
        )
    return names


def names_at(feature: FeatureSpec, line: int) -> list[str]:
    """Return the names of the scenarios that *line* stands for, in file order."""
    rows = [s.name for s in feature.scenarios if s.row is not None and s.line == line]
    if rows:
        return rows
    for outline in feature.outlines:
        if outline.first_line <= line <= outline.last_line:
            return [s.name for s in feature.scenarios if s.outline is outline]
    for first, last in feature.rules:
        if first <= line <= last:
            return [
                s.name for s in feature.scenarios if s.rule is not None and s.rule.line == first
            ]
    if line < min((outline.first_line for outline in feature.outlines), default=0):
        return [scenario.name for scenario in feature.scenarios]
    return []
