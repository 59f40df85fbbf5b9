"""What steps can ask for."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint
from connector_harness.contract.contract import Contract
from connector_harness.control.agent import Agent
from connector_harness.control.faults import Faults
from connector_harness.control.gateway import Gateway
from connector_harness.control.routes import SandboxControl, SandboxView, VirtualClock
from connector_harness.control.sandbox_agent import SandboxAgent
from connector_harness.plugin.endpoint.agents import agent_on_duty
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.endpoint.rate_limit import throttle, turn
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.stash import REDACTOR


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """The endpoint under test, with the account used there."""
    endpoint = request.config.stash[ENDPOINT].endpoint
    request.config.stash[REDACTOR].add(endpoint.client_secret.get_secret_value())
    return endpoint


@pytest.fixture(scope="session")
def contract(request: pytest.FixtureRequest) -> Contract:
    """The JSON Schemas of the API."""
    return request.config.stash[EVIDENCE].contract


@pytest.fixture(scope="session")
def connector(request: pytest.FixtureRequest, endpoint: Endpoint) -> Iterator[Connector]:
    """The connector of this process: its connections and tokens serve all scenarios.

    Where the endpoint can reach a receiver, that listens before the first call is made.
    """
    stash = request.config.stash
    if endpoint.public_address is not None:
        request.getfixturevalue("main_inbox")
    with Connector(
        endpoint,
        witness=stash[EVIDENCE],
        redactor=stash[REDACTOR],
        turn=turn(request.config, endpoint),
        throttle=throttle(request.config, endpoint),
    ) as connector:
        yield connector


@pytest.fixture(scope="session")
def sandbox_control(
    request: pytest.FixtureRequest, endpoint: Endpoint
) -> Iterator[SandboxControl | None]:
    """The sandbox's control routes; None where the endpoint is no sandbox."""
    is_ours = request.config.stash[ENDPOINT].name == SANDBOX
    control = SandboxControl.of(endpoint, is_ours=is_ours)
    yield control
    if control is not None:
        control.close()


@pytest.fixture(scope="session")
def sandbox_view(sandbox_control: SandboxControl | None) -> SandboxView | None:
    """A look into the sandbox; None where the endpoint is none."""
    return None if sandbox_control is None else SandboxView(sandbox_control)


@pytest.fixture(scope="session")
def inside(sandbox_view: SandboxView | None, endpoint: Endpoint) -> SandboxView:
    """A look into the sandbox; without a sandbox the scenario is skipped."""
    if sandbox_view is None:
        pytest.skip(f"nobody can look inside: endpoint {endpoint.name!r} is no sandbox")
    return sandbox_view


@pytest.fixture(scope="session")
def agent(
    request: pytest.FixtureRequest, sandbox_control: SandboxControl | None, endpoint: Endpoint
) -> Agent:
    """Who plays the agent: whom the settings name, else the sandbox, else the scenario skips."""
    agent = agent_on_duty(request.config, endpoint)
    if agent is not None:
        return agent
    if sandbox_control is None:
        pytest.skip(
            f"nobody plays the agent: endpoint {endpoint.name!r} is no sandbox, and its settings "
            "name nobody (agent)"
        )
    return SandboxAgent(sandbox_control)


@pytest.fixture(scope="session")
def clock(sandbox_control: SandboxControl | None, endpoint: Endpoint) -> VirtualClock:
    """The sandbox's clock; without a sandbox the scenario is skipped."""
    if sandbox_control is None:
        pytest.skip(f"time cannot be put forward: endpoint {endpoint.name!r} is no sandbox")
    return VirtualClock(sandbox_control)


@pytest.fixture(scope="session")
def gateway(connector: Connector, endpoint: Endpoint) -> Iterator[Gateway]:
    """A gateway to the endpoint, on which calls can go wrong; one a process, once asked for."""
    with Gateway(endpoint, connector.origins()) as gateway:
        yield gateway


@pytest.fixture
def faults(
    request: pytest.FixtureRequest, sandbox_control: SandboxControl | None, endpoint: Endpoint
) -> Iterator[Faults]:
    """The faults of the scenario's calls, which end with it.

    They are the sandbox's; any other endpoint is called through a gateway that has them.
    """
    if sandbox_control is not None:
        faults = Faults(sandbox_control)
        yield faults
        faults.recover()
        return
    if endpoint.production and not request.config.getoption("allow_production"):
        pytest.skip(f"no call may go wrong: endpoint {endpoint.name!r} is production")
    gateway: Gateway = request.getfixturevalue("gateway")
    connector: Connector = request.getfixturevalue("connector")
    with closing(SandboxControl(gateway.url, endpoint.account)) as control:
        faults = Faults(control)
        with connector.through(gateway.url):
            yield faults
        faults.recover()


@pytest.fixture
def webhook_faults(
    request: pytest.FixtureRequest, sandbox_control: SandboxControl | None, endpoint: Endpoint
) -> Faults:
    """The sandbox's faults of webhooks; without a sandbox the scenario is skipped."""
    if sandbox_control is None:
        pytest.skip(f"no webhook can go astray: endpoint {endpoint.name!r} is no sandbox")
    faults: Faults = request.getfixturevalue("faults")
    return faults


@pytest.fixture(scope="session")
def adopt(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a conversation of which no answer told, by its id, as the scenario's own."""
    return request.config.stash[EVIDENCE].adopt


@pytest.fixture
def consumer() -> str:
    """The id of a consumer that no other scenario, run or worker has."""
    return f"shopper-{secrets.token_hex(8)}"
