"""A transcript can be read without a browser."""

from connector_harness.report.chat.transcript import SHOWN, ChatEntry, ChatTranscript, transcript_of
from connector_harness.report.chat.transcript_text import clock, short, transcript_text
from tests.report.conversations import Talk


def test_line_has_time_speaker_words_and_number() -> None:
    """An entry is one line, in UTC."""
    shown = transcript_text(transcript_of(Talk().say("Hello", 0).result()))

    assert shown == "22:13:20  shopper   Hello  (0)\n"


def test_conversations_stand_apart() -> None:
    """There is an empty line between two."""
    shown = transcript_text(transcript_of(Talk().ask("c").say("Hello", 0).ask("d").result()))

    assert [block.count("\n") for block in shown.rstrip().split("\n\n")] == [1, 0]


def test_refusal_has_a_line_of_its_own() -> None:
    """Why something did not come through stands below it."""
    entry = ChatEntry("message", "shopper", "Hello", refusal="refused with 400: Bad Request")

    assert transcript_text(ChatTranscript([entry])).split("\n")[1].strip() == (
        "✗ refused with 400: Bad Request"
    )


def test_long_conversation_is_cut() -> None:
    """Of a thousand messages the first are shown, and the others counted."""
    shown = transcript_text(ChatTranscript([ChatEntry("message", "agent", "x")] * (SHOWN + 3)))

    assert shown.endswith("… and 3 more\n")


def test_impossible_time_is_left_out() -> None:
    """A time that no calendar has costs nothing but itself."""
    assert clock(10**30) == ""


def test_long_text_is_cut() -> None:
    """A long text says how long it is."""
    assert short("x" * 5000).endswith("… (5000 characters)")
