"""The sandbox shows and logs no token, no secret and no personal data."""

import base64
import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.state.masking import Mask, mask_log

SECRET = "p/s+w=rd of mine"
RAW = SECRET.encode()
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI3In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        RAW.hex(),
        *(base64.b64encode(before + RAW).decode() for before in (b"", b"1", b"12")),
        TOKEN,
        f'{{"client_secret":"{SECRET}"}}',
        '{"mail":"a\\"b@example.test"}',
        "/file?temp_url_sig=b@example.test",
    ],
)
def test_secret_in_text_is_masked(form: str) -> None:
    """A secret of an account, a token or personal data is not shown, however it is written."""
    masked = Mask([SECRET, "short"]).text(f"before {form} after")
    assert "***" in masked
    # In Base64, what stands beside the secret stays, and the letters it shares with that.
    assert form[4:-6] not in masked
    assert "b@example" not in masked


@pytest.mark.parametrize(
    ("reason", "masked"),
    [
        ("$.mail is 5, not a text", "$.mail is ***, not a text"),
        ("$.phone is '+49 (30)…, not an object", "$.phone is ***, not an object"),
        ("$.mails is 5, not a text, short", "$.mails is 5, not a text, short"),
    ],
)
def test_reason_keeps_the_rest(reason: str, masked: str) -> None:
    """A reason still says what is wrong where."""
    assert Mask(["short"]).text(reason) == masked


def test_document_is_masked_by_its_names() -> None:
    """In a document names and values are masked, and its shape stays."""
    document: JsonObject = {"a": [{"Phone": 5, TOKEN: 1}, f"see {SECRET}"], "b": None}
    assert Mask([SECRET]).document(document) == {
        "a": [{"Phone": "***", "***": 1}, "see ***"],
        "b": None,
    }


@pytest.fixture
def handler() -> Iterator[logging.StreamHandler[io.StringIO]]:
    """A handler of the root logger."""
    handler = logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_log_is_masked(handler: logging.StreamHandler[io.StringIO]) -> None:
    """What is logged loses its secrets, also those of accounts added later."""
    secrets: list[str] = []
    mask_log(lambda: Mask(secrets))
    secrets.append(SECRET)
    logging.getLogger("sandbox").warning("%s: %d, because %s", "send", 400, f"of {SECRET}")
    assert handler.stream.getvalue() == "send: 400, because of ***\n"
