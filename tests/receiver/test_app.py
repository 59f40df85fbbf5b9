"""An app's end verifies, judges and keeps what is delivered, and answers fittingly."""

import pytest

from connector_harness.receiver.app import App
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification
from tests.receiver.deliveries import (
    CONVERSATION,
    SECRET,
    TYPING,
    body,
    event_item,
    request,
    state_item,
    text,
)

HELLO = body(event_item(text("Grüße 👋"), 0))
SIGNATURE = "x-liveperson-signature"
CONTENT = "ms.MessagingEventNotification.ContentEvent"


def accept(_: Notification) -> None:
    """Find nothing wrong."""


@pytest.fixture
def inbox() -> Inbox:
    """Where the app keeps its deliveries."""
    return Inbox()


@pytest.fixture
def app(inbox: Inbox) -> App:
    """An app that judges nothing."""
    return App(
        "/notifications", SECRET, inbox=inbox, witness=accept, account="70000001", client_id="app-1"
    )


def test_good_delivery(app: App, inbox: Inbox) -> None:
    """A delivery in which all is right is kept and answered 200."""
    assert app.receive(request(HELLO)) == 200
    assert [str(each) for each in inbox.of(CONVERSATION)] == ["the agent says 'Grüße 👋' (0)"]
    assert inbox.faults_of(CONVERSATION) == []


@pytest.mark.parametrize(
    ("signature", "fault"),
    [
        (None, "the header x-liveperson-signature is missing"),
        ("sha1=AAAA", "the signature 'sha1=AAAA' is not that of the body"),
        ("sha1=" + "A" * 9_000, "the signature 'sha1=AAAA"),
    ],
)
def test_bad_signature(app: App, inbox: Inbox, signature: str | None, fault: str) -> None:
    """A delivery with a bad signature is a fault of its conversation, tells nothing, and is 401."""
    assert app.receive(request(HELLO, changed={SIGNATURE: signature})) == 401
    assert inbox.of(CONVERSATION) == []
    (found,) = inbox.faults_of(CONVERSATION)
    assert found.startswith(fault)
    assert len(found) < 200


def test_signature_of_another_app(inbox: Inbox) -> None:
    """Every app has a secret of its own."""
    app = App("/notifications", "another-secret", inbox=inbox, witness=accept)
    assert app.receive(request(HELLO)) == 401


def test_body_that_is_not_json(app: App, inbox: Inbox) -> None:
    """Signed nonsense is nobody's fault to find, and not worth repeating."""
    assert app.receive(request(b"\xff[")) == 200
    assert inbox.faults_of(None) == ["the body is not JSON: byte 0 is not UTF-8"]


@pytest.mark.parametrize(
    ("header", "value", "fault"),
    [
        ("x-liveperson-account-id", None, "the header x-liveperson-account-id is missing"),
        (
            "x-liveperson-account-id",
            "7",
            "the header x-liveperson-account-id is '7', not '70000001'",
        ),
        ("x-liveperson-client-id", "", "the header x-liveperson-client-id is missing"),
        ("x-liveperson-client-id", "b", "the header x-liveperson-client-id is 'b', not 'app-1'"),
    ],
)
def test_documented_headers(
    app: App, inbox: Inbox, header: str, value: str | None, fault: str
) -> None:
    """A header missing or of somebody else is a fault; the delivery counts all the same."""
    assert app.receive(request(HELLO, changed={header: value})) == 200
    assert inbox.faults_of(CONVERSATION) == [fault]
    assert len(inbox.of(CONVERSATION)) == 1


def test_any_account_where_none_is_expected(inbox: Inbox) -> None:
    """Without an expected account, having named one is enough."""
    app = App("/notifications", SECRET, inbox=inbox, witness=accept)
    app.receive(
        request(HELLO, changed={"x-liveperson-account-id": "7", "x-liveperson-client-id": "b"})
    )
    assert inbox.faults_of(CONVERSATION) == []


def test_method(app: App, inbox: Inbox) -> None:
    """Deliveries are posted."""
    assert app.receive(request(HELLO)._replace(method="PUT")) == 200
    assert inbox.faults_of(CONVERSATION) == ["delivered with 'PUT', not with 'POST'"]


def test_type_at_its_own_endpoint(app: App, inbox: Inbox) -> None:
    """A type may be delivered to the endpoint below the app's that is named for it."""
    assert app.receive(request(HELLO, f"/notifications/{CONTENT}")) == 200
    assert inbox.faults_of(CONVERSATION) == []


def test_type_at_the_endpoint_of_another(app: App, inbox: Inbox) -> None:
    """A type at another's endpoint is a fault."""
    app.receive(request(body(event_item(TYPING)), f"/notifications/{CONTENT}"))
    (fault,) = inbox.faults_of(CONVERSATION)
    typing = "ms.MessagingEventNotification.ChatStateEvent"
    assert fault == f"{typing!r} was delivered to the endpoint of {CONTENT!r}"


def test_what_the_witness_finds(inbox: Inbox) -> None:
    """What the witness says of a signed notification is its fault."""
    seen: list[Notification] = []

    def judge(notification: Notification) -> str:
        seen.append(notification)
        return "off the schema"

    app = App("/notifications", SECRET, inbox=inbox, witness=judge)
    app.receive(request(HELLO))
    app.receive(request(HELLO, changed={SIGNATURE: "sha1=bad"}))
    app.receive(request(b"not JSON"))
    assert inbox.faults_of(CONVERSATION)[0] == "off the schema"
    assert [each.body for each in seen] == [HELLO]


def test_witness_that_fails(inbox: Inbox) -> None:
    """A judgement that could not be made is a fault, and no concern of the sender."""

    def fail(_: Notification) -> str:
        raise RecursionError("too deep")

    app = App("/notifications", SECRET, inbox=inbox, witness=fail)
    assert app.receive(request(HELLO)) == 200
    assert inbox.faults_of(CONVERSATION) == ["it could not be judged: RecursionError: too deep"]


def test_refused_some_times(app: App, inbox: Inbox) -> None:
    """A receiver out of order loses what comes, as often as told, and then works again."""
    app.refuse(CONVERSATION, status=503, times=2)
    assert [app.receive(request(HELLO)) for _ in range(3)] == [503, 503, 200]
    assert len(inbox.notifications_of(CONVERSATION)) == len(inbox.of(CONVERSATION)) == 1
    attempts = inbox.attempts_of(CONVERSATION)
    assert [each.lost_with for each in attempts] == [503, 503, None]


def test_refused_until_accepted_again(app: App) -> None:
    """Without a number it is refused until told otherwise."""
    app.refuse(CONVERSATION, status=202)
    refused = [app.receive(request(HELLO)) for _ in range(3)]
    app.accept_again(CONVERSATION)
    app.accept_again(CONVERSATION)
    assert (refused, app.receive(request(HELLO))) == ([202] * 3, 200)


def test_others_are_not_refused(app: App) -> None:
    """Refusing one conversation concerns no other, and forgives no bad signature."""
    app.refuse(CONVERSATION, status=503)
    assert app.receive(request(body(state_item(conversation="c-2")))) == 200
    assert app.receive(request(HELLO, changed={SIGNATURE: None})) == 401


def test_everything_refused(app: App) -> None:
    """A receiver may be out of order for every conversation, and for what names none."""
    app.refuse(App.ANY, status=500, times=2)
    assert [app.receive(request(each)) for each in (HELLO, b"{}", HELLO)] == [500, 500, 200]


@pytest.mark.parametrize("status", [100, 199, 600])
def test_status_nobody_can_answer_with(app: App, status: int) -> None:
    """A status that is no final answer is refused at once."""
    with pytest.raises(ValueError, match="is no status to answer with\n  next: use one of 200"):
        app.refuse(CONVERSATION, status=status)


def test_what_others_opened_is_not_refused_and_not_kept(inbox: Inbox) -> None:
    """Where others share the account, what is told of their conversations uses no refusal up."""
    opened: set[str] = set()
    app = App("/notifications", SECRET, inbox=inbox, witness=accept, among=opened)
    app.refuse(App.ANY, status=500, times=1)
    strangers = app.receive(request(HELLO))
    opened.add(CONVERSATION)

    assert (strangers, inbox.of(CONVERSATION)) == (200, [])
    assert [app.receive(request(HELLO)) for _ in range(2)] == [500, 200]


def test_what_names_no_conversation_is_for_everybody(inbox: Inbox) -> None:
    """A delivery that cannot be told to be for others is kept, with what is wrong with it."""
    App("/notifications", SECRET, inbox=inbox, witness=accept, among=()).receive(request(b"no"))

    assert len(inbox.faults_of(None)) > 0
