"""Runs what a test plan of Allure names, and nothing else."""

import json
import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from connector_harness.gherkin.identity import full_name, own_id
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.processes.channel import is_worker, outgoing

VARIABLE: Final = "ALLURE_TESTPLAN_PATH"
"""The variable that names the file."""

_SHAPE: Final = '{"version": "1.0", "tests": [{"id": "417", "selector": "features/….feature::…"}]}'


@dataclass(frozen=True, slots=True)
class Planning:
    """A plugin that leaves out what a plan does not name; an inverted one, what it names.

    A plan names ids of scenarios and full names; that of an outline stands for all its rows.
    """

    path: str
    ids: frozenset[str]
    selectors: frozenset[str]
    is_inverted: bool = False

    def names(self, item: pytest.Item) -> bool:
        """Return whether the plan names *item*."""
        if not isinstance(item, ScenarioItem):
            return self._names_ordinary(item)
        feature, scenario = item.feature, item.scenario
        outline = f"{feature.path}::{scenario.outline.title}"
        known = {full_name(feature, scenario), outline}
        if item.original is not None:
            known.add(full_name(feature, item.original))
        return own_id(scenario) in self.ids or not known.isdisjoint(self.selectors)

    def _names_ordinary(self, item: pytest.Item) -> bool:
        from allure_commons.types import LabelType  # noqa: PLC0415 - few runs have a plan
        from allure_pytest.utils import (  # type: ignore[import-untyped]  # noqa: PLC0415 - as above
            allure_full_name,
            allure_label,
        )

        ids = map(str, allure_label(item, LabelType.ID))
        return not self.ids.isdisjoint(ids) or allure_full_name(item) in self.selectors

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        """Select by the plan what ``-k`` and ``-m`` have left.

        Raises:
            pytest.UsageError: Nothing is left.
        """
        # allure-pytest knows scenarios by other names, and would leave all of them out.
        path = os.environ.pop(VARIABLE, None)
        try:
            done = yield
        finally:
            if path is not None:
                os.environ[VARIABLE] = path
        had_some = bool(items)
        chosen: dict[bool, list[pytest.Item]] = {True: [], False: []}
        for item in items:
            chosen[self.names(item) is not self.is_inverted].append(item)
        items[:] = chosen[True]
        if chosen[False]:
            config.hook.pytest_deselected(items=chosen[False])
        if had_some and not items:
            if not is_worker(config):
                raise self._mismatch()
            outgoing(config).is_unplanned = True
        return done

    def take_over(self, *, is_unplanned: bool) -> None:
        """Take over from a worker whether nothing is left.

        Raises:
            pytest.UsageError: So it is.
        """
        if is_unplanned:
            raise self._mismatch()

    def _mismatch(self) -> pytest.UsageError:
        return pytest.UsageError(
            f"nothing that was collected is in the test plan {self.path!r}\n"
            f"  at: {VARIABLE}, {len(self.ids | self.selectors)} id(s) and selector(s)\n"
            "  next: compare them with the ids of the features, as @id:417, and with "
            "pytest --co -q; or unset the variable"
        )


def read_plan(
    environ: Mapping[str, str], base: Path, *, is_inverted: bool = False
) -> Planning | None:
    """Return what follows the plan that *environ* names; None where it names none.

    A relative path counts from *base*.

    Raises:
        pytest.UsageError: It cannot be read.
    """
    path = environ.get(VARIABLE)
    if not path:
        return None
    try:
        tests = json.loads((base / path).read_bytes())["tests"]
        ids = frozenset(str(each["id"]) for each in tests if each.get("id") is not None)
        selectors = frozenset(str(each["selector"]) for each in tests if each.get("selector"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is no test plan"
        reason = error.strerror or reason if isinstance(error, OSError) else reason
        raise pytest.UsageError(
            f"the test plan {path!r} cannot be read: {reason}\n"
            f"  at: {VARIABLE}\n"
            f"  next: name a file like {_SHAPE}, or unset the variable"
        ) from None
    return Planning(path, ids, selectors, is_inverted)
