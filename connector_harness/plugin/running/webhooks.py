"""What steps can ask for to hear notifications: the receiver and the apps it serves."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from connector_harness.client.connector import Connector
from connector_harness.client.settings import Endpoint
from connector_harness.contract.contract import Contract
from connector_harness.control.apps import InstallApp, OwnApp, WebhookApps
from connector_harness.control.routes import SandboxControl
from connector_harness.plugin.endpoint.endpoint import ENDPOINT, SANDBOX
from connector_harness.plugin.running.exchange_recorder import EVIDENCE
from connector_harness.plugin.running.notifications import REMAINDER, NotificationJudge, Unclaimed
from connector_harness.plugin.stash import REDACTOR
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.server import Open, Receiver, ReceiverError, see_whether_free

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
    relay = config.stash[ENDPOINT].relay
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

    def takes(path: str) -> bool:
        return here.takes(path)

    here = Receiver(
        Inbox(),
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
    return Inbox(source=ReadBackSource(reading, owners.get))


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
    request: pytest.FixtureRequest, webhook_apps: WebhookApps | None, endpoint: Endpoint
) -> Iterator[InstallApp]:
    """Installs apps of the scenario's own, which go with it; without a sandbox it is skipped."""
    if webhook_apps is None:
        pytest.skip(f"no app can be installed: endpoint {endpoint.name!r} is no sandbox")
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
