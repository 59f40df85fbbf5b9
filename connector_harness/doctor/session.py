"""What the checks of one endpoint share: what calls it, and what the calls brought."""

from dataclasses import dataclass, field
from pathlib import Path

from connector_harness.client.connector import Connector
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.settings import Endpoint
from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonValue
from connector_harness.redaction.redactor import Redactor


class ExchangeLog:
    """Keeps every exchange, and judges none."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.exchanges: list[Exchange] = []

    def sending(self, operation: str, document: JsonValue) -> None:
        """Let a request pass."""

    def exchanged(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self.exchanges.append(exchange)


@dataclass
class Session:
    """What the checks of one endpoint share.

    Attributes:
        endpoint: What is looked over.
        rootdir: The folder of its settings.
        connector: Calls it.
        log: What was called, and what came back.
        redactor: Masks what is written.
        consumer: The consumer for whom the connector speaks.
        control: The control routes of a sandbox that somebody has started; None elsewhere.
        origins: The address of each service that is known and allowed, by name.
        app_token: The app token, once there is one.
    """

    endpoint: Endpoint
    rootdir: Path
    connector: Connector
    log: ExchangeLog
    redactor: Redactor
    consumer: str
    control: SandboxControl | None = None
    origins: dict[str, str] = field(default_factory=dict)
    app_token: str | None = field(default=None, repr=False)
