"""Whatever is delivered, the receiver takes it or refuses it, and can tell what it was."""

import base64
import hashlib
import hmac
from typing import Final

import pytest
from hypothesis import example as tried
from hypothesis import given
from hypothesis import strategies as st

from connector_harness.contract.contract import ContractError
from connector_harness.receiver.app import App
from connector_harness.receiver.arrival import NotArrivedError
from connector_harness.receiver.inbox import Inbox, closed
from connector_harness.receiver.notification import Notification
from connector_harness.receiver.requests import Request
from connector_harness.receiver.transcript import DialogTranscript
from tests.properties.malformed import bodies, encoded, texts, values
from tests.schema_examples import CONTRACT, EXAMPLES, example

SECRET: Final = "secret-of-app-7"
NOTIFICATIONS: Final = [
    example(file.relative_to(EXAMPLES).as_posix().removesuffix(".json"))
    for kind in ("messaging_event", "conversation_change")
    for file in sorted((EXAMPLES / "notification" / kind).glob("*.json"))
]
delivered = bodies(NOTIFICATIONS)


def judge(notification: Notification) -> str | None:
    """Judge a notification as a run does."""
    try:
        CONTRACT.check_notification(notification.document)
    except ContractError as error:
        return str(error)
    return None


def app() -> App:
    """Return an app of account 7 that has heard nothing yet."""
    inbox = Inbox(20, limit_per_conversation=10, limit_bytes=20_000)
    return App("/n", SECRET, inbox=inbox, witness=judge, account="7", client_id="app-7")


def signed(body: bytes, path: str = "/n", *fields: tuple[str, str]) -> Request:
    """Return a delivery of *body* with a good signature."""
    digest = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha1).digest()).decode()
    return Request("POST", path, (("x-liveperson-signature", f"sha1={digest}"), *fields), body)


def tell(inbox: Inbox) -> None:
    """Put all that *inbox* was told into words, and wait in vain for more."""
    for notification in inbox.strangers(()):
        assert repr(notification).encode(errors="surrogatepass")
        for id_ in notification.conversation_ids:
            changes = inbox.of(id_)
            assert all(isinstance(str(each) + each.text, str) for each in changes)
            for dialog_id in {each.dialog_id for each in changes if each.dialog_id is not None}:
                dialog = DialogTranscript(changes, dialog_id)
                told = (dialog.messages, dialog.gaps(), dialog.duplicates())
                assert repr((*told, dialog.out_of_order()))
            with pytest.raises(NotArrivedError) as caught:
                inbox.wait_for(id_, lambda _: False, what="it", within_s=0, hopeless=closed)
            assert str(caught.value).encode()
    assert inbox.overflow is not None


def of_type(kind: object) -> bytes:
    """Return a delivery of an event whose type is *kind*."""
    change = {"dialogId": "d", "conversationId": "d", "sequence": 0, "event": {"type": kind}}
    return encoded({"type": "ms.MessagingEventNotification", "body": {"changes": [change]}})


@given(deliveries=st.lists(delivered, min_size=1, max_size=4), path=texts)
@tried(deliveries=[of_type([]), of_type({})], path="")
def test_signed_deliveries(deliveries: list[bytes], path: str) -> None:
    """What is signed well is taken, whatever it says, and can be told."""
    receiving = app()
    for body in deliveries:
        assert receiving.receive(signed(body, f"/n/{path}")) == 200
    tell(receiving.inbox)


@given(
    body=delivered,
    fields=st.lists(
        st.tuples(
            st.sampled_from(["x-liveperson-signature", "x-liveperson-account-id", "content-type"]),
            values.map(lambda value: value.decode("latin-1")) | texts,
        ),
        max_size=4,
    ),
    method=st.sampled_from(["GET", "POST", "X"]),
)
def test_unsigned_deliveries(body: bytes, fields: list[tuple[str, str]], method: str) -> None:
    """What is signed badly is refused and tells nothing."""
    receiving = app()
    assert receiving.receive(Request(method, "/n", tuple(fields), body)) == 401
    assert all(not each.changes for each in receiving.inbox.strangers(()))
    tell(receiving.inbox)


@given(deliveries=st.lists(delivered, max_size=12))
def test_limits(deliveries: list[bytes]) -> None:
    """However much is delivered, an inbox keeps within its limits."""
    receiving = app()
    for body in deliveries * 3:
        receiving.receive(signed(body))
    kept = receiving.inbox.strangers(())
    assert len({id(each) for each in kept}) <= 20
    assert sum(len(each.body) for each in {id(each): each for each in kept}.values()) <= 20_000
