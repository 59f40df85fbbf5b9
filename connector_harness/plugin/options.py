"""What the command line offers."""

import os
from pathlib import Path
from typing import Final

import pytest

SINGLE: Final = ("--spec-check", "--preview", "--steps")
"""The options that ask for something else than to run, done by one process."""


def is_idle(config: pytest.Config) -> bool:
    """Return whether the command line asks for something else than to run."""
    return any(config.getoption(name) for name in (*SINGLE, "--collect-only"))


def is_single(config: pytest.Config) -> bool:
    """Return whether the command line asks for what one process does, however many are given."""
    return any(config.getoption(name) for name in SINGLE)


def named_file(name: str) -> Path:
    """Return the file that an option such as ``--junit-xml`` names, as pytest itself finds it.

    It counts from the working directory, which a step may change: ask before the first one runs.
    """
    return Path(os.path.expandvars(name)).expanduser().absolute()


def add_options(parser: pytest.Parser) -> None:
    """Add the harness's options."""
    group = parser.getgroup("connector harness", "scenarios of feature files")
    group.addoption(
        "--endpoint",
        metavar="NAME",
        default=None,
        help="the endpoint under test: a name from [tool.connector_harness.endpoints] in "
        "pyproject.toml, or an address such as http://127.0.0.1:9999 (default: sandbox)",
    )
    group.addoption(
        "--spec-check",
        action="store_true",
        help="check the feature files and run nothing: no network, no sandbox",
    )
    group.addoption(
        "--steps",
        nargs="?",
        const="text",
        choices=("text", "json"),
        default=None,
        help="print the sentences that features can use, with where they are defined and how often "
        "they are used, and run nothing; --steps=json prints them for editors",
    )
    group.addoption(
        "--preview",
        action="store_true",
        help="write what the scenarios would send to reports/preview and send nothing: no network, "
        "no sandbox",
    )
    group.addoption(
        "--allow-production",
        action="store_true",
        help="on an endpoint marked as production, run all scenarios, not only those tagged "
        "@safe-in-production",
    )
    group.addoption(
        "--keep-conversations",
        action="store_true",
        help="leave the conversations open that the run opens, to look at them afterwards",
    )
    group.addoption(
        "--since",
        metavar="DIR",
        default=None,
        help="the results of an earlier run, to tell in reports/spec.html what has changed; those "
        "that this run replaces are read first",
    )
    group.addoption(
        "--report",
        action="store_true",
        help="make the Allure report at the end of the run, in one file: "
        "reports/allure-report/index.html; needs the command allure, or npx",
    )
    group.addoption(
        "--history",
        metavar="PATH",
        default=None,
        help="what the Allure report keeps of earlier runs: a file for Allure 3, such as "
        "reports/history.jsonl, which --report adds this run to; or the folder history of the "
        "last report of Allure 2",
    )
    group.addoption(
        "--messages",
        metavar="FILE",
        default=None,
        help="write the run as Cucumber's messages, one a line, for its HTML formatter and others",
    )
    group.addoption(
        "--shard",
        metavar="N/OF",
        default=None,
        help="run one part of what is selected, as 2/5: each scenario is in exactly one of the "
        "parts; balanced by the durations in the --since folder, which all of them must be given",
    )
    parser.addini(
        "connector_schemas",
        "folder of the JSON Schemas, from the rootdir",
        default="schemas",
    )
    parser.addini(
        "connector_results",
        "folder of the Allure results, from the rootdir; --alluredir beats it",
        default="reports/allure-results",
    )
