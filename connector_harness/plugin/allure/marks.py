"""Labels of scenarios where allure-pytest looks for them when it selects, as by --allure-epics."""

from collections.abc import Iterable

import pytest
from allure_commons.types import LabelType, Severity

from connector_harness.gherkin.tags import ID_LABELS, SEVERITY
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.report.allure.result import labels_of


def mark(items: Iterable[pytest.Item]) -> None:
    """Put the labels of each scenario on it, in the form that allure-pytest's decorators have."""
    for item in items:
        for name, value in labels_of(item) if isinstance(item, ScenarioItem) else ():
            kind = LabelType.ID if name in ID_LABELS else name
            # Two texts that are equal, and not the same to a set.
            told = Severity(value) if name == SEVERITY else value
            item.add_marker(pytest.mark.allure_label(told, label_type=kind))
