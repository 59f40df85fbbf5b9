"""What steps can ask for: the connector, the agent, faults, and what webhooks tell."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint
from connector_harness.contract.contract import Contract
from connector_harness.control.agent import Agent
from connector_harness.control.apps import InstallApp, OwnApp, WebhookApps
from connector_harness.control.faults import Faults
from connector_harness.control.gateway import Gateway
from connector_harness.control.routes import (
    SandboxControl,
    SandboxControlError,
    SandboxView,
    VirtualClock,
)
from connector_harness.control.sandbox_agent import SandboxAgent
from connector_harness.plugin.endpoint.agents import agent_on_duty
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.endpoint.rate_limit import throttle, turn
from connector_harness.plugin.processes.channel import told
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.notifications import REMAINDER, NotificationJudge, Unclaimed
from connector_harness.plugin.stash import REDACTOR
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.server import Open, Receiver, ReceiverError, see_whether_free


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """The endpoint under test, with the account used there."""
    return request.config.stash[ENDPOINT].endpoint


@pytest.fixture(scope="session")
def wait_s(endpoint: Endpoint) -> float:
    """How long a step waits for what it expects to come, in seconds.

    A sentence may say another time: ``within 20 seconds`` before it, or ``at once``.
    """
    return endpoint.wait_s


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
def sandbox_here(sandbox_control: SandboxControl | None, endpoint: Endpoint) -> SandboxControl:
    """The sandbox's control routes; without a sandbox the scenario is skipped."""
    if sandbox_control is None:
        pytest.skip(f"endpoint {endpoint.name!r} is no sandbox")
    return sandbox_control


@pytest.fixture(scope="session")
def inside(sandbox_here: SandboxControl) -> SandboxView:
    """A look into the sandbox; without a sandbox the scenario is skipped."""
    return SandboxView(sandbox_here)


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
def clock(sandbox_here: SandboxControl) -> VirtualClock:
    """The sandbox's clock; without a sandbox the scenario is skipped."""
    return VirtualClock(sandbox_here)


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
def webhook_faults(sandbox_here: SandboxControl, faults: Faults) -> Faults:
    """The sandbox's faults of webhooks; without a sandbox the scenario is skipped."""
    assert sandbox_here is not None  # noqa: S101  # asked for, so that others are skipped
    return faults


@pytest.fixture(scope="session")
def adopt(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a conversation of which no answer told, by its id, as the scenario's own."""
    return request.config.stash[EVIDENCE].adopt


@pytest.fixture
def consumer(request: pytest.FixtureRequest) -> str:
    """The id of a consumer that no other scenario, run or worker has: "the shopper"."""
    id_ = f"shopper-{secrets.token_hex(8)}"
    if (record := request.config.stash[EVIDENCE].record) is not None:
        record.consumer = id_
    return id_


if TYPE_CHECKING:
    from connector_harness.receiver.relay import Relay

_RELAY: "pytest.StashKey[Relay]" = pytest.StashKey()


def shared_receiver(config: pytest.Config) -> tuple[str, bytes, str] | None:
    """Start the one receiver of a run in several processes, and return how to join it.

    The sandbox of the run tells each process at an address of its own.

    Raises:
        pytest.UsageError: Its settings cannot be used.
    """
    settings = config.stash[ENDPOINT].endpoint.receiver
    if settings is None or config.stash[ENDPOINT].name == SANDBOX:
        return None
    if _RELAY not in config.stash:
        # Imported here: most runs have one process, or a sandbox of their own.
        from connector_harness.receiver.relay import Relay  # noqa: PLC0415  # see above

        try:
            config.stash[_RELAY] = relay = Relay(settings)
        except ReceiverError as error:
            raise pytest.UsageError(str(error)) from None
        config.add_cleanup(relay.stop)
    return (*config.stash[_RELAY].told,)


def see_to_receiver(config: pytest.Config) -> None:
    """See, in a run in this process, that its receiver can listen.

    Raises:
        pytest.UsageError: Its settings cannot be used.
    """
    endpoint = config.stash[ENDPOINT].endpoint
    if config.stash[ENDPOINT].name == SANDBOX or endpoint.receiver is None:
        return
    if endpoint.public_address and getattr(config.option, "dist", "no") == "no":
        try:
            see_whether_free(endpoint.receiver)
        except ReceiverError as error:
            raise pytest.UsageError(str(error)) from None


def _joining(config: pytest.Config, takes: Callable[[str], bool]) -> Open | None:
    """Return what joins the one receiver of the run; None where this process has its own."""
    relay = told(config).relay
    if relay is None:
        return None
    from connector_harness.receiver.relay import Told, joining  # noqa: PLC0415  # as above

    return joining(Told(*relay), takes)


@pytest.fixture(scope="session")
def receiver(
    request: pytest.FixtureRequest,
    endpoint: Endpoint,
    contract: Contract,
    sandbox_control: SandboxControl | None,
) -> Iterator[Receiver]:
    """What this process is told by webhooks; skips where the endpoint cannot reach a receiver."""
    assert contract is request.config.stash[EVIDENCE].contract  # noqa: S101  # made here, used by the receiver's thread
    if sandbox_control is None and endpoint.public_address is None:
        pytest.skip(
            f"notifications cannot be heard: endpoint {endpoint.name!r} has no public address "
            "to send them to (receiver.public_address)"
        )
    evidence = request.config.stash[EVIDENCE]
    hearing = evidence.hearing = NotificationJudge(evidence.opened)
    if sandbox_control is not None:
        view = SandboxView(sandbox_control)

        def settle(consumer: str) -> None:
            # A sandbox that has ended owes nothing any more; the next call says so.
            with suppress(SandboxControlError):
                view.wait_until_told(consumer)

        evidence.settle = settle

    def takes(path: str) -> bool:
        return here.takes(path)

    here = Receiver(
        Inbox(wait_s=endpoint.wait_s),
        endpoint.client_secret.get_secret_value(),
        witness=evidence.judge_notification,
        settings=endpoint.receiver,
        account=endpoint.account,
        opening=_joining(request.config, takes),
    )
    hearing.inboxes.append(here.main.inbox)
    with here:
        yield here
    evidence.claim()
    request.config.stash.setdefault(REMAINDER, Unclaimed()).add(hearing.unclaimed())


@pytest.fixture(scope="session")
def webhook_apps(
    request: pytest.FixtureRequest, receiver: Receiver, sandbox_control: SandboxControl | None
) -> WebhookApps | None:
    """Installs apps in the sandbox; None where the endpoint is none."""
    if sandbox_control is None:
        return None
    return WebhookApps(sandbox_control, receiver, request.config.stash[REDACTOR])


@pytest.fixture(scope="session")
def main_inbox(
    request: pytest.FixtureRequest, receiver: Receiver, webhook_apps: WebhookApps | None
) -> Iterator[Inbox]:
    """What the connector is told from now on, in this process."""
    main = receiver.main.inbox
    if webhook_apps is None:
        yield main
    elif request.config.stash[ENDPOINT].name == SANDBOX:
        webhook_apps.install_main()
        yield main
        webhook_apps.remove_main()
    else:
        yield webhook_apps.install_instead_of_main()
        webhook_apps.remove_all()


@pytest.fixture
def inbox(request: pytest.FixtureRequest, main_inbox: Inbox) -> Inbox:
    """What the connector was told; who asks for it listens, and is shown with what it heard."""
    _listen(request.config)
    return main_inbox


@pytest.fixture(scope="session")
def reading_inbox(
    request: pytest.FixtureRequest, endpoint: Endpoint, connector: Connector
) -> Inbox:
    """The messages of conversations as they are read back; skips where nothing reads them."""
    # Imported here: a run on the sandbox, or with a receiver, has no use for it.
    from connector_harness.client.reading.read_back import read_back  # noqa: PLC0415
    from connector_harness.control.reading import ReadBackSource  # noqa: PLC0415

    reading = read_back(connector, endpoint)
    if reading is None:
        pytest.skip(
            f"nothing tells what a conversation holds: endpoint {endpoint.name!r} has neither a "
            "receiver nor read_back"
        )
    ledger = request.config.stash[EVIDENCE].ledger
    owners = {} if ledger is None else ledger.owners
    return Inbox(source=ReadBackSource(reading, owners.get), wait_s=endpoint.wait_s)


@pytest.fixture
def messages(
    request: pytest.FixtureRequest, endpoint: Endpoint, sandbox_control: SandboxControl | None
) -> Inbox:
    """What tells which messages a conversation holds: webhooks, or else what is read back."""
    is_told = sandbox_control is not None or endpoint.public_address is not None
    told: Inbox = request.getfixturevalue("inbox" if is_told else "reading_inbox")
    return told


@pytest.fixture
def held(request: pytest.FixtureRequest, sandbox_control: SandboxControl | None) -> Inbox | None:
    """The same, where a sandbox does not show what it holds; None where it does."""
    if sandbox_control is not None:
        return None
    told: Inbox = request.getfixturevalue("messages")
    return told


@pytest.fixture
def own_app(
    request: pytest.FixtureRequest, sandbox_here: SandboxControl, webhook_apps: WebhookApps | None
) -> Iterator[InstallApp]:
    """Installs apps of the scenario's own, which go with it; without a sandbox it is skipped."""
    assert sandbox_here and webhook_apps  # noqa: S101, PT018  # the latter is there then
    evidence = request.config.stash[EVIDENCE]
    hearing = evidence.hearing
    assert hearing is not None  # noqa: S101  # the receiver has made it
    _listen(request.config)
    installed = []

    def install(**wanted: object) -> OwnApp:
        # Where processes share an account, it is told of what the others open, too.
        app = webhook_apps.install(among=evidence.opened, **wanted)  # type: ignore[arg-type]  # passed on as given
        hearing.inboxes.append(app.inbox)
        installed.append(app)
        return app

    yield install
    for app in installed:
        hearing.inboxes.remove(app.inbox)
        webhook_apps.remove(app)


def _listen(config: pytest.Config) -> None:
    """Note that the scenario under way listens."""
    record = config.stash[EVIDENCE].record
    if record is not None:
        record.listens = True
