"""What people see at the terminal while a run goes on, without a secret in it."""

from collections.abc import Generator

import pytest

from connector_harness.plugin.options import wants_features
from connector_harness.plugin.stash import REDACTOR
from connector_harness.plugin.telling import masking
from connector_harness.plugin.telling.failures import Failures


def add_options(parser: pytest.Parser) -> None:
    """Add nothing: ``-v`` and ``--full-trace`` are pytest's."""


def configure(config: pytest.Config) -> None:
    """Mask what pytest shows, tell failures in one shape, and show the spec under ``-v``."""
    redactor, plugins = config.stash[REDACTOR], config.pluginmanager
    config.add_cleanup(masking.mask_log(redactor))
    plugins.register(masking.WarningMask(redactor))
    plugins.register(ReportMask())
    if not wants_features(config):
        return
    plugins.register(Failures(config))
    if getattr(config.option, "verbose", 0) > 0:
        # A plain run does not pay for it.
        from connector_harness.plugin.telling import verbose  # noqa: PLC0415

        if verbose.is_wanted(config):
            plugins.register(verbose.StoryTeller(config))


class ReportMask:
    """Masks the secrets in what pytest reports."""

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Mask the secrets in what is shown of a file that could not be collected."""
        report = yield
        masking.mask_report(report, collector.config.stash[REDACTOR])
        return report

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Mask the secrets in what is shown of a test."""
        report = yield
        masking.mask_report(report, item.config.stash[REDACTOR])
        return report
