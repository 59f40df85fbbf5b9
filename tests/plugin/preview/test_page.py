"""The page of a feature shows what is sent below the sentence that sends it."""

import json
from pathlib import Path
from typing import Any

from connector_harness.contract.contract import Contract
from connector_harness.json_types import JsonValue
from connector_harness.plugin.preview.page import Placeholders, PreviewedScenario, PreviewPage
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.record import Body, Header, RecordedExchange, RecordedStep

CONTRACT = Contract(Path(__file__).parents[3] / "schemas")
HEADERS = (
    ("Host", "x"),
    ("Content-Length", "2"),
    ("Content-Type", "application/json"),
    ("Authorization", "of.the.app"),
)


def sent(
    body: JsonValue | bytes, operation: str = "send", media_type: str = "application/json"
) -> RecordedExchange:
    """Return the exchange that sends *body*."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RecordedExchange(
        operation,
        "POST",
        "http://x/a?v=3",
        "POST …/a → 200",
        0,
        0,
        request=Body.of(content, media_type),
        request_headers=[Header(*each) for each in HEADERS],
    )


def shown(*exchanges: RecordedExchange, total: int = 1, stopped: str = "", **of_step: Any) -> str:  # noqa: ANN401
    """Return the page of a scenario of one sentence, which sends *exchanges*."""
    step = RecordedStep("When it is sent", exchanges=[*exchanges], **of_step)
    scenario = PreviewedScenario("A parcel", [step], Placeholders(), stopped)
    page = PreviewPage(
        "features/parcels.feature", "Parcels", [scenario], total, CONTRACT, Redactor()
    )
    return page.text()


def test_request_stands_below_its_sentence() -> None:
    """Operation, types and verdict, then the request as it goes out, headers masked."""
    assert shown(sent([{"type": "a.B"}, {"type": "c.D"}])).partition("## ")[2] == (
        "A parcel\n\n- When it is sent\n\n"
        "**send** (a.B, c.D): no schema\n\n"
        "```http\nPOST /a?v=3\nContent-Type: application/json\nAuthorization: ***\n\n"
        '[{"type": "a.B"}, {"type": "c.D"}]\n```\n'
    )


def test_blocks_stand_below_their_sentence() -> None:
    """A page can be read without the feature beside it."""
    page = shown(table=[["fruit", "count"], ["plum", "3"]], doc_string=Body("Hello"))

    assert '| fruit | count |\n| plum  | 3     |\n"""\nHello\n"""' in page


def test_page_goes_where_its_feature_is() -> None:
    """The folders of the features are those of the pages."""
    page = PreviewPage("features/a/b.feature", "B", [], 0, CONTRACT, Redactor())

    assert str(page.file) == "features/a/b.md"


def test_repetition_is_counted() -> None:
    """One request sent again is shown once."""
    page = shown(sent({}), sent({}), sent({}))

    assert page.count("```http") == 1
    assert "Sent 3 times." in page


def test_schema_and_what_is_wrong_on_purpose_are_told() -> None:
    """Each difference has its place; what is wrong by mistake never gets here."""
    assert "fits `schemas/request/consumer_token.json`" in shown(
        sent({"ext_consumer_id": "ada"}, "consumer_token")
    )
    page = shown(sent({}, "consumer_token"))
    assert "off `schemas/request/consumer_token.json`, **wrong on purpose**\n\n- `$`: " in page
    form = "application/x-www-form-urlencoded"
    signing_in = sent(b"client_id=a&client_secret=b", "app_token", form)
    assert "fits `schemas/request/app_token.json`" in shown(signing_in)
    assert "- `$`: no JSON" in shown(sent(b"{", "consumer_token"))


def test_long_text_is_told_by_its_digest() -> None:
    """It is cut, and changes with any of its letters all the same."""
    one, other = shown(sent({"text": "m" * 5000})), shown(sent({"text": "m" * 4999 + "n"}))

    assert "mmm… <5000 characters, SHA-256 " in one
    assert one != other


def test_bytes_are_told_by_their_digest() -> None:
    """A picture is no text."""
    assert "<4 bytes, SHA-256 " in shown(sent(b"\x89PNG", "put_file", "application/octet-stream"))


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
