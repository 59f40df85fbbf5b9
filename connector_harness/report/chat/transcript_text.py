"""A transcript as plain text, for the Allure report and for readers without a browser."""

from collections.abc import Iterator
from datetime import UTC, datetime

from connector_harness.report.chat.transcript import LONGEST, ChatEntry, ChatTranscript


def transcript_text(transcript: ChatTranscript) -> str:
    """Return a transcript with a line for each entry, conversations with an empty line between.

    Shape: ``05:39:07  consumer  Where is my parcel?  (0)``; times are UTC, notes in dashes,
    refusals on a line of their own.
    """
    chats = (
        "\n".join(line for entry in chat for line in _lines(entry)) for chat in transcript.chats
    )
    lines = ["\n\n".join(chats)]
    if transcript.left_out:
        lines.append(f"… and {transcript.left_out} more")
    return "\n".join([*lines, ""])


def _lines(entry: ChatEntry) -> Iterator[str]:
    time = clock(entry.time_ms)
    if entry.kind == "note":
        yield f"{time:8}  — {entry.text} —"
    else:
        number = "" if entry.number is None else f"  ({entry.number})"
        yield f"{time:8}  {entry.who:8}  {_said(entry)}{number}{_aside(entry)}"
    if entry.refusal:
        yield f"{'':8}  {'':8}  ✗ {entry.refusal}"


def _said(entry: ChatEntry) -> str:
    text = short(entry.text)
    if entry.kind in ("card", "file"):
        text = f"[{entry.kind}] {text}"
    if entry.sign:
        text = f"({text})"
    return " ".join([text, *(f"[{reply}]" for reply in entry.replies)]).replace("\n", " ")


def _aside(entry: ChatEntry) -> str:
    asides = [f"with {note}" for note in entry.notes]
    if entry.told > 1:
        asides.append(f"told {entry.told} times")
    return f"  {{{', '.join(asides)}}}" if asides else ""


def clock(time_ms: int | None) -> str:
    """Return the time of day, UTC; empty if it is not known or impossible."""
    moment = moment_of(time_ms)
    return moment.strftime("%H:%M:%S") if moment else ""


def moment_of(time_ms: int | None) -> datetime | None:
    """Return a time in UTC; None if it is not known or impossible."""
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC) if time_ms else None
    except (ValueError, OverflowError, OSError):
        return None


def short(text: str) -> str:
    """Return *text*, cut where it is too long to be read in a chat."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text)} characters)"
