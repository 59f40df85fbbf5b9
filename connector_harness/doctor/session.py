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
        self.exchanges: list[Exchange] = []

    def sending(self, operation: str, document: JsonValue) -> None:
        """Let a request pass."""

    def exchanged(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self.exchanges.append(exchange)


@dataclass
class Session:
    """What the checks of one endpoint share.

    A sandbox that somebody has started has control routes. Origins are the addresses of the
    services that are known and allowed, by name; an app token is there once it was had.
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
