"""Looking over an endpoint in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint, ReceiverSettings, Secret
from connector_harness.control.routes import SandboxControl
from connector_harness.doctor.examination import examine
from connector_harness.doctor.result import CheckResult
from connector_harness.doctor.session import ExchangeLog, Session
from connector_harness.redaction.redactor import Redactor
from tests.doctor.deployment import ACCOUNT

SECRET = "the-secret-of-this-shop"


def endpoint_at(url: str, **other: object) -> Endpoint:
    """Return an endpoint whose services are found by discovery at *url*."""
    endpoint = Endpoint(
        name="staging",
        account=ACCOUNT,
        client_id="client-7",
        client_secret=Secret(SECRET),
        discovery=url,
    )
    return replace(endpoint, **other)  # type: ignore[arg-type]  # passed on as given


def receiver_at(url: str, *, port: int = 0) -> ReceiverSettings:
    """Return the settings of a receiver that is reached as *url*."""
    return ReceiverSettings(listen=f"127.0.0.1:{port}", public_address=url)


@contextmanager
def session_of(endpoint: Endpoint, rootdir: Path | None = None) -> Iterator[Session]:
    """Return what the checks of *endpoint* share."""
    redactor, log = Redactor(), ExchangeLog()
    with Connector(endpoint, witness=log, redactor=redactor) as connector:
        control = SandboxControl.of(endpoint, is_ours=False)
        folder = rootdir or Path(__file__).parent
        yield Session(endpoint, folder, connector, log, redactor, "doctor-7", control)
        if control is not None:
            control.close()


def look_over(
    endpoint: Endpoint, rootdir: Path | None = None, *, refusal: str = ""
) -> dict[str, CheckResult]:
    """Return what each check of *endpoint* has found, in their order."""
    with session_of(endpoint, rootdir) as session:
        return {each.check: each for each in examine(session, refusal=lambda: refusal)}
