"""The sandbox shows and logs no token, no secret and no personal data."""

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from connector_harness.sandbox.state.journal import Mask, mask_log

SECRET = 'p/s+w=rd "of" mine'
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI3In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"of {SECRET}", "of ***"),
        (f"x={quote(SECRET, safe='')}&y={quote_plus(SECRET)}", "x=***&y=***"),
        (json.dumps([SECRET, "short"]), '["***", "short"]'),
        (f"/{TOKEN}/x", "/***/x"),
        (
            '{"client_secret":"short", "Phone" : 5, "a": 1}',
            '{"client_secret":"***", "Phone" : "***", "a": 1}',
        ),
        ('{"mail":"a\\"b@example.test"', '{"mail":"***"'),
        ("/file?temp_url_sig=b&x=1", "/file?temp_url_sig=***&x=1"),
    ],
)
def test_secret_in_text_is_masked(text: str, masked: str) -> None:
    """A secret of an account, a token or personal data is not shown, however it is written."""
    assert Mask([SECRET, "short"]).text(text) == masked


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
