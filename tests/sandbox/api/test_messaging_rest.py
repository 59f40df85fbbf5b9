"""The reads of the Messaging REST API, called by plain httpx."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.server import RunningSandbox
from tests.sandbox.callers import InProcess
from tests.sandbox.plain import Brand, Shopper


@pytest.fixture
def http(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client of the sandbox."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        yield client


@pytest.fixture
def brand(http: httpx.Client) -> Brand:
    """A brand of the test's own."""
    return Brand.added(http)


@pytest.fixture
def shopper(brand: Brand) -> Shopper:
    """Somebody with an open conversation."""
    shopper = Shopper(brand)
    shopper.create()
    return shopper


def test_open_conversation(shopper: Shopper) -> None:
    """A conversation has its stage, and its dialogs with type and state."""
    answer = shopper.read()

    main = {"id": shopper.conversation, "dialogType": "MAIN", "state": "OPEN"}
    assert answer.json() == {"id": shopper.conversation, "stage": "OPEN", "dialogs": [main]}
    assert answer.headers["content-type"] == "application/json"


def test_conversation_that_was_silent_for_long(shopper: Shopper) -> None:
    """After a week it is closed, also for who only looks at it."""
    shopper.brand.advance(shopper.name, 8 * 24 * 3600)

    assert shopper.read().json()["stage"] == "CLOSE"


def test_tag_changes_with_the_conversation(shopper: Shopper) -> None:
    """The header that a client hands back is the same until something changes."""
    tags = [shopper.read().headers["etag"] for _ in range(2)]
    shopper.close()
    closed = shopper.read()

    assert tags[0] == tags[1] != closed.headers["etag"]
    assert (closed.json()["stage"], closed.json()["dialogs"][0]["state"]) == ("CLOSE", "CLOSE")


def test_above_the_newest_is_refused(shopper: Shopper) -> None:
    """The newest sequence can be asked for, the one above it cannot."""
    shopper.say("Hi")

    assert len(shopper.read_messages(newerThanSequence=0).json()["data"]) == 1
    assert shopper.read_messages(newerThanSequence=1).status_code == 400


def test_conversation_of_somebody_else_is_refused(brand: Brand, shopper: Shopper) -> None:
    """Nobody reads what is another consumer's."""
    other = Shopper(brand)
    other.conversation = shopper.conversation

    answers = [other.read(), other.read_messages()]

    assert [(each.status_code, each.json()["body"]["errorCode"]) for each in answers] == [
        (401, 40103),
        (401, 40103),
    ]


def test_what_is_unknown_is_not_found(shopper: Shopper) -> None:
    """An unknown dialog is a 404, and so is an unknown conversation."""
    dialog = shopper.read("/dialogs/nosuch/messages")
    shopper.conversation = "nosuch"

    assert [dialog.status_code, shopper.read().status_code] == [404, 404]


def test_wrong_parameter_is_refused(shopper: Shopper) -> None:
    """The rules of the parameters are kept."""
    assert shopper.read_messages(limit=101).status_code == 400


def read(api: InProcess, conversation: str, **headers: str | None) -> httpx.Response:
    """Return the answer to a read as Ada, with some headers changed or left out."""
    usual = {
        "Authorization": api.app_token,
        "LP-On-Behalf": api.consumer_token,
        "Brand-ID": "70000001",
        "Client-source": "test",
    }
    changed = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    return api(
        "GET",
        f"/messaging/v1/conversations/{conversation}",
        headers={name: value for name, value in changed.items() if value is not None},
    )


@pytest.fixture
def conversation(api: InProcess, batch: list[Any]) -> str:
    """The id of Ada's open conversation."""
    return str(api.create(batch).json()[1]["body"]["conversationId"])


@pytest.mark.parametrize(
    ("headers", "status", "error_code"),
    [
        ({"Authorization": None}, 401, 40105),
        ({"Authorization": "x"}, 401, 40102),
        ({"LP_On_Behalf": None}, 401, 40104),
        ({"LP_On_Behalf": "x"}, 401, 40103),
        ({"Brand_ID": None}, 400, 40000),
        ({"Brand_ID": "1"}, 401, 40102),
        ({"Client_source": None}, 400, 40000),
    ],
)
def test_wrong_header_is_refused(
    api: InProcess, conversation: str, headers: dict[str, str | None], status: int, error_code: int
) -> None:
    """Both tokens, the account and the caller's name must be there and right."""
    answer = read(api, conversation, **headers)

    assert (answer.status_code, answer.json()["body"]["errorCode"]) == (status, error_code)


def test_app_token_may_be_a_bearer(api: InProcess, conversation: str) -> None:
    """The word before the app token is optional; the header of the other API does not count."""
    bearer = read(api, conversation, Authorization=f"Bearer {api.app_token}")
    other = read(api, conversation, LP_On_Behalf=None, X_LP_ON_BEHALF=api.consumer_token)

    assert (bearer.status_code, other.status_code) == (200, 401)


def test_reads_are_journaled(api: InProcess, conversation: str) -> None:
    """A read is kept with account, consumer and operation."""
    read(api, conversation)

    entry = api("GET", "/_sandbox/journal?account=70000001").json()["entries"][-1]
    assert (entry["consumer"], entry["operation"]) == ("ada", "read_conversation")


def test_account_that_is_not_let_in(
    assuming: Callable[[Assumptions], InProcess], batch: list[Any]
) -> None:
    """Where the account is not let in, the service is neither listed nor served."""
    api = assuming(Assumptions(messaging_rest_served=False))
    id_ = api.create(batch).json()[1]["body"]["conversationId"]

    listed = api("GET", "/api/account/70000001/service/baseURI.json").json()["baseURIs"]
    single = api("GET", "/api/account/70000001/service/messagingRestApiDomain/baseURI.json")

    assert "messagingRestApiDomain" not in [each["service"] for each in listed]
    assert (single.status_code, read(api, id_).status_code) == (400, 404)
