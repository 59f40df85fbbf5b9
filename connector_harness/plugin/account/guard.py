"""What guards the account that a run uses, on an endpoint that outlives the run."""

import pytest

from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.processes.shared_folder import shared_folder


def guard_account(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let only run what may, and have closed at the end what is opened.

    The sandbox of the run needs neither: it ends with it.

    Args:
        config: pytest's configuration.
        items: What this process is about to run; none where workers do.
    """
    if config.stash[ENDPOINT].name == SANDBOX:
        return
    config.stash[ENDPOINT].watch(shared_folder(config) if is_worker(config) else None)
    # Imported here: a run on its own sandbox has no use for them.
    from connector_harness.plugin.account.cleanup import CLEANUP, Cleanup  # noqa: PLC0415
    from connector_harness.plugin.account.held_back import HELD_BACK, HeldBack  # noqa: PLC0415
    from connector_harness.plugin.account.not_offered import hold_back  # noqa: PLC0415
    from connector_harness.plugin.account.production import hold_back_unsafe  # noqa: PLC0415

    hold_back_unsafe(config, items)
    hold_back(config, items)
    config.stash[HELD_BACK] = held_back = HeldBack(config.stash[ENDPOINT].name)
    config.pluginmanager.register(held_back)
    config.stash[CLEANUP] = Cleanup(config)
