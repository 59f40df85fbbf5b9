"""Where the tags of a scenario stand, which may be above its feature, its rule or its rows."""

from typing import TypeAlias

from connector_harness.gherkin.feature import FeatureSpec, ScenarioSpec

Problem: TypeAlias = tuple[int, str, str, str]
"""What is wrong with a tag: the line, the kind of problem, what it is, and what to do next."""


def tag_line(feature: FeatureSpec, scenario: ScenarioSpec, tag: str) -> int:
    """Return the line of *tag*, which is one of *scenario* or of what it stands in."""
    if tag in scenario.own_tags:
        before = scenario.outline.line
    elif scenario.rule is not None and tag in scenario.rule.tags:
        before = scenario.rule.line
    else:
        before = feature.line if tag in feature.tags else scenario.line
    # The tags of a thing stand above it, and those of other things farther above.
    lines = (line for name, line in feature.tag_lines if name == tag and line <= before)
    # That of a tag which a row fills is the row's.
    return max(lines, default=scenario.line)
