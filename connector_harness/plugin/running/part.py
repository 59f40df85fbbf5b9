"""What steps run with: the contract's folder, fixtures, the witness of exchanges."""

import pytest

from connector_harness.client.settings import SettingsError, personal_data
from connector_harness.plugin.running.exchange_recorder import EVIDENCE, ExchangeRecorder
from connector_harness.plugin.stash import NOTICES, REDACTOR
from connector_harness.redaction.redactor import Redactor


def add_options(parser: pytest.Parser) -> None:
    """Add the setting that names the schemas."""
    parser.addini(
        "connector_schemas",
        "folder of the JSON Schemas, from the rootdir",
        default="schemas",
    )


def configure(config: pytest.Config) -> None:
    """Set up what all processes and all other parts need.

    Raises:
        pytest.UsageError: The settings name no personal data where they mean to.
    """
    try:
        redactor = Redactor(personal_data(config.rootpath))
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[NOTICES] = []
    config.stash[REDACTOR] = redactor
    config.stash[EVIDENCE] = ExchangeRecorder(
        config.rootpath / config.getini("connector_schemas"), redactor
    )
