"""The page of a feature shows what is sent below the sentence that sends it."""

import json

from connector_harness.contract.differences import Difference
from connector_harness.json_types import JsonValue
from connector_harness.plugin.preview.page import Line, Page, Scene, ShownSend
from connector_harness.plugin.preview.placeholders import Placeholders
from connector_harness.plugin.preview.sends import Send, Verdict
from connector_harness.redaction.redactor import Redactor

FITS = Verdict("request/batch", is_checked=True)
WRONG = Difference("$[0]", "'kind' is missing", "")
HEADERS = (
    ("Host", "x"),
    ("Content-Length", "2"),
    ("Content-Type", "application/json"),
    ("Authorization", "of.the.app"),
)


def sent(body: JsonValue | bytes, verdict: Verdict = FITS, *problems: str) -> ShownSend:
    """Return the request that sends *body*."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    send = Send("send", "POST", "http://x/a?v=3", HEADERS, content, verdict)
    return ShownSend(send, problems)


def shown(*sends: ShownSend, total: int = 1, **of_scene: object) -> str:
    """Return the page of a scenario of one sentence, which sends *sends*."""
    scene = Scene("A parcel", [Line("When it is sent", list(sends))], Placeholders())
    for name, value in of_scene.items():
        setattr(scene, name, value)
    return Page("features/parcels.feature", "Parcels", [scene], total, Redactor()).text()


def test_request_stands_below_its_sentence() -> None:
    """Operation, types and verdict, then the request as it goes out, headers masked."""
    page = shown(sent([{"type": "a.B"}, {"type": "c.D"}]))

    assert page.partition("## ")[2] == (
        "A parcel\n\n- When it is sent\n\n"
        "**send** (a.B, c.D): fits `schemas/request/batch.json`\n\n"
        "```http\nPOST /a?v=3\nContent-Type: application/json\nAuthorization: ***\n\n"
        '[{"type": "a.B"}, {"type": "c.D"}]\n```\n'
    )


def test_page_goes_where_its_feature_is() -> None:
    """The folders of the features are those of the pages."""
    page = Page("features/a/b.feature", "B", [], 0, Redactor())

    assert str(page.file) == "features/a/b.md"


def test_repetition_is_counted() -> None:
    """One request sent again is shown once."""
    page = shown(sent({}), sent({}), sent({}))

    assert page.count("```http") == 1
    assert "Sent 3 times." in page


def test_wrong_on_purpose_says_so() -> None:
    """What is off its schema, and meant to be, is no finding."""
    page = shown(sent([], Verdict("request/batch", is_checked=False, problems=(WRONG,)), "`$`: no"))

    assert "off `schemas/request/batch.json`, **wrong on purpose**\n\n- `$`: no\n" in page


def test_kept_back_is_a_finding() -> None:
    """What is off its schema by mistake is shown, and told."""
    verdict = Verdict("request/batch", is_checked=True, problems=(WRONG,))
    send = ShownSend(Send("send", "", "", (), [{}], verdict), ["`$[0]`: 'kind' is missing"])
    scene = Scene("A parcel", [Line("When it is sent", [send])], Placeholders())

    assert scene.findings == ["send is off `schemas/request/batch.json`: `$[0]`: 'kind' is missing"]
    assert "so **kept back**" in shown(send)


def test_long_text_is_told_by_its_digest() -> None:
    """It is cut, and changes with any of its letters all the same."""
    one, other = shown(sent({"text": "m" * 5000})), shown(sent({"text": "m" * 4999 + "n"}))

    assert "mmm… <5000 characters, SHA-256 " in one
    assert one != other


def test_bytes_are_told_by_their_digest() -> None:
    """A picture is no text."""
    send = Send("put_file", "PUT", "http://x/f", ((("Content-Type"), "application/octet-stream"),),
                b"\x89PNG", Verdict(None, is_checked=False))  # fmt: skip

    assert "<4 bytes, SHA-256 " in shown(ShownSend(send))


def test_secret_is_masked() -> None:
    """Personal data are none of a reviewer's business."""
    assert '"phone": "***"' in shown(sent({"phone": "+49 30 1234567"}))


def test_what_is_not_shown_is_told() -> None:
    """Where a scenario stops before its end, the page says why."""
    page = shown(stopped="nobody plays <the agent>")

    assert "**Not previewed from here on:** nobody plays \\<the agent>" in page


def test_scenario_that_sends_nothing_says_so() -> None:
    """Silence is told from something left out."""
    assert "Sends nothing." in shown()


def test_selection_is_told() -> None:
    """A page of some scenarios does not look like that of all."""
    assert "Only 1 of 4 scenarios, as selected." in shown(total=4)
