"""One conversation, spoken in for its consumer."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

from connector_harness.client import commands, events, fields
from connector_harness.client.connector import Connector
from connector_harness.client.files import FileAddress
from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject, JsonValue

Metadata = Sequence[JsonObject]
"""What is said about an event, beside it. Source: API facts §5.9."""


class Conversation:
    """One conversation, spoken in for its consumer.

    Every method sends one command, or the few that belong together, and returns the reply;
    refusals are replies. What raises is what `Connector.send` raises. The commands are numbered
    from "1", whichever of the conversation's dialogs they go to.

    Attributes:
        id: The conversation's id.
        dialog_id: The dialog spoken in; the main one has the conversation's id.
        consumer: The consumer's id outside the endpoint.
    """

    def __init__(
        self,
        connector: Connector,
        *,
        consumer: str,
        id: str,  # noqa: A002  # the word for it, everywhere
        dialog_id: str | None = None,
    ) -> None:
        """Prepare to speak; nothing is sent yet.

        Args:
            connector: Speaks for the account.
            consumer: Whom it speaks for.
            id: The conversation's id, as the answer to the create call named it.
            dialog_id: The dialog to speak in. Default: the main one.
        """
        self.consumer = consumer
        self.id = id
        self.dialog_id = id if dialog_id is None else dialog_id
        self._connector = connector
        self._numbers: Iterator[int] = itertools.count(1)

    def __repr__(self) -> str:
        """Return conversation, dialog and consumer in angle brackets."""
        dialog = "" if self.dialog_id == self.id else f", dialog {self.dialog_id!r}"
        return f"<Conversation {self.id!r}{dialog} of {self.consumer!r}>"

    def in_dialog(self, dialog_id: str) -> "Conversation":
        """Return the same conversation, spoken in another of its dialogs, as a survey is."""
        other = Conversation(
            self._connector, consumer=self.consumer, id=self.id, dialog_id=dialog_id
        )
        other._numbers = self._numbers
        return other

    def send_text(self, text: str, *, metadata: Metadata | None = None) -> Reply:
        """Publish a written message. Source: API facts §5.4."""
        return self.send_event(events.text_event(text), metadata=metadata)

    def send_chat_state(self, chat_state: str) -> Reply:
        """Tell what the consumer is doing, as ``COMPOSING``. Source: API facts §5.6."""
        return self.send_event(events.chat_state_event(chat_state))

    def send_receipt(
        self, status: str, sequences: Sequence[int], *, metadata: Metadata | None = None
    ) -> Reply:
        """Publish a receipt, as ``READ``, for the events numbered *sequences*.

        Source: API facts §5.7.
        """
        return self.send_event(events.accept_status_event(status, sequences), metadata=metadata)

    def send_rich_content(self, content: JsonObject, *, metadata: Metadata | None = None) -> Reply:
        """Publish structured content. Source: API facts §5.8."""
        return self.send_event(events.rich_content_event(content), metadata=metadata)

    def press_button(self, button: JsonObject, *, sequence: int) -> tuple[Reply, Reply]:
        """Press a *button* of structured content, or choose a quick reply.

        Sends the receipt ``ACTION`` and then the text the button publishes, both with the
        button's metadata. Source: API facts §5.8.

        Returns:
            The reply to the receipt and the reply to the text.

        Raises:
            ValueError: The button publishes no text; nothing is sent.
        """
        text, metadata = _published_text(button), _metadata(button)
        receipt = self.send_receipt("ACTION", [sequence], metadata=metadata)
        return receipt, self.send_text(text, metadata=metadata)

    def send_event(self, event: JsonObject, *, metadata: Metadata | None = None) -> Reply:
        """Publish any *event* that is meant to be right. Source: API facts §5.3."""
        return self._send(
            lambda number: commands.publish_event(
                event,
                id=number,
                dialog_id=self.dialog_id,
                conversation_id=self.id,
                metadata=metadata,
            )
        )

    def set_profile(self, profile: JsonObject) -> Reply:
        """Say anew who the consumer is. Source: API facts §5."""
        return self._send(lambda number: commands.set_user_profile(profile, id=number))

    def close(self) -> Reply:
        """Close the conversation, without a survey. Source: API facts §6.3."""
        return self.update(fields.conversation_state_field())

    def close_dialog(self, *, cause: str = fields.CLOSED_BY_CONSUMER) -> Reply:
        """Close the dialog spoken in; after the main one a survey may follow.

        Source: API facts §6.4.
        """
        return self.update(fields.dialog_change_field(self.dialog_id, cause=cause))

    def close_everything(self) -> Reply:
        """Close the conversation and every dialog of it, a survey too. Source: API facts §6.2."""
        return self.update(fields.stage_field())

    def rate(self, stars: int, *, resolved: bool, status: str = "FILLED") -> Reply:
        """Say how satisfied the consumer is. Source: API facts §6.2.

        Args:
            stars: 1 to 5.
            resolved: Whether the matter has been settled.
            status: ``FILLED``, ``PARTIALLY_FILLED`` or ``SKIPPED``.
        """
        return self.update(fields.csat_rate_field(stars, resolved=resolved, status=status))

    def set_response_time(self, ttr: str, *, seconds: int) -> Reply:
        """Say how soon an answer is due, as ``URGENT`` in 60 seconds. Source: API facts §6.2."""
        return self.update(fields.ttr_field(ttr, seconds=seconds))

    def update(self, field: JsonObject) -> Reply:
        """Change any *field* of the conversation. Source: API facts §6.2."""
        return self._send(
            lambda number: commands.update_conversation_field(
                field, id=number, conversation_id=self.id
            )
        )

    def request_upload(self, *, size: int, file_type: str) -> Reply:
        """Ask where a file of *size* bytes may be put; `FileAddress.of` reads the reply.

        Source: API facts §7.
        """
        return self._send(
            lambda number: commands.generate_upload_url(size=size, file_type=file_type, id=number)
        )

    def request_download(self, relative_path: str) -> Reply:
        """Ask where the file at *relative_path* may be got; `FileAddress.of` reads the reply.

        Source: API facts §7.
        """
        return self._send(lambda number: commands.generate_download_url(relative_path, id=number))

    def upload_file(self, content: bytes, *, file_type: str, caption: str | None = None) -> Reply:
        """Upload a file and publish it: ask for an address, put the bytes there, and tell.

        Source: API facts §7.

        Args:
            content: The bytes of the file.
            file_type: ``JPG``, ``JPEG``, ``PNG`` or ``GIF``.
            caption: What is written under it.

        Returns:
            The reply to the message that tells of the file, or the first refusal before it.

        Raises:
            AddressError: The upload request was accepted without naming an address.
        """
        asked = self.request_upload(size=len(content), file_type=file_type)
        if asked.status != HTTPStatus.OK:
            return asked
        address = FileAddress.of(asked)
        stored = self._connector.put_file(address, content)
        if stored.status != HTTPStatus.CREATED:
            return stored
        return self.send_event(
            events.hosted_file_event(address.relative_path, file_type=file_type, caption=caption)
        )

    def download_file(self, relative_path: str) -> Reply:
        """Ask for the address of a file and get it. Source: API facts §7.

        Returns:
            The reply with the bytes as its ``content``, or the first refusal.

        Raises:
            AddressError: The download request was accepted without naming an address.
        """
        asked = self.request_download(relative_path)
        if asked.status != HTTPStatus.OK:
            return asked
        return self._connector.get_file(FileAddress.of(asked))

    def _send(self, build: Callable[[str], JsonObject]) -> Reply:
        return self._connector.send(build(str(next(self._numbers))), consumer=self.consumer)


def _click(button: JsonObject, member: str) -> list[JsonObject]:
    click = button.get("click")
    found: JsonValue = click.get(member) if isinstance(click, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _published_text(button: JsonObject) -> str:
    for action in _click(button, "actions"):
        match action:
            case {"type": "publishText", "text": str(text)}:
                return text
    raise ValueError(
        f"the button {button.get('title')!r} publishes no text\n"
        "  at: click.actions, which has no action publishText with a text\n"
        "  next: press another button, or send the receipt ACTION alone"
    )


def _metadata(button: JsonObject) -> list[JsonObject] | None:
    return _click(button, "metadata") or None
