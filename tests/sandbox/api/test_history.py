"""The history search, called by plain httpx."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.server import RunningSandbox
from tests.sandbox.callers import InProcess
from tests.sandbox.plain import Brand, Shopper

SEARCH = "/messaging_history/api/account/70000001/conversations/conversation/search"


@pytest.fixture
def shopper(sandbox: RunningSandbox) -> Iterator[Shopper]:
    """Somebody with two closed conversations and an open one, of a brand of the test's own."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as http:
        shopper = Shopper(Brand.added(http))
        for _ in range(2):
            shopper.create()
            shopper.close()
        shopper.create()
        shopper.say("Is the kayak still for hire?")
        yield shopper


def test_conversations_of_a_consumer(shopper: Shopper) -> None:
    """All of them are found, the oldest first, with what was said."""
    found = shopper.search().json()

    assert found["_metadata"]["count"] == 3
    records = found["conversationHistoryRecords"]
    assert [each["info"]["status"] for each in records] == ["CLOSE", "CLOSE", "OPEN"]
    (said,) = records[2]["messageRecords"]
    assert said["messageData"] == {"msg": {"text": "Is the kayak still for hire?"}}


def test_conversation_that_was_silent_for_long(shopper: Shopper) -> None:
    """After a week it is closed, also for who only looks for it."""
    shopper.brand.advance(shopper.name, 8 * 24 * 3600)

    records = shopper.search().json()["conversationHistoryRecords"]
    assert [each["info"]["status"] for each in records] == ["CLOSE", "CLOSE", "CLOSE"]


def test_conversations_of_others_are_not_found(shopper: Shopper) -> None:
    """Somebody who never spoke has none, and that is no error."""
    found = Shopper(shopper.brand).search()

    assert (found.status_code, found.json()["_metadata"]["count"]) == (200, 0)
    assert found.json()["conversationHistoryRecords"] == []


def test_page_of_conversations(shopper: Shopper) -> None:
    """Fewer are shown than there are, from the one that is asked for, and all are counted."""
    found = shopper.search(offset=2, limit=1).json()

    shown = [each["info"]["conversationId"] for each in found["conversationHistoryRecords"]]
    assert (found["_metadata"]["count"], shown) == (3, [shopper.conversation])
    assert found["_metadata"]["self"]["href"].endswith("/consumer/search?limit=1&offset=2")


def test_one_conversation(shopper: Shopper) -> None:
    """A conversation is found by its id."""
    (found,) = shopper.search("conversation").json()["conversationHistoryRecords"]

    assert found["info"]["conversationId"] == shopper.conversation


def test_wrong_search_is_refused(shopper: Shopper) -> None:
    """The rules of parameters and body are kept."""
    shopper.conversation = {}  # type: ignore[assignment]

    assert shopper.search(limit=0).status_code == 400
    assert shopper.search("conversation").status_code == 400


def search(api: InProcess, authorization: str | None, path: str = SEARCH) -> int:
    """Return the status of a search with a header of that value, or without one."""
    headers = {} if authorization is None else {"Authorization": authorization}
    return api("POST", path, json={"conversationId": "c"}, headers=headers).status_code


def test_users_are_let_in(api: InProcess) -> None:
    """Any bearer's token and any OAuth 1.0 signature is taken for a user's."""
    assert search(api, "Bearer of-a-user") == 200
    assert search(api, 'OAuth oauth_consumer_key="k", oauth_signature="s"') == 200


def test_who_shows_nothing_is_refused(api: InProcess) -> None:
    """Without a header, with a bare word or in an unknown account nobody is let in."""
    unknown = SEARCH.replace("70000001", "1")

    assert [search(api, None), search(api, "x")] == [401, 401]
    assert search(api, "Bearer of-a-user", unknown) == 401


def test_connector_is_refused(api: InProcess) -> None:
    """The tokens of a connector are no user's, neither bare nor as a bearer's."""
    shown = [api.app_token, f"Bearer {api.app_token}", f"Bearer {api.consumer_token}"]

    assert [search(api, each) for each in shown] == [401, 401, 401]


def test_connector_may_be_let_in(assuming: Callable[[Assumptions], InProcess]) -> None:
    """Whether an app token lets in is an assumption; the consumer's never does."""
    api = assuming(Assumptions(history_accepts_app_token=True))
    shown = [api.app_token, f"Bearer {api.app_token}", f"Bearer {api.consumer_token}"]

    assert [search(api, each) for each in shown] == [200, 200, 401]


def test_no_document_is_refused(api: InProcess) -> None:
    """A body that is no JSON asks for nothing."""
    headers = {"Authorization": "Bearer of-a-user", "Content-Type": "application/json"}

    assert api("POST", SEARCH, content=b"{", headers=headers).status_code == 400


def test_history_is_late(assuming: Callable[[Assumptions], InProcess], batch: list[Any]) -> None:
    """With a delay, what has just begun is not found."""
    api = assuming(Assumptions(history_delay_s=60))
    id_ = api.create(batch).json()[1]["body"]["conversationId"]
    headers = {"Authorization": "Bearer of-a-user"}

    found = api("POST", SEARCH, json={"conversationId": id_}, headers=headers).json()

    assert found["_metadata"]["count"] == 0


def test_searches_are_journaled(api: InProcess) -> None:
    """A search is kept with its account and operation."""
    search(api, "Bearer of-a-user")

    entry = api("GET", "/_sandbox/journal?account=70000001").json()["entries"][-1]
    assert (entry["operation"], entry["status"]) == ("search_history", 200)
