"""What steps are given in a preview, in the place of what would speak to an endpoint.

Registered after the fixtures of a run, and so found before them.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint
from connector_harness.contract.contract import REQUESTS
from connector_harness.control.agent import Agent
from connector_harness.control.apps import WebhookApps
from connector_harness.control.faults import Faults
from connector_harness.control.routes import SandboxControl
from connector_harness.control.sandbox_agent import SandboxAgent
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.preview.sends import RECORDER, Recorder
from connector_harness.plugin.preview.stage import ADDRESS, STAGE
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.opened import Ledger
from connector_harness.plugin.running.webhooks import receiving
from connector_harness.plugin.stash import REDACTOR
from connector_harness.receiver.server import Receiver


@pytest.fixture(scope="session")
def connector(request: pytest.FixtureRequest, endpoint: Endpoint) -> Iterator[Connector]:
    """A connector whose requests go no further than this process."""
    stash = request.config.stash
    stage, evidence = stash[STAGE], stash[EVIDENCE]
    # Whose a conversation is must be known to read it back; none is left to close.
    evidence.ledger = Ledger()
    stash[RECORDER] = Recorder(evidence, evidence.contract, REQUESTS)
    with Connector(
        endpoint,
        witness=stash[RECORDER],
        redactor=stash[REDACTOR],
        clock=stage.clock,
        wait=stage.wait,
        carrier=stage.carrier,
    ) as connector:
        yield connector


@pytest.fixture(autouse=True)
def signed_in(connector: Connector) -> None:
    """A connector that has found its services and signed in just now.

    One that comes from another scenario would send less than one that comes from none.
    """
    connector.sign_out()
    connector.sign_in("nobody")


@pytest.fixture(scope="session")
def sandbox_control(
    request: pytest.FixtureRequest, endpoint: Endpoint
) -> Iterator[SandboxControl | None]:
    """The control routes of what answers; None where the endpoint has none."""
    stash = request.config.stash
    control = SandboxControl.of(
        endpoint,
        is_ours=stash[ENDPOINT].name == SANDBOX,
        carrier=stash[STAGE].control_carrier,
    )
    yield control
    if control is not None:
        control.close()


@pytest.fixture(scope="session")
def agent(sandbox_control: SandboxControl | None, endpoint: Endpoint) -> Agent:
    """The agent's side, which nobody outside of this process plays."""
    if sandbox_control is None:
        pytest.skip(f"nobody plays the agent: endpoint {endpoint.name!r} is no sandbox")
    return SandboxAgent(sandbox_control)


@pytest.fixture
def faults(sandbox_control: SandboxControl | None, endpoint: Endpoint) -> Iterator[Faults]:
    """The faults of the scenario's calls; no gateway is started for a preview."""
    if sandbox_control is None:
        pytest.skip(f"no call goes wrong in a preview: endpoint {endpoint.name!r} is no sandbox")
    faults = Faults(sandbox_control)
    yield faults
    faults.recover()


@pytest.fixture(scope="session")
def receiver(
    request: pytest.FixtureRequest,
    endpoint: Endpoint,
    sandbox_control: SandboxControl | None,
) -> Iterator[Receiver]:
    """A receiver that listens nowhere; skips where the endpoint could reach none.

    It is told what the account's app would be told there.
    """
    stash = request.config.stash
    for receiver in receiving(request, endpoint, sandbox_control, opening=stash[STAGE].open):
        if sandbox_control is None:
            carrier = stash[STAGE].control_carrier
            with closing(SandboxControl(ADDRESS, endpoint.account, carrier=carrier)) as control:
                WebhookApps(control, receiver, stash[REDACTOR]).install_main()
        yield receiver
