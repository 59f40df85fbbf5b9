"""Wiring: the modules that define the sentences of the features."""

from pathlib import Path

import pytest

# The modules import one another; without this only the first of them would explain its asserts.
pytest.register_assert_rewrite("steps")

STEPS = Path(__file__).with_name("steps")
pytest_plugins = [f"steps.{file.stem}" for file in sorted(STEPS.glob("[a-z]*.py"))]
