"""A long conversation: nothing is lost or moved, and no message costs more than another."""

import json
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

import pytest
from starlette.datastructures import Headers, QueryParams

from connector_harness.sandbox.api.sending import send
from connector_harness.sandbox.http import Answer, Call
from connector_harness.sandbox.state.state import Message
from tests.sandbox.talks import Talk

COUNT = 1000


class Unread(list[Message]):
    """A list that can be added to and measured, but neither read through nor copied."""

    def __iter__(self) -> NoReturn:
        """Refuse to go through what was said before."""
        raise AssertionError("the dialog was scanned or copied")

    def __getitem__(self, _index: object) -> NoReturn:
        """Refuse to look back."""
        raise AssertionError("the dialog was read")

    __contains__ = __reversed__ = copy = index = __getitem__  # type: ignore[assignment]  # all refused


@pytest.fixture
def say(talk: Talk) -> Callable[[int], Answer]:
    """A sender of numbered texts through the send call's handler."""
    account = talk.account.id
    headers = Headers(
        {
            "content-type": "application/json",
            "authorization": talk.sandbox.tokens.issue_app_token(account, "app-1"),
            "x-lp-on-behalf": talk.sandbox.tokens.issue_consumer_token(account, "ada"),
        }
    )
    talk.conversation.consumer = talk.sandbox.tokens.read_consumer_token(
        headers["x-lp-on-behalf"], account
    )

    def speak(number: int) -> Answer:
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": f"{number:04}"}
        body = {"dialogId": talk.conversation.id, "event": event}
        command = {"kind": "req", "id": "1", "type": "ms.PublishEvent", "body": body}
        content = json.dumps(command).encode()
        call = Call("POST", "", {"account": account}, QueryParams({"v": "3"}), headers, content)
        return send(talk.sandbox, call)

    return speak


def _sequences(answers: list[Answer]) -> Iterator[Any]:
    for answer in answers:
        body: Any = answer.body
        yield body["body"]["sequence"]


def _calls(action: Callable[[], object]) -> int:
    """Return how many functions *action* calls, of Python or of C."""
    count = 0

    def notice(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(notice)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


def test_thousand_messages_keep_order_and_numbers(talk: Talk, say: Callable[[int], Answer]) -> None:
    """Answers, dialog and notifications agree on every number, from 0 to 999."""
    answers = [say(number) for number in range(COUNT)]

    expected = [(number, f"{number:04}") for number in range(COUNT)]
    kept = [
        (message.sequence, message.event["message"]) for message in talk.conversation.main.messages
    ]
    assert list(_sequences(answers)) == list(range(COUNT))
    assert kept == expected
    assert [(number, text) for number, _, text in talk.heard] == expected


def test_message_costs_the_same_at_the_end(talk: Talk, say: Callable[[int], Answer]) -> None:
    """No message looks at those before it, and the last takes as many calls as the second."""
    talk.conversation.main.messages = Unread()
    say(0)

    second = _calls(lambda: say(1))
    for number in range(2, COUNT - 1):
        say(number)
    last = _calls(lambda: say(COUNT - 1))

    assert len(talk.conversation.main.messages) == COUNT
    assert last == second
