"""Whatever is about to be written, the redactor takes it, and no secret gets through."""

import base64
import json
from urllib.parse import quote, quote_plus

from hypothesis import assume, given
from hypothesis import strategies as st

from connector_harness.redaction.redactor import Redactor
from tests.properties.answers import RESPONSES
from tests.properties.malformed import bodies, forms, texts, values

# No part of it stands in the texts around it by chance.
secrets = st.text('QZXJ0123456789+/=&%é"\\ ', min_size=8, max_size=24).filter(str.strip)
around = texts.map(lambda text: f" {text} ") | st.just("")


def knowing(*secrets: str) -> Redactor:
    """Return a redactor that was told of *secrets*."""
    redactor = Redactor()
    redactor.add(*secrets)
    return redactor


@given(body=bodies(RESPONSES) | forms, fields=st.lists(st.tuples(values, values), max_size=4))
def test_anything_can_be_written(body: bytes, fields: list[tuple[bytes, bytes]]) -> None:
    """Any text, body, header and address can be masked, and shown as a line for the shell."""
    redactor = knowing("secret-of-client-7")
    redactor.learn(body)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
    assert len(redactor.headers(headers)) == len(headers)
    assert redactor.content(redactor.content(body)) == redactor.content(body)


@given(secret=secrets, before=around, after=around)
def test_no_form_of_a_secret_gets_through(secret: str, before: str, after: str) -> None:
    """A secret is masked plain, escaped for JSON or an address, and in Base64."""
    redactor = knowing(secret)
    for form in (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(secret.encode()).decode(),
    ):
        assume(form not in before + after)
        assert form not in redactor.text(f"{before}{form}{after}")


@given(
    body=bodies(RESPONSES), token=st.text("aeJyZ09-_", min_size=24, max_size=40), at=st.integers(0)
)
def test_no_token_gets_through(body: bytes, token: str, at: int) -> None:
    """A token is masked wherever it stands as a word of its own."""
    redactor = Redactor()
    redactor.add_token(token)
    place = at % (len(body) + 1)
    written = redactor.content(body[:place] + b' "' + token.encode() + b'" ' + body[place:])
    assert token.encode() not in written
