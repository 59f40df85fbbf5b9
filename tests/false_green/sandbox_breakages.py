"""Ways in which a sandbox can be wrong without failing. Each is handed the original to call."""

# What the originals take and give is theirs to say: it is handed on as it is.
# ruff: noqa: ANN401
# mypy: disable-error-code="no-any-return"

from collections import defaultdict
from dataclasses import replace
from typing import Any

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api import (
    closing,
    commands,
    conversations,
    fields,
    messages,
    sending,
)
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.control import agent
from connector_harness.sandbox.http import Answer, RefusedError
from connector_harness.sandbox.rules import rules, temp_urls
from connector_harness.sandbox.state.file_store import File, FileStore
from connector_harness.sandbox.state.state import CHAT_STATE, Account, Conversation, Dialog, Message
from connector_harness.sandbox.state.tokens import (
    Consumer,
    InvalidTokenError,
    Tokens,
    lp_consumer_id,
)
from connector_harness.sandbox.webhooks import notifications, queue
from connector_harness.sandbox.webhooks import send as sender
from connector_harness.sandbox.webhooks.notifications import Notification
from connector_harness.sandbox.webhooks.send import Sender
from connector_harness.sandbox.webhooks.subscriptions import SIGNATURE_HEADER, SignatureForm
from connector_harness.sandbox.webhooks.webhooks import DeliveryLoop
from tests.false_green.play import Breakages, Play

BREAKAGES = Breakages()
breaks = BREAKAGES.breaks

# Messages and their numbers


@breaks(messages, "publish")
def message_is_dropped(play: Play, *about: Any, author: Any, **_: object) -> Message:
    """Answer a message as usual, keep nothing and tell nobody."""
    play.strike()
    dialog, event = about[-2:]
    return Message(len(dialog.messages), event, author.id)


@breaks(conversations, "publish")
def first_message_is_dropped(play: Play, *about: Any, author: Any, **_: object) -> Message:
    """Answer the first message as usual, keep nothing and tell nobody."""
    play.strike()
    dialog, event = about[-2:]
    return Message(len(dialog.messages), event, author.id)


@breaks(messages, "publish")
@breaks(conversations, "publish")
def text_loses_its_signs(play: Play, *about: Any, **details: Any) -> Message:
    """Keep of a text what is in ASCII."""
    *before, event = about
    text = str(event["message"]).encode("ascii", "replace").decode()
    if text != event["message"]:
        play.strike()
    message: Message = play.original(*before, {**event, "message": text}, **details)
    return message


@breaks(Dialog, "publish")
def numbers_start_at_1(play: Play, self: Dialog, event: JsonObject, **details: Any) -> Message:
    """Give each event the number of the one after it."""
    message: Message = play.original(self, event, **details)
    if message.sequence is None:
        return message
    play.strike()
    self.messages[-1] = replace(message, sequence=message.sequence + 1)
    return self.messages[-1]


@breaks(Dialog, "publish")
def receipts_take_no_number(play: Play, self: Dialog, event: JsonObject, **details: Any) -> Message:
    """Treat a receipt like typing."""
    if event.get("type") != "AcceptStatusEvent":
        return play.original(self, event, **details)
    play.strike()
    return Message(None, event, details["author"], details["role"], details["at_ms"])


@breaks(Dialog, "publish")
def typing_takes_a_number(play: Play, self: Dialog, event: JsonObject, **details: Any) -> Message:
    """Treat typing like a message."""
    message: Message = play.original(self, event, **details)
    if event.get("type") == CHAT_STATE:
        play.strike()
        message = replace(message, sequence=len(self.messages))
        self.messages.append(message)
    return message


@breaks(Command, "refused")
def refused_message_is_kept(play: Play, self: Command, *why: Any, **more: Any) -> RefusedError:
    """Refuse a message and keep it all the same."""
    conversation = self.account.conversations.get(str(self.body.get("dialogId")))
    event = self.body.get("event")
    if conversation is not None and isinstance(event, dict):
        play.strike()
        conversation.main.publish(event, author=self.consumer.lp_id)
    return play.original(self, *why, **more)


@breaks(messages, "publish")
def notes_are_dropped(play: Play, *about: Any, metadata: Any, **details: Any) -> Message:
    """Forget what accompanies a message."""
    if metadata is not None:
        play.strike()
    return play.original(*about, **details)


@breaks(sending, "find_length")
def length_does_not_matter(play: Play, *about: Any) -> None:
    """Find no command too long."""
    if play.original(*about) is not None:
        play.strike()


@breaks(messages, "now_ms")
def greeting_comes_late_too(play: Play, *_: object) -> int:
    """Look at no clock before greeting."""
    play.strike()
    return 0


# Answers


@breaks(rules, "opened")
def answers_change_places(play: Play, *about: Any) -> Answer:
    """Answer the commands of a batch from the last to the first."""
    play.strike()
    answer: Answer = play.original(*about)
    assert isinstance(answer.body, list)
    return replace(answer, body=answer.body[::-1])


@breaks(Command, "done")
def answer_is_for_another_command(play: Play, self: Command, body: JsonObject) -> Answer:
    """Answer under an id that was not sent."""
    play.strike()
    return play.original(replace(self, id=f"{self.id}0"), body)


# Conversations


@breaks(conversations, "_open")
def profile_is_not_kept(play: Play, *about: Any) -> Conversation:
    """Forget who opens a conversation."""
    play.strike()
    conversation: Conversation = play.original(*about)
    _, account, consumer, *_ = about
    account.profiles[consumer.lp_id] = {}
    return conversation


@breaks(Account, "open_conversation_of")
def second_conversation_is_accepted(play: Play, *about: Any, **more: Any) -> None:
    """Never find a conversation open."""
    if play.original(*about, **more) is not None:
        play.strike()


@breaks(conversations, "_refuse_another")
def second_conversation_is_refused_and_opened(play: Play, *about: Any) -> None:
    """Refuse another conversation and open it all the same."""
    try:
        play.original(*about)
    except RefusedError:
        play.strike()
        _, account, consumer, batch = about
        account.open(consumer, batch.request)
        raise


@breaks(rules, "judge_batch")
def order_of_a_batch_does_not_matter(play: Play, document: Any, *about: Any) -> object:
    """Put the commands of a batch in order before reading it."""
    if isinstance(document, list) and all(each.get("type") in rules.ORDER for each in document):
        ordered = sorted(document, key=lambda each: rules.ORDER.index(each["type"]))
        if ordered != document:
            play.strike()
        document = ordered
    return play.original(document, *about)


@breaks(Command, "find_conversation")
def anybody_speaks_in_a_conversation(play: Play, self: Command, id_: str) -> object:
    """Let another consumer do what only its own may do."""
    try:
        return play.original(self, id_)
    except RefusedError:
        conversation = self.account.conversations.get(id_)
        if conversation is None:
            raise
        play.strike()
        return conversation


@breaks(fields, "close_conversation")
@breaks(fields, "close_dialog")
@breaks(agent, "close_dialog")
def closing_closes_nothing(play: Play, *_: object, **__: object) -> None:
    """Answer that it is closed, and leave it open."""
    play.strike()


@breaks(commands, "close_idle")
def silence_closes_nothing(play: Play, *_: object) -> None:
    """Never look how long nobody has spoken."""
    play.strike()


@breaks(Dialog, "remove")
def agent_stays_after_a_transfer(play: Play, *_: object, **__: object) -> None:
    """Let nobody leave."""
    play.strike()


@breaks(closing, "find_question")
def survey_is_for_everybody(play: Play, sandbox: Any, conversation: Any, _: object) -> str:
    """Ask whoever closes."""
    play.strike()
    account = sandbox.store.account(conversation.brand)
    return next(iter(account.surveys.values()), "How did we do?")


@breaks(closing, "find_question")
def survey_is_left_out(play: Play, *about: Any) -> None:
    """Ask nobody."""
    if play.original(*about) is not None:
        play.strike()


@breaks(agent, "announce")
def survey_starts_too_early(play: Play, sandbox: Any, conversation: Conversation) -> None:
    """Ask how it went as soon as the agent has joined."""
    play.original(sandbox, conversation)
    if conversation.survey is None:
        play.strike()
        at_ms = conversation.changed_ms
        closing.begin_survey(sandbox, conversation, "How did we do?", at_ms=at_ms)


# Files


@breaks(FileStore, "fill")
def bytes_of_a_file_change(play: Play, self: FileStore, file: File, content: bytes) -> None:
    """Keep a file with its last byte changed."""
    play.strike()
    play.original(self, file, content[:-1] + bytes([content[-1] ^ 1]))


@breaks(temp_urls, "find_fault")
def outdated_address_is_accepted(play: Play, *about: Any, now: float, **more: Any) -> str | None:
    """Look at no clock before taking or giving a file."""
    fault: str | None = play.original(*about, now=0.0, **more)
    if fault != play.original(*about, now=now, **more):
        play.strike()
    return fault


@breaks(temp_urls, "find_fault")
def unsigned_address_is_accepted(play: Play, *about: Any, **more: Any) -> str | None:
    """Take or give a file whatever the signature of its address."""
    fault: str | None = play.original(*about, **more)
    if fault is not None and fault.startswith("temp_url_sig"):
        play.strike()
        return None
    return fault


# Signing in


@breaks(Tokens, "check_app_token")
def app_tokens_are_not_verified(play: Play, *about: Any) -> None:
    """Let in whoever shows anything."""
    try:
        play.original(*about)
    except InvalidTokenError:
        play.strike()


@breaks(Tokens, "check_app_token")
def outdated_app_token_is_accepted(play: Play, *about: Any) -> None:
    """Look at no clock before letting somebody in."""
    try:
        play.original(*about)
    except InvalidTokenError as error:
        if "expired" not in str(error):
            raise
        play.strike()


@breaks(Tokens, "read_consumer_token")
def consumer_tokens_are_not_verified(
    play: Play, self: Tokens, token: str, account: str
) -> Consumer:
    """Take whoever shows anything for somebody."""
    try:
        consumer: Consumer = play.original(self, token, account)
    except InvalidTokenError:
        play.strike()
        return Consumer("somebody", lp_consumer_id(account, "somebody"))
    return consumer


@breaks(rules, "judge_version")
def wrong_version_is_accepted(play: Play, *about: Any) -> None:
    """Speak every version."""
    try:
        play.original(*about)
    except RefusedError:
        play.strike()


# Notifications


def _is_message(notification: Notification) -> bool:
    return notification.subscription.endswith(".ContentEvent")


@breaks(DeliveryLoop, "deliver")
def notification_is_missing(
    play: Play, self: DeliveryLoop, told: Notification, body: bytes
) -> None:
    """Tell nobody of messages."""
    if _is_message(told):
        play.strike()
        return
    play.original(self, told, body)


@breaks(DeliveryLoop, "deliver")
def change_is_not_told(play: Play, self: DeliveryLoop, told: Notification, body: bytes) -> None:
    """Tell nobody that a conversation is closed."""
    if b'"stage":"CLOSE"' in body:
        play.strike()
        return
    play.original(self, told, body)


@breaks(DeliveryLoop, "deliver")
def notification_comes_twice(
    play: Play, self: DeliveryLoop, told: Notification, body: bytes
) -> None:
    """Tell of each message once more."""
    play.original(self, told, body)
    if _is_message(told):
        play.strike()
        play.original(self, told, body)


_held: defaultdict[tuple[int, str], list[tuple[Notification, bytes]]] = defaultdict(list)


@breaks(DeliveryLoop, "deliver")
def notifications_are_out_of_order(
    play: Play, self: DeliveryLoop, told: Notification, body: bytes
) -> None:
    """Tell of each two messages in the wrong order."""
    if not _is_message(told):
        play.original(self, told, body)
        return
    held = _held[id(self), told.conversation]
    held.insert(0, (told, body))
    if len(held) > 1:
        play.strike()
        for each in held:
            play.original(self, *each)
        held.clear()


@breaks(notifications, "event_published")
def notification_has_the_wrong_role(
    play: Play, conversation: Any, dialog: Any, message: Message, **more: Any
) -> Notification:
    """Tell of what the shopper says as if the agent had said it."""
    if message.role == "CONSUMER":
        play.strike()
        message = replace(message, role="ASSIGNED_AGENT")
    return play.original(conversation, dialog, message, **more)


@breaks(notifications, "event_published")
def notification_has_another_number(
    play: Play, conversation: Any, dialog: Any, message: Message, **more: Any
) -> Notification:
    """Tell of each event with the number of the one after it."""
    if message.sequence is not None:
        play.strike()
        message = replace(message, sequence=message.sequence + 1)
    return play.original(conversation, dialog, message, **more)


@breaks(Sender, "_headers")
def notification_is_unsigned(play: Play, *about: Any, **more: Any) -> list[tuple[str, str]]:
    """Leave the signature out."""
    play.strike()
    headers = play.original(*about, **more)
    return [(name, value) for name, value in headers if name != SIGNATURE_HEADER]


@breaks(sender, "sign")
def notification_is_signed_for_another_app(
    play: Play, body: bytes, secret: str, form: SignatureForm
) -> str:
    """Sign with a secret that is not the app's."""
    play.strike()
    return play.original(body, f"{secret}0", form)


@breaks(sender, "sign")
def wish_for_a_signature_is_ignored(
    play: Play, body: bytes, secret: str, form: SignatureForm
) -> str:
    """Sign all in the same way."""
    if form != SignatureForm():
        play.strike()
    return play.original(body, secret, SignatureForm())


@breaks(queue, "due_by_count")
def app_is_given_up_too_early(
    play: Play, at: float, *, attempts: int, max_retries: int | None
) -> float | None:
    """Try once less than was asked for."""
    play.strike()
    return play.original(at, attempts=attempts + 1, max_retries=max_retries)


@breaks(queue, "due_by_count")
def app_is_told_again_too_soon(play: Play, *about: Any, **more: Any) -> float | None:
    """Try again after 28 seconds instead of 30."""
    due: float | None = play.original(*about, **more)
    if due is None:
        return None
    play.strike()
    return due - 2


@breaks(Sender, "send")
async def friendly_answers_count(play: Play, *about: Any, **more: Any) -> int | None:
    """Take every answer of success for the right one."""
    status: int | None = await play.original(*about, **more)
    if status in (202, 204):
        play.strike()
        return 200
    return status
