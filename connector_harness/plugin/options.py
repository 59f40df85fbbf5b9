"""What the command line offers."""

import pytest


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
