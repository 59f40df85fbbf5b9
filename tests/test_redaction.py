"""No secret survives in whatever form it is written; everything else stays as it was."""

import base64
import json
import re
import timeit
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import pytest

from connector_harness.redaction import MASK, Redactor

SECRET = 'p/s+w"ö 7\\x'
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI3MDAwMDAwMSJ9.c2lnbmF0dXJl-_x"


@dataclass(frozen=True)
class Sent:
    """A request as curl needs it."""

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes


@pytest.fixture
def redactor() -> Redactor:
    """A redactor that knows one secret."""
    redactor = Redactor()
    redactor.add(SECRET)
    return redactor


def forms() -> dict[str, str]:
    """Return every way in which the secret may be written."""
    raw = SECRET.encode()
    return {
        "plain": SECRET,
        "url": quote(SECRET, safe=""),
        "url-lower": re.sub("%..", lambda code: code[0].lower(), quote(SECRET, safe="")),
        "form": quote_plus(SECRET),
        "json": json.dumps(SECRET)[1:-1],
        "json-utf8": json.dumps(SECRET, ensure_ascii=False)[1:-1],
        "json-twice": json.dumps(json.dumps(SECRET))[1:-1],
        "base64": base64.b64encode(raw).decode(),
        "base64-url": base64.urlsafe_b64encode(raw).decode(),
        "basic-1": base64.b64encode(b"i:" + raw).decode(),
        "basic-2": base64.b64encode(b"id:" + raw + b"tail").decode(),
        "basic-3": base64.b64encode(b"i-d:" + raw + b"x").decode(),
    }


@pytest.mark.parametrize("form", forms().values(), ids=forms().keys())
def test_configured_secret_in_every_form(redactor: Redactor, form: str) -> None:
    """A configured secret is masked however it is encoded."""
    masked = redactor.text(f"before {form} after")
    assert MASK in masked
    assert form not in masked
    # In Base64 what stands beside the secret stays, and the letters it shares with that.
    inside = form[4:-8] or form
    assert not any(inside[at : at + 4] in masked for at in range(len(inside) - 3))


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ('{"access_token": "a1", "token_type": "Bearer"}',
         '{"access_token": "***", "token_type": "Bearer"}'),
        ('{"token":"a\\"b","x":1}', '{"token":"***","x":1}'),
        ('{"body":"{\\"token\\":\\"ab\\",\\"x\\":1}"}',
         '{"body":"{\\"token\\":\\"***\\",\\"x\\":1}"}'),
        ("{'client_secret': 'a1', 'x': 1}", "{'client_secret': '***', 'x': 1}"),
        ('{"clientSecret":"a1"}', '{"clientSecret":"***"}'),
        ('{"consumerToken":"a1"}', '{"consumerToken":"***"}'),
        ('{"Authorization": "a1"}', '{"Authorization": "***"}'),
        ('{"token":"cut off', '{"token":"***'),
        ("client_id=7&client_secret=a1&x=1", "client_id=7&client_secret=***&x=1"),
        ("next=client_secret%3Da1%26x", "next=client_secret%3D***%26x"),
        ("https://h/f?temp_url_sig=a1&temp_url_expires=2",
         "https://h/f?temp_url_sig=***&temp_url_expires=2"),
        ("authorization: a1 b2\r\nHost: h", "authorization: ***\r\nHost: h"),
        ("Set-Cookie: a=1\nx", "Set-Cookie: ***\nx"),
        (f"see {JWT}.", "see ***."),
        (f"cut {JWT[:30]}…", "cut ***…"),
        (f"x{JWT}", "x***"),
    ],
)  # fmt: skip
def test_named_secrets(written: str, masked: str) -> None:
    """Values with a secret's name, and JWTs, are masked even if nobody knew them."""
    assert Redactor().text(written) == masked


@pytest.mark.parametrize(
    "text",
    [
        '{"token_type":"Bearer","body":{"msg":"OK"}}',
        '{"title":"Invalid AppJWT","details":"AppJWT has expired or is invalid"}',
        '{"tokens": 3, "secretary": "Ada", "lang": "de-DE"}',
        "the token service refused",
        "",
    ],
)
def test_ordinary_text_stays(redactor: Redactor, text: str) -> None:
    """What is no secret is returned unchanged."""
    assert redactor.text(text) == text


def test_opaque_token() -> None:
    """A token that is no JWT is masked wherever it stands as a word, and only there."""
    redactor = Redactor()
    redactor.add_token("opaque-1")
    assert redactor.text("opaque-1, opaque-12, (opaque-1)") == "***, opaque-12, (***)"


def test_odd_token() -> None:
    """A token with letters no word has is masked as well."""
    redactor = Redactor()
    redactor.add_token("a/b+c=d.e")
    assert redactor.text("x a/b+c=d.e y") == "x *** y"


def test_short_token_is_left_to_its_name() -> None:
    """A token too short to be told from words is masked by its name alone."""
    redactor = Redactor()
    redactor.add_token("abc")
    assert redactor.text('abc {"token":"abc"}') == 'abc {"token":"***"}'


@pytest.mark.parametrize("secret", ["", "short"])
def test_short_secret_is_refused(secret: str) -> None:
    """A secret that would mask ordinary text is refused, without showing it."""
    with pytest.raises(ValueError, match=f"a secret of {len(secret)} character") as caught:
        Redactor().add("long-enough", secret)
    assert "short" not in str(caught.value).replace("shorter", "")


def test_shortest_secret() -> None:
    """Six characters are enough."""
    redactor = Redactor()
    redactor.add("abcdef")
    assert redactor.text("x abcdef") == "x ***"


def test_headers_are_masked_by_name(redactor: Redactor) -> None:
    """Headers meant for secrets lose their whole value; the others only a secret in it."""
    headers = [("authorization", "a"), ("X-Lp-On-Behalf", "b"), ("Via", f"x {SECRET}"), ("A", "b")]
    assert redactor.headers(headers) == [
        ("authorization", "***"),
        ("X-Lp-On-Behalf", "***"),
        ("Via", "x ***"),
        ("A", "b"),
    ]


def test_bytes_that_are_no_text(redactor: Redactor) -> None:
    """Secrets are found between bytes that are no text, and those bytes survive."""
    assert redactor.content(b"\xff" + SECRET.encode() + b"\xfe") == b"\xff***\xfe"


def test_bytes_without_a_secret(redactor: Redactor) -> None:
    """Bytes without a secret come back as the same object."""
    content = b"\xff[1, 2]"
    assert redactor.content(content) is content


def test_curl_repeats_a_request() -> None:
    """The line quotes for the shell, masks, and leaves out what curl writes itself."""
    headers = (("Host", "h"), ("Content-Length", "9"), ("Authorization", "a"), ("A", "it's"))
    line = Redactor().curl(Sent("POST", "https://h/p?v=3&x=1", headers, b'{"a": "b"}'))
    assert line == (
        "curl -X POST 'https://h/p?v=3&x=1' -H 'Authorization: ***' -H 'A: it'\"'\"'s' "
        '--data-raw \'{"a": "b"}\''
    )


def test_curl_of_a_look_up() -> None:
    """A request without a body is the address alone."""
    assert Redactor().curl(Sent("GET", "https://h/p", (), b"")) == "curl https://h/p"


def test_curl_names_a_file_for_a_body_that_no_shell_takes() -> None:
    """A picture of megabytes does not bury the line."""
    line = Redactor().curl(Sent("PUT", "https://h/p", (), bytes(200_000)))
    assert line == "curl -X PUT https://h/p --data-binary @request-body"


def test_curl_stays_on_one_line() -> None:
    """Line ends and bytes that are no text are written as the shell's escapes."""
    line = Redactor().curl(Sent("POST", "https://h/p", (), b"a\n'\\\xff\xc3\xb6"))
    assert line.endswith(r"--data-raw $'a\x0a\'\\\xff" + "ö'")


def test_cost_does_not_grow_with_the_tokens() -> None:
    """Thousands of known tokens cost no more than a few."""
    few, many = Redactor(), Redactor()
    for number in range(5000):
        many.add_token(f"opaque-token-{number}")
    few.add_token("opaque-token-1")
    text = json.dumps([{"id": number, "text": "Where is my parcel?"} for number in range(30)])
    best = [min(timeit.repeat(lambda r=r: r.text(text), number=20)) for r in (few, many)]  # type: ignore[misc]
    assert best[1] < best[0] * 5


@pytest.mark.parametrize("add", ["add", "add_token"])
def test_text_seen_before_is_masked_once_its_secret_is_known(add: str) -> None:
    """A remembered text does not outlive what was known when it was masked."""
    redactor = Redactor()
    assert redactor.text("say opaque_abcdef1") == "say opaque_abcdef1"

    getattr(redactor, add)("opaque_abcdef1")

    assert redactor.text("say opaque_abcdef1") == "say ***"
