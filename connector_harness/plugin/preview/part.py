"""What scenarios would send, instead of sending it."""

import pytest

from connector_harness.plugin.options import group, wants_features


def add_options(parser: pytest.Parser) -> None:
    """Add the option that asks for it."""
    group(parser).addoption(
        "--preview",
        action="store_true",
        help="write what the scenarios would send to reports/preview and send nothing: no network, "
        "no sandbox",
    )


def configure(config: pytest.Config) -> None:
    """Preview, where that is asked for."""
    if wants_features(config) and config.getoption("--preview"):
        # A run pays nothing for it.
        from connector_harness.plugin.preview import fixtures  # noqa: PLC0415
        from connector_harness.plugin.preview.preview import Preview  # noqa: PLC0415

        config.pluginmanager.register(fixtures)
        config.pluginmanager.register(Preview(config))
