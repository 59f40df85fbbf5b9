"""Scenarios chosen by a line of a feature file."""

import re
from pathlib import Path

import pytest

from connector_harness.plugin.spec import FeatureSpec, FeatureSyntaxError, read_feature

_LINE = re.compile(r"(?P<file>.+\.feature):(?P<line>\d+)")


def resolve_lines(args: list[str], base: Path) -> list[str]:
    """Return *args* with every ``file.feature:LINE`` replaced by the node ids it stands for.

    A line of a scenario, of its steps or tags stands for that scenario; a line of an example
    row for that row; a line of a rule's head or background for the rule's scenarios; a line
    above the first scenario for all of the file.

    Args:
        args: What the command line asks for.
        base: The folder that relative paths start from.

    Raises:
        pytest.UsageError: There is no such file, or no scenario at that line.
    """
    resolved: list[str] = []
    for arg in args:
        match = _LINE.fullmatch(arg)
        if match is None:
            resolved.append(arg)
        else:
            resolved += _node_ids(match["file"], int(match["line"]), base)
    return list(dict.fromkeys(resolved))


def _node_ids(path: str, line: int, base: Path) -> list[str]:
    file = base / path
    if not file.is_file():
        raise pytest.UsageError(f"no such feature file: {path}\n  next: check the path")
    try:
        feature = read_feature(file, path)
    except FeatureSyntaxError:
        # Collecting the file tells what is wrong with it.
        return [path]
    if feature is None:
        return [path]
    names = names_at(feature, line)
    if not names:
        known = ", ".join(f"{outline.line} ({outline.title})" for outline in feature.outlines)
        raise pytest.UsageError(
            f"no scenario at {path}:{line}\n"
            f"  next: name a line of a scenario; they start at {known or 'no line'}"
        )
    return [path] if len(names) == len(feature.scenarios) else [f"{path}::{n}" for n in names]


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
