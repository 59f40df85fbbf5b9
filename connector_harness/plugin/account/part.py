"""What protects the account of an endpoint that outlives the run."""

import pytest

from connector_harness.plugin.options import group


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


def configure(_config: pytest.Config) -> None:
    """Set up nothing: what there is to protect is known once the items are."""
