"""Labels of scenarios where allure-pytest looks for them when it selects, as by --allure-epics."""

from collections.abc import Iterable, Iterator

import pytest
from allure_commons.types import LabelType, Severity

from connector_harness.gherkin.tags import ID_LABELS, SEVERITY
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.report.allure.result import tag_labels, usual_labels
from connector_harness.results.record import RecordedScenario


def mark(items: Iterable[pytest.Item]) -> None:
    """Put the labels of each scenario on it, in the form that allure-pytest's decorators have."""
    for item in items:
        for name, value in labels_of(item) if isinstance(item, ScenarioItem) else ():
            kind = LabelType.ID if name in ID_LABELS else name
            # Two texts that are equal, and not the same to a set.
            told = Severity(value) if name == SEVERITY else value
            item.add_marker(pytest.mark.allure_label(told, label_type=kind))


def labels_of(item: ScenarioItem) -> Iterator[tuple[str, str]]:
    """Yield name and value of each label that a scenario has wherever and however it runs."""
    yield from usual_labels(RecordedScenario.of(item.feature, item.scenario))
    yield from ((each.name, each.value) for each in tag_labels(item.scenario.tags))
