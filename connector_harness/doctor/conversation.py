"""One conversation, opened on trial and closed in every case, and whether it can be read back."""

import threading
import time
from typing import Final, Self

from connector_harness.client import commands
from connector_harness.client.conversation import Conversation
from connector_harness.client.domains import DomainError
from connector_harness.client.http.exchange import NotJsonError
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reading.read_back import ReadBack, ReadBackError, read_back
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignInError
from connector_harness.doctor.result import CheckResult, failed, good, judged, not_tried, wrong
from connector_harness.doctor.session import Session

CONVERSATION: Final = "conversation"
TEXT: Final = "This is a check by the connector harness; nobody needs to answer."
"""What is said in the conversation."""

CLOSING_S: Final = 5.0
"""How long each call that closes the conversation may take, in seconds."""

_OK: Final = 200
_CALL_ERRORS: Final = (DomainError, SignInError, TransportError, NotJsonError)


class TrialConversation:
    """A conversation that is open while the context lasts, and closed afterwards.

    It is None where it was not opened, and so is the number of the message said in it where that
    was refused. Both were accepted at so many seconds of the monotonic clock.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._problems: list[CheckResult] = []
        self._is_closed = False
        self._may_be_open = False
        self._took_s = 0.0
        self.conversation: Conversation | None = None
        self.number: int | None = None
        self.opened_at = self.said_at = 0.0

    def __enter__(self) -> Self:
        """Open it and say something, as far as the endpoint lets us."""
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; Ctrl-C meanwhile is no reason not to."""
        try:
            self._close()
        except KeyboardInterrupt:
            self._close()
            raise

    @property
    def left_open(self) -> str:
        """What may be open still, in words; empty where nothing is."""
        if self.conversation is not None and not self._is_closed:
            return f"conversation {self.conversation.id} is still open"
        calls = (each.operation for each in self._session.log.exchanges)
        if self._may_be_open and "create_conversation" in calls:
            return f"a conversation of consumer {self._session.consumer} may be open"
        return ""

    def result(self) -> CheckResult:
        """Return how it went, once it is closed."""
        problems = [(each.told, each.next) for each in self._problems]
        if self.left_open:
            problems.append((self.left_open, "close it in the agent workspace"))
        return judged(
            CONVERSATION, problems, f"opened in {self._took_s:.2f} s, spoken in, and closed"
        )

    def _open(self) -> None:
        session = self._session
        batch = [
            commands.set_user_profile({}, id="1"),
            commands.request_conversation(id="2", account=session.endpoint.account),
        ]
        self._may_be_open = True
        try:
            reply = session.connector.create_conversation(batch, consumer=session.consumer)
            self._may_be_open = reply.is_uncertain or reply.status == _OK
            opened = reply.conversation_id
        except _CALL_ERRORS as error:
            if not isinstance(error, NotJsonError):
                at_risk = isinstance(error, TransportError) and error.delivery == "uncertain"
                self._may_be_open = at_risk
            self._problems.append(failed(CONVERSATION, error))
            return
        if reply.status != _OK or opened is None:
            self._problems.append(_refusal("opening it", reply))
            return
        self._may_be_open = False
        self.opened_at, self._took_s = time.monotonic(), reply.exchange.elapsed_s
        self.conversation = Conversation(session.connector, consumer=session.consumer, id=opened)
        self._say()

    def _say(self) -> None:
        assert self.conversation is not None  # noqa: S101  # just opened
        try:
            reply = self.conversation.send_text(TEXT)
            if reply.status == _OK:
                self.number, self.said_at = reply.sequence, time.monotonic()
                return
        except _CALL_ERRORS as error:
            self._problems.append(failed(CONVERSATION, error))
        else:
            self._problems.append(_refusal("a message", reply))

    def _close(self) -> None:
        if self.conversation is None or self._is_closed:
            return
        with self._session.connector.with_deadline(within_s=CLOSING_S):
            try:
                reply = self.conversation.close()
                if reply.status != _OK:
                    reply = self.conversation.close_everything()
                # A refusal may say that it is closed already (API facts §6.3).
                says_closed = "conversation is close" in reply.text.lower()
                self._is_closed = reply.status == _OK or says_closed
                if not self._is_closed:
                    self._problems.append(_refusal("closing it", reply))
            except _CALL_ERRORS as error:
                self._problems.append(failed(CONVERSATION, error))


def _refusal(what: str, reply: Reply) -> CheckResult:
    return wrong(
        CONVERSATION,
        f"{what} was refused with status {reply.status}: {reply.text[:200]}",
        "see the answer; and that the account has Messaging, and the app may use it",
    )


READ_BACK: Final = "read-back"

WITHIN_S: Final = 5.0
"""How long is waited for a message that should be readable at once, in seconds."""

_EVERY_S: Final = 0.5


def check_read_back(
    session: Session, trial: TrialConversation, *, within_s: float = WITHIN_S
) -> CheckResult:
    """Return whether the message of the open trial is read back, where the settings name a way."""
    held = read_back(session.connector, session.endpoint)
    if held is None:
        return not_tried(READ_BACK, "not needed: the settings name no way to read back (read_back)")
    if trial.conversation is None:
        return not_tried(READ_BACK, "not tried: no conversation was opened")
    try:
        took_s = _wait(held, trial, within_s)
    except (ReadBackError, SignInError, TransportError) as error:
        return failed(READ_BACK, error)
    way = session.endpoint.read_back
    if took_s is not None:
        return good(READ_BACK, f"{way}: the message after {took_s:.2f} s")
    if held.lag_s:
        return good(READ_BACK, f"{way} answers; a message may be {held.lag_s:.0f} s late there")
    return wrong(
        READ_BACK,
        f"{way} answers without the message, {within_s:g} s after it was accepted",
        "see whether read_back names a way that the account has",
    )


def _wait(held: ReadBack, trial: TrialConversation, within_s: float) -> float | None:
    # How late the message could be read. What is late as a rule is asked for once.
    assert trial.conversation is not None  # noqa: S101  # asked by the caller
    deadline = trial.said_at + (0 if held.lag_s else within_s)
    while True:
        here = trial.conversation
        messages = held.messages(here.id, consumer=here.consumer)
        if any(each.text == TEXT for each in messages):
            return time.monotonic() - trial.said_at
        if time.monotonic() >= deadline:
            return None
        threading.Event().wait(_EVERY_S)
