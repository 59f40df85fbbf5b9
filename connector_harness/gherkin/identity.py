"""What a scenario is known by, in every run and on every machine.

Where a tag such as ``@id:417`` says so, that is the id, which outlives another title and another
place; otherwise path and title together. The rows of an outline are one test case, and have their
values beside, in whatever order its columns stand.
"""

import hashlib
from collections.abc import Iterator, MutableMapping
from typing import Final, TypeAlias

from connector_harness.gherkin import tags as labels
from connector_harness.gherkin.feature import PARAMETERS, FeatureSpec, ScenarioSpec

Place: TypeAlias = tuple[str, int]
"""The file and the line of a scenario or outline."""

_ADVICE: Final = "give each scenario an id of its own"


def full_name(feature: FeatureSpec, scenario: ScenarioSpec) -> str:
    """Return where a scenario stands, as ``features/….feature::title``."""
    return f"{feature.path}::{scenario.name}"


def is_scenario(nodeid: str) -> bool:
    """Return whether a node id is that of a scenario; a parameter of a test may look like one."""
    return nodeid.partition("::")[0].endswith(".feature")


def own_id(scenario: ScenarioSpec) -> str | None:
    """Return the id that the tags of a scenario give it; None where they give none."""
    return labels.meaning_of(scenario.tags).id


def test_case_id(feature: FeatureSpec, scenario: ScenarioSpec) -> str:
    """Return the key of a scenario or outline, 32 hexadecimal digits."""
    return _digest(*_case(feature, scenario))


def history_id(feature: FeatureSpec, scenario: ScenarioSpec) -> str:
    """Return the key of a scenario with the values of its row, 32 hexadecimal digits."""
    values = sorted(f"{name}={value}" for name, value in (scenario.row or {}).items())
    again = [str(scenario.repeats)] if scenario.repeats > 1 else []
    return _digest(*_case(feature, scenario), *values, *again)


def _case(feature: FeatureSpec, scenario: ScenarioSpec) -> tuple[str, ...]:
    id_ = own_id(scenario)
    if id_ is not None:
        return "id", id_
    row = scenario.row or {}
    if row.keys() - {PARAMETERS}:
        return (f"{feature.path}::{scenario.outline.title}",)
    again = f"[{row[PARAMETERS]}]" if PARAMETERS in row else ""
    return (full_name(feature, scenario).removesuffix(again),)


def _digest(*parts: str) -> str:
    return hashlib.md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest()


def problems(feature: FeatureSpec, known: MutableMapping[str, Place]) -> Iterator[labels.Problem]:
    """Yield what keeps the ids of *feature* from naming one scenario or outline each."""
    for scenario in feature.scenarios:
        tags = {tag: word.value for tag in scenario.tags if (word := _id_word(tag))}
        if not tags:
            continue
        yield from _problems_of_place(feature, scenario, tags)
        tag, id_ = list(tags.items())[-1]
        place = (feature.path, scenario.outline.line)
        first = known.setdefault(id_, place)
        if first != place and tag not in _outer_tags(feature, scenario):
            where = f"{first[0]}:{first[1]}"
            line = feature.tag_line(scenario, tag)
            yield line, f"id {id_}", f"the id of @{tag} is taken already, at {where}", _ADVICE


def _problems_of_place(
    feature: FeatureSpec, scenario: ScenarioSpec, tags: dict[str, str]
) -> Iterator[labels.Problem]:
    outer = [tag for tag in tags if tag in _outer_tags(feature, scenario)]
    for tag in outer:
        what = f"@{tag} would be the id of every scenario below it"
        yield feature.tag_line(scenario, tag), f"id {tag}", what, _ADVICE
    own = [tag for tag in tags if tag in scenario.own_tags]
    if len({tags[tag] for tag in own}) > 1:
        what = f'scenario "{scenario.outline.title}" has {len(own)} ids: '
        what += " and ".join(f"@{tag}" for tag in own)
        yield feature.tag_line(scenario, own[-1]), "ids", what, "keep one"


def _outer_tags(feature: FeatureSpec, scenario: ScenarioSpec) -> set[str]:
    rule = scenario.rule.tags if scenario.rule is not None else ()
    return {*feature.tags, *rule}


def _id_word(tag: str) -> labels.Word | None:
    word = labels.read(tag)
    return word if word is not None and word.kind == "id" else None
