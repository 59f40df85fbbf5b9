"""How many cases each property is tried with.

A usual run tries the same few cases every time. ``PROPERTY_CASES=5000`` tries so many of each,
other ones every time; what it finds is printed as a line to repeat it.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

USUAL = 50
WANTED = os.environ.get("PROPERTY_CASES")

settings.register_profile(
    "properties",
    max_examples=int(WANTED or USUAL),
    derandomize=WANTED is None,
    # Nothing is left behind, and a shared machine may be slow at any moment.
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("properties")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let hypothesis name strategies at length: where it gives up a case, it does."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:Generating overly large repr"))
