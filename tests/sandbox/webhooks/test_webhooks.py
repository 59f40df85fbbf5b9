"""Webhooks delivered to a receiver on this machine, by clocks that the test puts forward."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.subscriptions import (
    Receiver,
    SignatureForm,
    Subscription,
    sign,
)
from connector_harness.sandbox.webhooks.webhooks import MOST_PENDING, Webhooks
from tests.sandbox.listening import Ear, ear

CONTENT = "ms.MessagingEventNotification.ContentEvent"
TYPING = "ms.MessagingEventNotification.ChatStateEvent"
ACCOUNT = "70000001"


@dataclass(slots=True)
class Scene:
    """Webhooks, the clocks they go by, and an ear."""

    webhooks: Webhooks
    clocks: Clocks
    ear: Ear

    def subscribe(
        self,
        client_id: str = "app-1",
        *,
        max_retries: int | None = None,
        retention_s: int | None = None,
        url: str | None = None,
        form: SignatureForm | None = None,
    ) -> None:
        """Let an app be told of messages at the ear, or at *url*."""
        receiver = Receiver(url or self.ear.url, max_retries, (("x-key", "abc"),))
        self.webhooks.subscribe(
            ACCOUNT,
            Subscription(
                client_id, "secret-1", {CONTENT: receiver}, retention_s, form or SignatureForm()
            ),
        )

    def say(self, *texts: str, conversation: str = "c-1", consumer: str = "ada") -> None:
        """Notify of each text."""
        for text in texts:
            pending = Notification(CONTENT, conversation, consumer, {"say": text})
            self.webhooks.notify(ACCOUNT, pending)

    async def after(self, seconds: float, consumer: str = "ada") -> None:
        """Let time pass and wait until what became due has been tried."""
        self.clocks.advance(consumer, seconds)
        await self.webhooks.quiet(ACCOUNT, within_s=30)

    async def attempts(self, *members: str) -> list[tuple[Any, ...]]:
        """Return these members of every attempt, once what is due has been tried."""
        await self.webhooks.quiet(ACCOUNT, within_s=30)
        shown: Any = self.webhooks.show(ACCOUNT)["deliveries"]
        return [tuple(each[member] for member in members) for each in shown]

    def app(self) -> dict[str, Any]:
        """Return how the one app stands."""
        (shown,) = self.apps()
        return shown

    def apps(self) -> list[dict[str, Any]]:
        """Return how every app stands."""
        shown: Any = self.webhooks.show(ACCOUNT)["apps"]
        return list(shown)


@asynccontextmanager
async def scene(
    *answers: int | str,
    most_pending: int = MOST_PENDING,
    **assumed: Any,  # noqa: ANN401
) -> AsyncIterator[Scene]:
    """Yield a scene that leaves no task behind."""
    clocks = Clocks()
    webhooks = Webhooks(clocks, Assumptions(**assumed), most_pending=most_pending)
    async with ear(answers) as listening:
        yield Scene(webhooks, clocks, listening)
        await webhooks.close()
    assert asyncio.all_tasks() <= {asyncio.current_task(), *_listeners()}


def _listeners() -> set[asyncio.Task[Any]]:
    # The ear's own, which end a moment later.
    return {each for each in asyncio.all_tasks() if "Ear.listen" in repr(each)}


def in_loop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Return *test* as one that runs in an event loop of its own."""

    def run() -> None:
        asyncio.run(_awaited(test()))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


async def _awaited(test: Awaitable[None]) -> None:
    async with asyncio.timeout(90):
        await test


@in_loop
async def test_notification_is_posted() -> None:
    """The body is compact JSON in UTF-8, and arrives with the documented headers only."""
    async with scene() as it:
        it.subscribe()
        it.say("Grüße 👋")
        assert await it.ear.until(1) == ['{"say":"Grüße 👋"}']

        (heard,) = it.ear.heard

    assert heard.line == "POST /told?x=1 HTTP/1.1"
    assert dict(heard.headers) == {
        "host": it.ear.url.split("/")[2],
        "content-length": "22",
        "content-type": "application/json",
        "x-liveperson-account-id": ACCOUNT,
        "x-liveperson-client-id": "app-1",
        "x-liveperson-signature": sign(heard.body, "secret-1", SignatureForm()),
        "x-key": "abc",
    }


@in_loop
async def test_signature_is_of_the_form_asked_for() -> None:
    """Each app has its notifications signed its own way."""
    form = SignatureForm("sha256", "hex")
    async with scene() as it:
        it.subscribe(form=form)
        it.say("a")
        await it.ear.until(1)

    (heard,) = it.ear.heard
    assert heard.header("x-liveperson-signature") == sign(heard.body, "secret-1", form)


@in_loop
async def test_headers_may_be_assumed_otherwise() -> None:
    """Media type and user agent are as the sandbox assumes."""
    async with scene(webhook_content_type="text/x", webhook_user_agent_sent=True) as it:
        it.subscribe()
        it.say("a")
        await it.ear.until(1)

    (heard,) = it.ear.heard
    assert (heard.header("content-type"), heard.header("user-agent")) == ("text/x", "sandbox")


@in_loop
async def test_only_what_was_asked_for_is_told() -> None:
    """An app is not told of what its manifest does not name, nor of other accounts."""
    async with scene() as it:
        it.subscribe()
        it.webhooks.notify(ACCOUNT, Notification(TYPING, "c-1", "ada", {}))
        it.webhooks.notify("42", Notification(CONTENT, "c-1", "ada", {}))
        it.say("a")

        assert await it.attempts("type") == [(CONTENT,)]


@in_loop
async def test_every_app_is_told() -> None:
    """Several apps may subscribe; each is told by itself."""
    async with scene() as it:
        for client_id in ("app-1", "app-2"):
            it.subscribe(client_id)
        it.say("a")

        assert sorted(await it.attempts("clientId")) == [("app-1",), ("app-2",)]


@in_loop
async def test_conversation_arrives_in_order() -> None:
    """Two hundred messages of one conversation arrive in order, and none twice."""
    texts = [str(number) for number in range(200)]
    async with scene() as it:
        it.subscribe()
        it.say(*texts)

        heard = await it.ear.until(200)

    assert [json.loads(body)["say"] for body in heard] == texts


@in_loop
async def test_document_is_told_as_it_was() -> None:
    """What changes after it was added changes nothing about the notification."""
    document: dict[str, Any] = {"say": "a"}
    async with scene() as it:
        it.subscribe()
        it.webhooks.notify(ACCOUNT, Notification(CONTENT, "c-1", "ada", document))
        document["say"] = "b"

        assert await it.ear.until(1) == ['{"say":"a"}']


@pytest.mark.parametrize("status", [200, 201])
def test_answer_counts(status: int) -> None:
    """These answers mean that the app has it."""
    assert _outcomes(status) == [(status, "delivered")]


@pytest.mark.parametrize("status", [202, 204, 301, 307, 400, 404, 429, 500, 503])
def test_answer_does_not_count(status: int) -> None:
    """Any other answer is a failure, friendly ones and redirects too."""
    assert _outcomes(status) == [(status, "dropped")]


def _outcomes(*answers: int | str, **assumed: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """Return what became of one message that is told once."""
    found: list[tuple[Any, ...]] = []

    async def tell() -> None:
        async with scene(*answers, **assumed) as it:
            it.subscribe()
            it.say("a")
            found.extend(await it.attempts("status", "outcome"))

    asyncio.run(_awaited(tell()))
    return found


def test_redirect_is_not_followed() -> None:
    """An app that sends elsewhere has failed."""
    moved = "HTTP/1.1 307 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"

    assert _outcomes(moved) == [(307, "dropped")]


@pytest.mark.parametrize("answer", ["nonsense\r\n\r\n", "HTTP/1.1 20", 0], ids=str)
def test_answer_that_is_none_does_not_count(answer: int | str) -> None:
    """An app that answers nonsense, half an answer or nothing has failed."""
    assert _outcomes(answer, webhook_timeout_s=0.1) == [(None, "dropped")]


def test_body_of_the_answer_does_not_matter() -> None:
    """A body that never ends, or ends too soon, leaves the status as it is."""
    endless = f"HTTP/1.1 200 X\r\nContent-Length: 900000\r\n\r\n{'x' * 200_000}"
    chunk = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"

    assert _outcomes(endless, webhook_timeout_s=0.1) == [(200, "delivered")]
    assert _outcomes(chunk) == [(200, "delivered")]


@in_loop
async def test_app_that_is_not_there_has_failed() -> None:
    """A refused connection is a failure without status."""
    async with ear() as gone:
        pass
    async with scene() as it:
        it.subscribe(url=gone.url)
        it.say("a")

        assert await it.attempts("status", "outcome") == [(None, "dropped")]


@in_loop
async def test_connection_is_used_again() -> None:
    """Deliveries one after the other share a connection."""
    async with scene() as it:
        it.subscribe()
        it.say(*"abcde")
        await it.ear.until(5)

    assert it.ear.connections == 1


@in_loop
async def test_connections_are_limited() -> None:
    """Many conversations share a few connections, and waiting for one is no failure."""
    async with scene() as it:
        it.subscribe()
        for number in range(100):
            it.say("a", conversation=str(number))

        assert set(await it.attempts("outcome")) == {("delivered",)}

    assert len(it.ear.heard) == 100
    assert it.ear.most_at_once <= 32
    # On a slow machine some are replaced, having been idle for too long.
    assert it.ear.connections < 50


@in_loop
async def test_counted_attempts_come_when_they_are_due() -> None:
    """One leap over ten minutes makes every attempt, each at its own time."""
    async with scene(500, 500, 500) as it:
        it.subscribe(max_retries=5)
        started = it.clocks.now("ada")
        it.say("a")
        await it.attempts()

        await it.after(600)

        attempts = await it.attempts("attempt", "status", "outcome")
        times = [round(at - started) for (at,) in await it.attempts("at")]
    assert attempts == [
        (1, 500, "failed"),
        (2, 500, "failed"),
        (3, 500, "failed"),
        (4, 200, "delivered"),
    ]
    assert times == [0, 30, 60, 90]


@in_loop
async def test_attempt_is_not_made_early() -> None:
    """Before its time has come, nothing happens; another consumer's time does not count."""
    async with scene(500) as it:
        it.subscribe(max_retries=1)
        it.say("a")
        await it.attempts()

        await it.after(29)
        await it.after(600, consumer="ben")
        assert it.ear.bodies() == ['{"say":"a"}']

        await it.after(1)
        assert len(it.ear.heard) == 2


@in_loop
async def test_stored_messages_arrive_in_order() -> None:
    """What piled up while the app was down arrives in order, nothing twice, nothing lost."""
    async with scene(500, 500) as it:
        it.subscribe(retention_s=3600)
        it.say("a")
        await it.attempts()
        it.say("b", "c")

        await it.after(10)

        assert [json.loads(body)["say"] for body in it.ear.bodies()] == ["a", "a", "a", "b", "c"]
        assert it.app()["pending"] == 0


@in_loop
async def test_lost_with_another_is_shown_as_lost() -> None:
    """What was stored and never tried is shown with attempt 0."""
    async with scene(*[500] * 9) as it:
        it.subscribe(retention_s=2)
        it.say("a", "b")

        await it.after(2)
        attempts = await it.attempts("attempt", "status", "outcome")

    assert attempts == [(1, 500, "failed"), (2, 500, "dropped"), (0, None, "dropped")]


@pytest.mark.parametrize("most", [1, 10**9])
def test_queue_is_full_of_bytes_as_well(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Few large events are too much for the sandbox, too."""
    monkeypatch.setattr("connector_harness.sandbox.webhooks.webhooks.MOST_PENDING_BYTES", most)

    async def said() -> tuple[object, object]:
        async with scene(0, 0) as it:
            it.subscribe()
            it.say("a", "b")
            (app,) = it.apps()
            return app["pending"], app["overflowed"]

    assert asyncio.run(said()) == ((0, 2) if most == 1 else (2, 0))


@in_loop
async def test_full_queue_is_reported() -> None:
    """What does not fit is lost, oldest first, and the app's row says how many."""
    async with scene(0, 0, most_pending=2) as it:
        it.subscribe()
        it.say("a", "b")
        await it.ear.until(1)
        it.say("c")
        await it.ear.until(2)

        (app,) = it.apps()
        tasks = [each for each in asyncio.all_tasks() if "_bring" in repr(each)]

    assert (app["pending"], app["overflowed"], len(tasks)) == (2, 1, 1)
    assert it.webhooks.show(ACCOUNT)["deliveries"] == [
        {
            "clientId": "app-1",
            "conversation": "c-1",
            "type": CONTENT,
            "attempt": 0,
            "at": pytest.approx(it.clocks.now(), abs=5),
            "status": None,
            "outcome": "dropped",
        }
    ]


@in_loop
async def test_app_that_unsubscribes_is_told_no_more() -> None:
    """What was pending for it is dropped, and nobody tries again."""
    async with scene(500) as it:
        it.subscribe(max_retries=5)
        it.say("a")
        await it.attempts()

        assert it.webhooks.unsubscribe(ACCOUNT, "app-1")
        assert not it.webhooks.unsubscribe(ACCOUNT, "app-1")
        it.say("b")
        await it.after(600)

        assert len(it.ear.heard) == 1
        assert it.apps() == []


@in_loop
async def test_app_that_subscribes_again_starts_anew() -> None:
    """The new subscription replaces the old one and all that was pending for it."""
    async with scene(500) as it:
        it.subscribe(max_retries=5)
        it.say("a")
        await it.attempts()

        it.subscribe(max_retries=0)
        await it.after(600)

        assert (len(it.ear.heard), it.app()["pending"]) == (1, 0)


@in_loop
async def test_subscription_may_take_its_time() -> None:
    """Where a delay is assumed, an app is not told of what happens before its end."""
    async with scene(webhook_activation_s=120) as it:
        it.subscribe()
        it.say("early")
        it.clocks.advance("ada", 121)
        it.say("late")

        assert await it.ear.until(1) == ['{"say":"late"}']


@in_loop
async def test_deliveries_are_shown_for_one_consumer() -> None:
    """The attempts about one consumer's conversations can be asked for."""
    async with scene() as it:
        it.subscribe()
        it.say("a")
        it.say("b", conversation="c-2", consumer="ben")
        await it.webhooks.quiet(ACCOUNT, within_s=30)

        shown: Any = it.webhooks.show(ACCOUNT, "ben")["deliveries"]

    assert [each["conversation"] for each in shown] == ["c-2"]


@in_loop
async def test_nothing_is_shown_where_nobody_is_subscribed() -> None:
    """An account without apps has no deliveries."""
    async with scene() as it:
        assert it.webhooks.show(ACCOUNT) == {"apps": [], "deliveries": [], "dropped": 0}


@in_loop
async def test_closing_ends_what_is_on_its_way() -> None:
    """Neither an app that never answers nor one that is tried later keeps a task alive."""
    async with scene(0, 500) as it:
        it.subscribe(max_retries=5)
        it.say("a")
        it.say("b", conversation="c-2")
        await it.ear.until(2)

        await asyncio.wait_for(it.webhooks.close(), 10)

        assert it.webhooks.show(ACCOUNT)["apps"] == []


@in_loop
async def test_asking_is_not_held_up_for_ever() -> None:
    """Whoever asks is answered although an app does not answer."""
    async with scene(0) as it:
        it.subscribe()
        it.say("a")
        await it.ear.until(1)

        await asyncio.wait_for(it.webhooks.quiet(ACCOUNT, within_s=0.05), 10)

        assert it.app()["pending"] == 1


@pytest.mark.parametrize(
    ("first", "heard"), [("after", [0, 0]), ("before", [1, 2]), ("either", [1, 1])]
)
def test_first_webhook_goes_out_when_assumed(first: str, heard: list[int]) -> None:
    """Before an answer is sent the webhook has arrived, or not, or every other time."""
    counted = []

    async def tell() -> None:
        async with scene(first_webhook=first) as it:
            it.subscribe()
            for text in "ab":
                it.say(text)
                await it.webhooks.go_first(ACCOUNT)
                counted.append(len(it.ear.heard))

    asyncio.run(_awaited(tell()))
    assert counted == heard


def test_nothing_is_owed_where_nobody_listens() -> None:
    """Without a subscription not even an event loop is needed."""
    Webhooks().notify(ACCOUNT, Notification(CONTENT, "c-1", "ada", {"x": {1}}))  # type: ignore[dict-item]  # no JSON, to see that it is not written
