"""What a scenario is known by, in every run and on every machine."""

import hashlib

from connector_harness.plugin.spec import FeatureSpec, ScenarioSpec


def full_name(feature: FeatureSpec, scenario: ScenarioSpec) -> str:
    """Return where a scenario stands, as ``features/….feature::title``."""
    return f"{feature.path}::{scenario.name}"


def test_case_id(feature: FeatureSpec, scenario: ScenarioSpec) -> str:
    """Return the key of a scenario, 32 hexadecimal digits."""
    return _digest(full_name(feature, scenario))


def history_id(feature: FeatureSpec, scenario: ScenarioSpec) -> str:
    """Return the key of a scenario with the values of its row, 32 hexadecimal digits."""
    row = scenario.row or {}
    values = (f"{name}={value}" for name, value in row.items())
    return _digest(full_name(feature, scenario), *values)


def _digest(*parts: str) -> str:
    return hashlib.md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest()
