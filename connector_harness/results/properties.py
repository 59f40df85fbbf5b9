"""What is known of a scenario by name: its tags, its labels, its links."""

from collections.abc import Iterable, Iterator
from typing import Final

from connector_harness.results.reader import Result, Scenario

TAG: Final = "tag"
"""The name of the property that holds a tag."""

_ELSEWHERE: Final = frozenset(
    {
        *("epic", "feature", "story", "parentSuite", "suite", "subSuite", "package"),
        *("framework", "language", "host", "thread", "failureClass"),
    }
)
"""Labels that say where a scenario stands or what ran it, which is told in other ways."""


def properties(scenario: Scenario) -> list[tuple[str, str]]:
    """Return name and value of each property of *scenario*, none of them twice.

    Tags come first, then labels such as the severity, then links by their kind, then
    ``attempts`` where it took several.
    """
    tags = ((TAG, tag) for tag in scenario.spec.tags)
    found = [*tags, *of_result(scenario.result)] if scenario.result else [*tags]
    if scenario.retries:
        found.append(("attempts", str(len(scenario.results))))
    return list(dict.fromkeys(found))


def of_result(result: Result) -> Iterator[tuple[str, str]]:
    """Yield name and value of each label and link of *result*."""
    yield from _labels(result.raw.get("labels") or ())
    for kind, name, url in result.links:
        yield kind or "link", url or name


def _labels(labels: Iterable[dict[str, object]]) -> Iterator[tuple[str, str]]:
    for label in labels:
        name = str(label.get("name", ""))
        if name and name not in _ELSEWHERE:
            yield name, str(label.get("value", ""))
