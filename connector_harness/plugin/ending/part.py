"""What a run leaves, and how it ends."""

import pytest

from connector_harness.plugin.collecting.quarantine import QUARANTINE, QuarantineReport
from connector_harness.plugin.ending.ending import Ending, WorkerEnding
from connector_harness.plugin.ending.leak_audit import LeakAudit
from connector_harness.plugin.options import group, is_single, wants_features
from connector_harness.plugin.processes.channel import is_worker
from connector_harness.plugin.settings import HISTORY_KEY, history
from connector_harness.plugin.stash import REDACTOR, RESULTS
from connector_harness.plugin.telling.masking import mask_streams


def add_options(parser: pytest.Parser) -> None:
    """Add the options that ask for more outputs."""
    group(parser).addoption(
        "--since",
        metavar="DIR",
        default=None,
        help="the results of an earlier run, to tell in reports/spec.html what has changed; those "
        "that this run replaces are read first",
    )
    group(parser).addoption(
        "--report",
        action="store_true",
        help="make the Allure report at the end of the run, in one file: "
        "reports/allure-report/index.html; needs the command allure, or npx",
    )
    group(parser).addoption(
        "--history",
        metavar="PATH",
        default=None,
        help="what the Allure report keeps of earlier runs: a file for Allure 3, such as "
        "reports/history.jsonl, which --report adds this run to; or the folder history of the "
        "last report of Allure 2",
    )
    group(parser).addoption(
        "--messages",
        metavar="FILE",
        default=None,
        help="write the run as Cucumber's messages, one a line, for its HTML formatter and others",
    )


def configure(config: pytest.Config) -> None:
    """Prepare an orderly end, whatever comes before it."""
    if not wants_features(config):
        return
    if is_single(config):
        # The file of the last run stays as it is.
        config.option.xmlpath = None
    plugins, folder = config.pluginmanager, config.stash[RESULTS]
    config.stash[QUARANTINE] = quarantine = QuarantineReport()
    plugins.register(quarantine)
    config.stash[HISTORY_KEY] = history(config)
    written: list[bytes] = []
    config.add_cleanup(mask_streams(config.stash[REDACTOR].text, written))
    audit = LeakAudit(config, folder, written)
    if is_worker(config):
        plugins.register(WorkerEnding(config, audit))
    else:
        plugins.register(Ending(config, audit))
