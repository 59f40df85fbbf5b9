"""The connector: opens conversations, speaks in them, and keeps every exchange as evidence."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final, Self
from urllib.parse import quote

from connector_harness.client.announcements import Announcements
from connector_harness.client.calls import (
    JSON,
    UNAUTHORIZED,
    Calls,
    Throttle,
    Turn,
    Witness,
    encoded,
)
from connector_harness.client.commands import operation_of
from connector_harness.client.files import FileAddress
from connector_harness.client.reads import Reads
from connector_harness.client.reply import Reply
from connector_harness.client.settings import Endpoint
from connector_harness.client.token_services import TokenServices
from connector_harness.client.tokens import SignIn
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import Redactor

_CONVERSATION: Final = "/messaging/consumer/conversation"
_SEND: Final = f"{_CONVERSATION}/send"
_BYTES: Final = (b"Content-Type", b"application/octet-stream")


class Connector:
    """Speaks for consumers of one account at one endpoint.

    Statuses of refusal are outcomes and come back as replies; what raises is a call without an
    answer (`TransportError`), a sign-in that fails (`SignInError`), a service that cannot be
    found (`DomainError`), and whatever the witness raises.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        witness: Witness,
        redactor: Redactor,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
        turn: Turn | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        """Prepare to speak to *endpoint*; nothing is called yet.

        Args:
            endpoint: The deployment and the account.
            witness: Sees every request and every exchange.
            redactor: Is told every secret and token.
            clock: The time of day in seconds since the epoch.
            wait: Passes the seconds a throttled call must pause.
            turn: Waits until the next call may begin. Default: it may at once.
            throttle: Holds the other calls of the run while one is throttled. Default: none.
        """
        if endpoint.history_token is not None:
            redactor.add(endpoint.history_token.get_secret_value(), kind="history token")
        for secret in endpoint.secrets:
            redactor.add(secret)
        self._account_path = f"/api/account/{quote(endpoint.account, safe='')}"
        self._witness = witness
        self._announcements = Announcements()
        self._calls = Calls(
            endpoint,
            witness=witness,
            redactor=redactor,
            clock=clock,
            wait=wait,
            turn=turn,
            throttle=throttle,
        )
        self._reads = Reads(endpoint, self._calls)
        self._tokens = TokenServices(
            endpoint, self._calls, witness=witness, redactor=redactor, clock=clock
        )

    def __enter__(self) -> Self:
        """Return the connector itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._calls.close()

    def with_deadline(self, *, within_s: float) -> AbstractContextManager[None]:
        """Let no call take longer than *within_s*, until the context ends.

        Nor does a throttled call pause longer in sum, or wait longer for others that are. Limits
        of the endpoint that are shorter still hold.

        Args:
            within_s: The longest time, in seconds.
        """
        return self._calls.with_deadline(within_s)

    def origins(self) -> dict[str, str]:
        """Return the origin of each service that is known, and of discovery as ``discovery``.

        Where settings do not name all that a connector needs, the Domain API is asked.

        Raises:
            DomainError: The Domain API does not say where conversations are.
            TransportError: It did not answer.
        """
        return self._calls.origins()

    def through(self, origin: str | None) -> AbstractContextManager[None]:
        """Call every service at *origin*, discovery included, until the context ends.

        Tokens are kept. Whatever is at *origin* passes the calls on to where they belong; the
        exchanges show that address. A call that is throttled on the way holds no other call of the
        run, nor is it held.

        Args:
            origin: An address on this machine; None calls the services themselves.
        """
        return self._calls.through(origin)

    @property
    def app_token_requests(self) -> int:
        """How many times the app token service was called."""
        return self._tokens.app_token_requests

    @property
    def consumer_token_requests(self) -> int:
        """How many times the consumer token service was called."""
        return self._tokens.consumer_token_requests

    def sign_in(self, consumer: str) -> SignIn:
        """Return the tokens that let the connector speak for *consumer*, kept where possible.

        A 401 of the consumer token service renews the app token and repeats the call once.

        Args:
            consumer: The consumer's id outside the endpoint, ``ext_consumer_id`` on the wire.

        Raises:
            SignInError: A token service refused, or answered without a token.
            TransportError: A token service did not answer.
            DomainError: A token service could not be found.
        """
        return self._tokens.sign_in(consumer)

    def sign_out(self) -> None:
        """Forget all tokens; the next call signs in anew."""
        self._tokens.sign_out()

    def announce(self, consumer: str, features: Sequence[str]) -> None:
        """Announce *features* with every later call for *consumer*: create and send alike.

        Travels as the header ``Client-Properties``. Source: API facts §8.

        Args:
            consumer: The consumer's id outside the endpoint.
            features: What the connector can do, as ``RICH_CONTENT``; without any the header
                is left out again.
        """
        self._announcements.announce(consumer, features)

    def announce_as(self, consumer: str, value: str) -> None:
        """Send *value* as ``Client-Properties`` with every later call for *consumer*.

        For headers that are wrong on purpose, or spelt in another way.
        """
        self._announcements.announce_as(consumer, value)

    def create_conversation(self, batch: list[JsonObject], *, consumer: str) -> Reply:
        """Open a conversation for *consumer* with the commands of *batch*.

        Signs in as needed. A 401 renews the tokens and repeats the call once; a 429 repeats it as
        `Calls` says. A 5xx, a timeout and a lost connection are never repeated, for the
        conversation may exist. Source: API facts §4 and §11.

        Args:
            batch: The commands, sent in this order.
            consumer: The consumer's id outside the endpoint.

        Raises:
            SignInError: A token service refused, or answered without a token.
            TransportError: No answer arrived.
            DomainError: A service could not be found.
        """
        # A list of objects is a JSON document; mypy cannot see it, lists being invariant.
        return self._speak("create_conversation", _CONVERSATION, list(batch), consumer=consumer)

    def create_conversation_as(
        self, document: JsonValue, *, sign_in: SignIn, version: str = "3"
    ) -> Reply:
        """Send *document* to the conversation service exactly as given.

        For requests that are wrong on purpose: no check, no renewal, and no repeat except of what
        was throttled, which nobody has read.

        Args:
            document: Any JSON document.
            sign_in: The tokens to show; None leaves a header out.
            version: The version the address asks for.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        path = f"{_CONVERSATION}?v={quote(version, safe='')}"
        return self._post("create_conversation", path, sign_in, encoded(document))

    def send(self, command: JsonObject, *, consumer: str) -> Reply:
        """Send one *command* for *consumer* to a conversation that exists.

        Signs in and repeats as `create_conversation` does: after a 401 once, when throttled
        within the budget, and otherwise never, for the command may have been carried out. A
        conversation of somebody else is refused with a 401 as well: the consumer's token is
        renewed, and the second refusal is the reply. Source: API facts §5, §10.1 and §11.

        Args:
            command: What to do; the module `commands` builds them.
            consumer: The consumer's id outside the endpoint.

        Raises:
            SignInError: A token service refused, or answered without a token.
            TransportError: No answer arrived.
            DomainError: A service could not be found.
        """
        return self._speak(operation_of(command), _SEND, command, consumer=consumer)

    def send_as(self, document: JsonValue, *, sign_in: SignIn, version: str = "3") -> Reply:
        """Send *document* to where commands go exactly as given.

        For requests that are wrong on purpose: no check, no renewal, and no repeat except of what
        was throttled, which nobody has read.

        Args:
            document: Any JSON document.
            sign_in: The tokens to show; None leaves a header out.
            version: The version the address asks for.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        path = f"{_SEND}?v={quote(version, safe='')}"
        return self._post(operation_of(document), path, sign_in, encoded(document))

    def put_file(self, address: FileAddress, content: bytes) -> Reply:
        """Upload *content* to *address*, which alone permits it: no token travels.

        No refusal but a throttled call's is repeated. Source: API facts §7.

        Args:
            address: What the answer to an upload request named.
            content: The bytes of the file.

        Raises:
            TransportError: No answer arrived.
            DomainError: The file service could not be found.
        """
        url = self._calls.service("swift") + address.target
        return self._calls.call("put_file", "PUT", url, headers=[_BYTES], content=content)

    def get_file(self, address: FileAddress) -> Reply:
        """Download what is at *address*, which alone permits it: no token travels.

        No refusal but a throttled call's is repeated. Source: API facts §7.

        Args:
            address: What the answer to a download request named.

        Returns:
            The reply, with the bytes of the file as its ``content``.

        Raises:
            TransportError: No answer arrived, or one larger than `MAX_ANSWER`.
            DomainError: The file service could not be found.
        """
        url = self._calls.service("swift") + address.target
        return self._calls.call("get_file", "GET", url)

    def read_conversation(self, conversation_id: str, *, consumer: str) -> Reply:
        """Read the state of a conversation of *consumer*, by the Messaging REST API.

        Signs in and repeats as `send` does. Source: API facts §15.1.

        Args:
            conversation_id: The conversation.
            consumer: The consumer's id outside the endpoint.

        Raises:
            SignInError: A token service refused, or answered without a token.
            TransportError: No answer arrived.
            DomainError: A service could not be found; not every account has this one.
        """
        return self._signed_in(
            consumer, lambda sign_in: self._reads.conversation(conversation_id, sign_in)
        )

    def read_messages(
        self,
        conversation_id: str,
        *,
        consumer: str,
        dialog_id: str | None = None,
        newer_than: int = 0,
        limit: int = 100,
    ) -> Reply:
        """Read a page of what was said in a conversation of *consumer*, oldest first.

        Otherwise as `read_conversation`, and raises what that raises. Source: API facts §15.1.

        Args:
            conversation_id: The conversation.
            consumer: The consumer's id outside the endpoint.
            dialog_id: Which of its dialogs. Default: the main one.
            newer_than: The first sequence that is wanted; the endpoint counts it in, and may
                refuse one above the newest with 400.
            limit: The most messages, 1 to 100.
        """
        return self._signed_in(
            consumer,
            lambda sign_in: self._reads.messages(
                conversation_id,
                dialog_id or conversation_id,
                sign_in,
                newer_than=newer_than,
                limit=limit,
            ),
        )

    def search_history(self, conversation_id: str) -> Reply:
        """Search the history for one conversation.

        The endpoint's ``history_token`` lets in, not the connector's own tokens; without one a
        refusal is to be expected. What happened within the last minute may be missing.
        Source: API facts §15.2.

        Args:
            conversation_id: The conversation.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        return self._reads.search(conversation_id)

    def request_app_token(self, *, client_secret: str | None = None) -> Reply:
        """Ask for an app token, keep nothing, and return the reply, refusals too.

        Args:
            client_secret: Shown instead of the endpoint's own.

        Raises:
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        return self._tokens.request_app_token(client_secret=client_secret)

    def request_consumer_token(self, consumer: str, *, app_token: str | None = None) -> Reply:
        """Ask for a token of *consumer*, keep nothing, and return the reply, refusals too.

        Args:
            consumer: The consumer's id outside the endpoint.
            app_token: Shown instead of the connector's own, for which it signs in.

        Raises:
            SignInError: The connector's own app token could not be had.
            TransportError: No answer arrived.
            DomainError: The service could not be found.
        """
        return self._tokens.request_consumer_token(consumer, app_token=app_token)

    def domains(self) -> Reply:
        """Look up every service of the account. Source: API facts §1.

        Raises:
            TransportError: No answer arrived.
        """
        return self._calls.domains()

    def domain(self, service: str) -> Reply:
        """Look up one *service* of the account. Source: API facts §1.

        Raises:
            TransportError: No answer arrived.
        """
        return self._calls.domain(service)

    def hold_consumer_token(self, consumer: str, token: str) -> None:
        """Speak for *consumer* with a *token* that was got before; such tokens never expire."""
        self._tokens.hold_consumer_token(consumer, token)

    def hold_outdated_app_token(self) -> None:
        """Make the held app token one that has expired, which the connector will notice.

        The next call renews it first, so the endpoint never sees it.

        Raises:
            ValueError: The endpoint's app tokens are no JWTs.
        """
        self._tokens.hold_outdated_app_token()

    def hold_unnoticed_outdated_app_token(self) -> None:
        """Make the held app token one that has expired, which the connector will not notice.

        The endpoint refuses the next call with 401; the connector renews, and repeats it.

        Raises:
            ValueError: The endpoint's app tokens are no JWTs.
        """
        self._tokens.hold_outdated_app_token(unnoticed=True)

    def _speak(self, operation: str, path: str, document: JsonValue, *, consumer: str) -> Reply:
        self._witness.sending(operation, document)
        content = encoded(document)
        path = f"{path}?v=3"
        properties = self._announcements.of(consumer)

        return self._signed_in(
            consumer,
            lambda sign_in: self._post(operation, path, sign_in, content, properties=properties),
        )

    def _signed_in(self, consumer: str, call: Callable[[SignIn], Reply]) -> Reply:
        """Return the reply to *call*, made once more with new tokens where these are refused."""
        reply = call(self._tokens.sign_in(consumer))
        if reply.status == UNAUTHORIZED:
            self._tokens.forget_refused(reply, consumer)
            reply = call(self._tokens.sign_in(consumer))
        return reply

    def _post(
        self,
        operation: str,
        path: str,
        sign_in: SignIn,
        content: bytes,
        *,
        properties: bytes | None = None,
    ) -> Reply:
        headers = [JSON]
        if sign_in.app_token is not None:
            headers.append((b"Authorization", sign_in.app_token.encode()))
        if sign_in.consumer_token is not None:
            headers.append((b"X-LP-ON-BEHALF", sign_in.consumer_token.encode()))
        if properties is not None:
            headers.append((b"Client-Properties", properties))
        url = f"{self._calls.service('asyncMessagingEnt')}{self._account_path}{path}"
        return self._calls.call(operation, "POST", url, headers=headers, content=content)
