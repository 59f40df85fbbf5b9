"""Webhooks that go wrong on purpose: what is arranged, and what arrives at an ear."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from connector_harness.sandbox.faults.faults import FaultBook
from connector_harness.sandbox.server import RunningSandbox
from connector_harness.sandbox.state.clocks import Clocks
from connector_harness.sandbox.webhooks.subscriptions import SignatureForm, sign
from connector_harness.sandbox.webhooks.webhooks import MOST_HELD_BACK, WebhookFaults, Webhooks
from tests.sandbox.listening import ear
from tests.sandbox.pending import pending
from tests.sandbox.plain import Brand, Receiver, Shopper
from tests.sandbox.webhooks.test_webhooks import ACCOUNT, CONTENT, Scene, in_loop


@pytest.fixture
def book() -> FaultBook:
    """A book without faults."""
    return FaultBook()


@pytest.fixture
def faults(book: FaultBook) -> WebhookFaults:
    """The faults of one app's webhooks."""
    return WebhookFaults(book, ACCOUNT, "app-1")


def _arranged(faults: WebhookFaults, *bodies: str, **about: Any) -> list[str]:  # noqa: ANN401
    """Let events happen, and return what goes out, in order."""
    return [
        each.body.decode() for body in bodies for each in faults.arrange(pending(body, **about))
    ]


def test_webhook_goes_out_as_it_is(faults: WebhookFaults) -> None:
    """Without a fault nothing is changed."""
    event = pending("a")

    assert faults.arrange(event) == [event]
    assert (event.due, event.fault, faults.forge(event)) == (None, None, False)


def test_webhook_is_due_later(book: FaultBook, faults: WebhookFaults) -> None:
    """Its time counts from when it happened."""
    book.inject(ACCOUNT, "late", parameters={"delay_s": 30})

    (event,) = faults.arrange(pending("a", since=100.0))

    assert (event.due, event.fault) == (130.0, "late")


def test_webhook_goes_out_twice(book: FaultBook, faults: WebhookFaults) -> None:
    """The second one is the same, and is the one that is wrong."""
    book.inject(ACCOUNT, "twice")

    first, second = faults.arrange(pending("a"))

    assert (first.body, first.fault) == (b"a", None)
    assert (second.body, second.fault) == (b"a", "twice")


def test_webhook_is_overtaken(book: FaultBook, faults: WebhookFaults) -> None:
    """The next of its conversation goes first; those of others change nothing."""
    book.inject(ACCOUNT, "out_of_order")
    held = _arranged(faults, "a")
    other = _arranged(faults, "x", conversation="c-2")

    assert (held, other, faults.held_back) == ([], ["x"], 1)
    assert _arranged(faults, "b", "c") == ["b", "a", "c"]
    assert faults.held_back == 0


def test_held_back_webhook_goes_out_when_recovered(book: FaultBook, faults: WebhookFaults) -> None:
    """Only what the ended fault held back is released."""
    for consumer in ("ada", "ben"):
        book.inject(ACCOUNT, "out_of_order", consumer=consumer)
        _arranged(faults, consumer, conversation=consumer, consumer=consumer)

    released = faults.release(book.recover(ACCOUNT, consumer="ben"))

    assert [each.body for each in released] == [b"ben"]
    assert faults.held_back == 1


def test_webhooks_held_back_are_limited(book: FaultBook, faults: WebhookFaults) -> None:
    """One too many goes out in order."""
    book.inject(ACCOUNT, "out_of_order", times=None)
    for number in range(MOST_HELD_BACK):
        _arranged(faults, "a", conversation=f"c-{number}")

    assert _arranged(faults, "b", conversation="another") == ["b"]
    assert faults.held_back == MOST_HELD_BACK


@pytest.mark.parametrize("parameters", [{"client_id": "app-2"}, {"type": "other"}], ids=str)
def test_fault_of_another_app_or_type_spares_it(
    book: FaultBook, faults: WebhookFaults, parameters: dict[str, Any]
) -> None:
    """What is narrowed to others does not apply."""
    book.inject(ACCOUNT, "twice", parameters=parameters)

    assert _arranged(faults, "a") == ["a"]


@pytest.mark.parametrize("parameters", [{"client_id": "app-1"}, {"type": CONTENT}], ids=str)
def test_fault_of_this_app_or_type_applies_it(
    book: FaultBook, faults: WebhookFaults, parameters: dict[str, Any]
) -> None:
    """What is narrowed to it does."""
    book.inject(ACCOUNT, "twice", parameters=parameters)

    assert _arranged(faults, "a") == ["a", "a"]


def test_fault_of_another_consumer_spares_it(book: FaultBook, faults: WebhookFaults) -> None:
    """A webhook is its conversation's consumer's."""
    book.inject(ACCOUNT, "twice", consumer="ben")

    assert _arranged(faults, "a") == ["a"]
    assert _arranged(faults, "b", consumer="ben") == ["b", "b"]


@asynccontextmanager
async def _scene(*answers: int | str) -> AsyncIterator[tuple[Scene, FaultBook]]:
    """Yield a scene with one app, and the faults it can have."""
    clocks, book = Clocks(), FaultBook()
    webhooks = Webhooks(clocks, faults=book)
    async with ear(answers) as listening:
        yield Scene(webhooks, clocks, listening), book
        await webhooks.close()


@in_loop
async def test_late_webhook_arrives_by_the_consumers_clock() -> None:
    """It and those behind it wait; those of other conversations do not."""
    async with _scene() as (it, book):
        it.subscribe()
        book.inject(ACCOUNT, "late", parameters={"delay_s": 3600})
        it.say("a", "b")
        it.say("x", conversation="c-2")
        assert await it.ear.until(1) == ['{"say":"x"}']

        await it.after(3600)

        assert it.ear.bodies()[1:] == ['{"say":"a"}', '{"say":"b"}']


@in_loop
async def test_signature_is_wrong_for_one_attempt() -> None:
    """What was refused for it is tried again with the right one."""
    async with _scene(401) as (it, book):
        it.subscribe(max_retries=1)
        book.inject(ACCOUNT, "wrong_signature")
        it.say("a")
        await it.attempts("outcome")
        await it.after(30)

        wrong, right = [each.header("x-liveperson-signature") for each in it.ear.heard]
        shown: Any = it.webhooks.show(ACCOUNT)["deliveries"]

    expected = sign(b'{"say":"a"}', "secret-1", SignatureForm())
    assert (wrong == expected, right == expected, len(wrong)) == (False, True, len(right))
    assert [each.get("fault") for each in shown] == ["wrong_signature", None]


@in_loop
async def test_deliveries_note_the_fault() -> None:
    """Whoever looks sees which delivery had a fault."""
    async with _scene() as (it, book):
        it.subscribe()
        book.inject(ACCOUNT, "twice")
        it.say("a")
        await it.ear.until(2)
        await it.webhooks.quiet(ACCOUNT, within_s=30)

        shown: Any = it.webhooks.show(ACCOUNT)["deliveries"]

    assert [each.get("fault") for each in shown] == [None, "twice"]


@in_loop
async def test_fault_leaves_nothing_behind_when_closed() -> None:
    """What is late or held back is let go with all the rest."""
    async with _scene() as (it, book):
        it.subscribe()
        book.inject(ACCOUNT, "late", parameters={"delay_s": 3600})
        book.inject(ACCOUNT, "out_of_order")
        it.say("a")
        it.say("b", conversation="c-2")

        await it.webhooks.close()

    assert (it.apps(), it.ear.heard) == ([], [])


@pytest.fixture
def shopper(sandbox: RunningSandbox) -> Iterator[Shopper]:
    """A consumer with a conversation, in an account of their own."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as http:
        shopper = Shopper(Brand.added(http))
        shopper.create()
        yield shopper


def test_served_sandbox_holds_back_until_recovered(shopper: Shopper) -> None:
    """Over its control routes a fault applies to webhooks, and lets them go when it is ended."""
    brand = shopper.brand
    fault = {"account": brand.account, "fault": "out_of_order"}
    with Receiver().listening() as receiver:
        brand.subscribe(receiver.url)
        assert brand.http.post("/_sandbox/faults", json=fault).status_code == 201
        shopper.publish(type="ContentEvent", contentType="text/plain", message="a")
        shown = brand.http.get("/_sandbox/webhooks", params={"account": brand.account}).json()

        brand.http.delete("/_sandbox/faults", params={"account": brand.account})

        (heard,) = receiver.wait_for(shopper.conversation, 1)

    assert (shown["deliveries"], shown["apps"][0]["pending"]) == ([], 1)
    assert heard.summary == "CONSUMER a 0"
