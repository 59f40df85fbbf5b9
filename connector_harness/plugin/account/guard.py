"""What guards the account that a run uses, on an endpoint that outlives the run."""

from typing import Any

import pytest

from connector_harness.plugin.account.left_out import LeftOut
from connector_harness.plugin.account.production import ProductionGuard, is_production
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.endpoint.rate_limit import is_shared
from connector_harness.plugin.processes.shared_folder import TOLD, shared_folder


def tell_folder(config: pytest.Config, workerinput: dict[str, Any]) -> None:
    """Tell a worker of pytest-xdist where the processes of the run meet, if they have to."""
    if is_shared(config.stash[ENDPOINT].endpoint):
        workerinput[TOLD] = str(shared_folder(config))


def guard_account(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let only run what may, and have closed at the end what is opened.

    The sandbox of the run needs neither: it ends with it.

    Args:
        config: pytest's configuration.
        items: What this process is about to run; none where workers do.
    """
    if config.stash[ENDPOINT].name == SANDBOX:
        return
    config.stash[ENDPOINT].watch(shared_folder(config) if hasattr(config, "workerinput") else None)
    if is_production(config) and not config.getoption("allow_production"):
        guard = ProductionGuard(config)
        guard.hold_back(items)
        config.pluginmanager.register(guard)
        config.pluginmanager.register(LeftOut(guard.is_told))
    # Imported here: a run on its own sandbox has no use for them.
    from connector_harness.plugin.account import not_offered  # noqa: PLC0415
    from connector_harness.plugin.account.cleanup import Cleanup  # noqa: PLC0415

    not_offered.hold_back(config, items)
    config.pluginmanager.register(not_offered.NotOffered())
    config.pluginmanager.register(LeftOut(not_offered.needs_of))
    config.pluginmanager.register(Cleanup(config))
