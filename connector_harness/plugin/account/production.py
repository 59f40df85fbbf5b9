"""An endpoint with real consumers and agents: only what is tagged as safe there runs."""

from collections.abc import Sequence
from typing import Final

import pytest

from connector_harness.client.settings import SettingsError
from connector_harness.gherkin.guard import SAFE
from connector_harness.plugin.collecting.collection import ScenarioItem
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.options import group

NEXT: Final = "tag what is safe there, or run with --allow-production"


def is_production(config: pytest.Config) -> bool:
    """Return whether the settings mark the endpoint under test as production."""
    under_test = config.stash.get(ENDPOINT, None)
    if under_test is None or under_test.name == SANDBOX:
        return False
    try:
        return under_test.endpoint.production
    except SettingsError:
        # What only collects needs no settings, and sends nothing.
        return False


def is_guarded(config: pytest.Config) -> bool:
    """Return whether only what is tagged as safe may run."""
    return is_production(config) and not config.getoption("allow_production")


def in_words(config: pytest.Config) -> str:
    """Return what the header says of such an endpoint behind its name; else an empty text."""
    if not is_production(config):
        return ""
    if is_guarded(config):
        return f" (production; only scenarios tagged @{SAFE} run)"
    return " (production; all scenarios run there, as --allow-production says)"


def reason(endpoint: str) -> str:
    """Return why a scenario does not run that is not safe at *endpoint*."""
    return (
        f"not run: endpoint {endpoint!r} is production and this is not tagged @{SAFE}; next: {NEXT}"
    )


def hold_back_unsafe(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Mark those of *items* as skipped that are not safe, where only such may run."""
    if is_guarded(config):
        mark = pytest.mark.skip(reason=reason(config.stash[ENDPOINT].name))
        for item in items:
            if not is_safe(item):
                # In front, so that no other reason to skip takes its place.
                item.add_marker(mark, append=False)


def is_safe(item: pytest.Item) -> bool:
    """Return whether *item* may run: a test of another kind if it does not use the endpoint."""
    if isinstance(item, ScenarioItem):
        return SAFE in item.scenario.tags
    return "endpoint" not in getattr(item, "fixturenames", ())


def add_options(parser: pytest.Parser) -> None:
    """Add the options that lift the protection."""
    group(parser).addoption(
        "--allow-production",
        action="store_true",
        help="on an endpoint marked as production, run all scenarios, not only those tagged "
        "@safe-in-production",
    )
    group(parser).addoption(
        "--keep-conversations",
        action="store_true",
        help="leave the conversations open that the run opens, to look at them afterwards",
    )
