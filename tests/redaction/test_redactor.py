"""No secret survives in whatever form it is written; everything else stays as it was."""

import base64
import html
import json
import re
import string
import timeit
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_harness.redaction.encodings import revelations
from connector_harness.redaction.own_words import is_own_word
from connector_harness.redaction.redactor import MASK, Redactor

SECRET = 'p/s+w"ö 7\\x'
BACKSLASH = "\\"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI3MDAwMDAwMSJ9.c2lnbmF0dXJl-_x"


@pytest.fixture
def redactor() -> Redactor:
    """A redactor that knows one secret."""
    redactor = Redactor()
    redactor.add(SECRET)
    return redactor


def forms(secret: str = SECRET) -> dict[str, str]:
    """Return every way in which a secret may be written."""
    raw = secret.encode()
    utf16 = raw.decode().encode("utf-16-be").hex(" ", -2).split()
    codes = quote(secret, safe="").split("%")
    some = [code[:2].lower() + code[2:] if n % 2 else code for n, code in enumerate(codes[1:])]
    return {
        "plain": secret,
        "url": quote(secret, safe=""),
        "url-lower": re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")),
        "url-mixed": "%".join([codes[0], *some]),
        "url-every": "".join(f"%{byte:02x}" for byte in raw),
        "url-twice": quote(quote(secret, safe=""), safe=""),
        "form": quote_plus(secret),
        "json": json.dumps(secret)[1:-1],
        "json-utf8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "json-twice": json.dumps(json.dumps(secret))[1:-1],
        "json-slash": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "json-every": "".join(f"\\u{unit}" for unit in utf16),
        "json-in-url": quote(json.dumps(secret)[1:-1]),
        "html": html.escape(secret),
        "html-decimal": "".join(f"&#{ord(letter)};" for letter in secret),
        "html-hex": "".join(f"&#x{ord(letter):X};" for letter in secret),
        "json-in-html": html.escape(json.dumps(secret)[1:-1]),
        "repr": repr(secret)[1:-1],
        "bytes": repr(raw)[2:-1],
        "ascii": ascii(secret)[1:-1],
        "base64": base64.b64encode(raw).decode(),
        "base64-url": base64.urlsafe_b64encode(raw).decode(),
        "base64-in-url": quote(base64.b64encode(raw), safe=""),
        "basic-1": base64.b64encode(b"i:" + raw).decode(),
        "basic-2": base64.b64encode(b"id:" + raw + b"tail").decode(),
        "basic-3": base64.b64encode(b"i-d:" + raw + b"x").decode(),
        "hex": raw.hex(),
        "hex-upper": raw.hex().upper(),
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


LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
SECRETS = (st.text(LETTERS, min_size=8) | st.text(string.printable[:95], min_size=8)).filter(
    lambda secret: not is_own_word(secret)
)
AROUND = st.text(st.sampled_from('ab1 %&;\\"/+=<>{}:,\nü'), max_size=30)


@settings(max_examples=300, deadline=None)
@given(SECRETS, AROUND, AROUND, st.sampled_from(sorted(forms())))
def test_any_secret_in_any_form_anywhere(secret: str, before: str, after: str, form: str) -> None:
    """Whatever the secret, its form and what surrounds it, the form does not stay."""
    redactor = Redactor(())
    redactor.add(secret)
    written = forms(secret)[form]
    masked = redactor.text(f"{before}<{written}>{after}")
    assert MASK in masked
    assert written in MASK or written not in masked


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('abc019 %&;\\"/+=u:,\n'), max_size=300))
def test_any_text_without_a_secret_stays(text: str) -> None:
    """Text in which no secret stands is returned as it came, escapes and all."""
    redactor = Redactor()
    redactor.add("sandbox-secret-3f9a7c1e")
    assert redactor.text(text) == text


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
        (f"in hex {JWT.encode().hex()}.", "in hex ***."),
        (f"in hex {JWT.encode().hex().upper()}.", "in hex ***."),
        ('{"token": 123456789}', '{"token": "***"}'),
        ('{"email":"a@b","phone":"+49","mail":"","mobileNum":1750}',
         '{"email":"***","phone":"***","mail":"***","mobileNum":"***"}'),
        ("x=1&Email=a%40b&y=2", "x=1&Email=***&y=2"),
        ("{'mail': 'a@b'}", "{'mail': '***'}"),
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
        '{"telephone":"1","emails":["a"],"by mail":"b"}',
        '{"fileUploadAddress":"titleUpdateFailed","leUpperBound":1,"V5SidOfTheTable":2}',
        "",
    ],
)
def test_ordinary_text_stays(redactor: Redactor, text: str) -> None:
    """What is no secret is returned unchanged."""
    assert redactor.text(text) == text


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_token_in_base64(before: str) -> None:
    """A token nobody has told of is found in Base64 wherever that begins."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        masked = Redactor().text(f"see {encode((before + JWT).encode()).decode()} and more")
        assert re.fullmatch(r"see \w{0,4}\*\*\*=* and more", masked)


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
    secret = ("authorization", "X-Lp-On-Behalf", "LP-On-Behalf")
    others = (("Via", f"x {SECRET}"), ("A", "b"))
    assert redactor.headers([*((name, "b") for name in secret), *others]) == [
        *((name, "***") for name in secret),
        ("Via", "x ***"),
        ("A", "b"),
    ]


@pytest.mark.parametrize("name", ["X-LP-ON-BEHALF", "LP-On-Behalf", "lp-on-behalf"])
@pytest.mark.parametrize("form", ["{}: {}", '{{"{}": "{}"}}', "?{}={}"])
def test_header_in_a_text_is_masked(form: str, name: str) -> None:
    """The consumer token is masked by the name of its header, in any text and form."""
    shown = form.format(name, "opaque-value")

    assert Redactor().text(shown) == form.format(name, "***")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("secret", [SECRET, JWT])
def test_wide_letters(redactor: Redactor, secret: str, encoding: str) -> None:
    """An answer in UTF-16 or UTF-32 keeps neither a secret nor a token."""
    masked = redactor.content(f"before {secret} after".encode(encoding))
    assert MASK.encode() in masked
    for at in range(len(secret) - 4):
        for order in ("le", "be"):
            assert secret[at : at + 4].encode(f"{encoding[:6]}-{order}") not in masked


def test_bytes_that_are_no_text(redactor: Redactor) -> None:
    """Secrets are found between bytes that are no text, and those bytes survive."""
    assert redactor.content(b"\xff" + SECRET.encode() + b"\xfe") == b"\xff***\xfe"


def test_bytes_without_a_secret(redactor: Redactor) -> None:
    """Bytes without a secret come back as the same object."""
    content = b"\xff[1, 2]"
    assert redactor.content(content) is content


def test_cost_does_not_grow_with_the_tokens() -> None:
    """Thousands of known tokens cost no more than some hundred."""
    some, many = Redactor(), Redactor()
    for number in range(5000):
        many.add_token(f"opaque-token-{number}")
        if number < 200:
            some.add_token(f"opaque-token-{number}")
    text = json.dumps([{"id": number, "text": "Where is my parcel?"} for number in range(30)])
    best = [min(timeit.repeat(lambda r=r: r.text(text), number=20)) for r in (some, many)]  # type: ignore[misc]
    assert best[1] < best[0] * 3


@pytest.mark.parametrize("add", ["add", "add_token"])
def test_text_seen_before_is_masked_once_its_secret_is_known(add: str) -> None:
    """A remembered text does not outlive what was known when it was masked."""
    redactor = Redactor()
    assert redactor.text("say opaque_abcdef1") == "say opaque_abcdef1"

    getattr(redactor, add)("opaque_abcdef1")

    assert redactor.text("say opaque_abcdef1") == "say ***"


PROFILE = json.dumps(
    {"contacts": [{"email": "mira@example.test", "phone": "+4930123456"}], "mobileNum": 17503453}
).encode()


@pytest.fixture
def knowing() -> Redactor:
    """A redactor that has seen a profile."""
    redactor = Redactor()
    redactor.learn(PROFILE)
    return redactor


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("write to mira@example.test, or call +4930123456", "write to ***, or call ***"),
        ("/find?m=mira%40example.test&p=%2b4930123456", "/find?m=***&p=***"),
        ('{"text":"I am \\u006dira@example.test"}', '{"text":"I am ***"}'),
        ("bWlyYUBleGFtcGxlLnRlc3Q=", "***Q="),
        ("mobile:17503453", "mobile:***"),
        ("at 117503453, no. 175034531", "at 117503453, no. 175034531"),
        ("%20117503453", "%20117503453"),
        ("first\\nmira@example.test", "first\\n***"),
    ],
)
def test_personal_data_is_masked_wherever_it_appears(
    knowing: Redactor, written: str, masked: str
) -> None:
    """What a profile has been seen to hold is masked elsewhere too, where it stands as a word."""
    assert knowing.text(written) == masked


def test_short_personal_data_is_masked_at_its_member_alone() -> None:
    """Five characters are too few to be told from ordinary text."""
    redactor = Redactor()
    redactor.learn(b'{"phone":"12345"}')
    assert redactor.text('12345 {"phone":"12345"}') == '12345 {"phone":"***"}'


def test_personal_data_is_what_the_settings_name() -> None:
    """Other members than the named ones are not personal."""
    redactor = Redactor(["last.name"])
    redactor.learn(b'{"last.name": "Okafor", "lastxname": "Another", "mail": "m@example.test"}')
    written = 'Okafor Another m@example.test {"last.name":"B","mail":"c"}'
    assert redactor.text(written) == ('*** Another m@example.test {"last.name":"***","mail":"c"}')


@pytest.mark.parametrize(
    "content",
    [b'{"mail":', b'{"mail":[[[', b'{"mail":null}', b'{"mail":true}', b'\xff"mail":\xff', b"["],
)
def test_what_is_no_document_teaches_nothing(content: bytes) -> None:
    """A body cut short or broken is no reason to fail, nor to mask anything."""
    redactor = Redactor()
    redactor.learn(content, b'{"mail":' + b"[" * 100_000)
    assert redactor.secrets == []


def test_flood_of_personal_data_fills_no_memory() -> None:
    """An endpoint with ever new mail addresses is heard only for so long."""
    redactor = Redactor()
    redactor.learn(*(b'{"mail":"%d@example.test"}' % number for number in range(10_500)))
    redactor.learn(b'{"mail":"' + b"x" * 2_000 + b'"}')
    assert len(redactor.secrets) == 10_000


def test_secrets_have_kinds_and_show_no_values() -> None:
    """What is known is listed by kind; its text does not show by itself."""
    redactor = Redactor()
    redactor.add("the-secret")
    redactor.add_token("opaque-token-1", kind="file signature")
    redactor.add_token(JWT)
    assert [secret.kind for secret in redactor.secrets] == ["client secret", "file signature"]
    assert "opaque" not in repr(redactor.secrets)


def test_what_another_process_knows() -> None:
    """What one process knows another one masks likewise."""
    redactor = Redactor()
    redactor.add_token("abcdef")
    other = Redactor()
    other.take_over(redactor.secrets)
    assert other.text("abcdef abcdefg") == "*** abcdefg"


def test_secret_that_was_a_word_is_masked_everywhere() -> None:
    """Once it is known that a word is a configured secret, it is masked inside of words too."""
    redactor = Redactor()
    redactor.add_token("abcdef")
    redactor.add("abcdef")
    redactor.add_token("abcdef")
    assert redactor.text("xabcdefx") == "x***x"


def test_hidden_deeper_than_a_pattern_knows(redactor: Redactor) -> None:
    """A secret behind escapes of three kinds is masked, at the price of the escapes."""
    written = quote(html.escape(json.dumps(SECRET)), safe="")
    assert MASK in redactor.text(f"x {written} y")
    assert SECRET not in redactor.text(f"x {written} y")


def test_long_number_hides_nothing(redactor: Redactor) -> None:
    """A letter written with thousands of zeros, more than Python reads, is seen through."""
    written = "".join(f"&#{ord(letter):06000};" for letter in SECRET)
    assert redactor.text(f"x {written} y") == f"x {MASK} y"


def test_every_secret_behind_escapes_is_masked(redactor: Redactor) -> None:
    """Where one secret costs a text its escapes, another one behind other escapes does not stay."""
    other = 'an"other/secret'
    redactor.add(other)
    first = quote(html.escape(json.dumps(SECRET)), safe="")
    second = html.escape(quote(json.dumps(other), safe="")).replace("%", "&#x25;")
    masked = redactor.text(f"{first} {second}")
    for plain in [masked, *revelations(masked)]:
        assert SECRET not in plain
        assert other not in plain


def test_many_secrets_behind_escapes_cost_no_more_than_long_text() -> None:
    """A text that holds hundreds of secrets behind escapes does not keep the redactor busy."""
    redactor = Redactor(())
    secrets = [f"secret-{number:04}-{number * number:08}" for number in range(1_000)]
    redactor.add(*secrets)
    text = " ".join(f"%73{secret[1:]}" for secret in secrets * 20)
    assert timeit.timeit(lambda: redactor.text(text), number=1) < 10
    assert "ecret" not in redactor.text(text)


@pytest.mark.parametrize(
    "text",
    [
        BACKSLASH * 100_000,
        "%25" * 100_000,
        "&amp;" * 100_000,
        "ZXlK" * 100_000,
        "leUp" * 100_000,
        "token" * 50_000,
        '"mail":' * 50_000,
        '"' * 100_000 + "token",
        f"{forms()['json-every']} {BACKSLASH * 100_000}",
        f"&#{'9' * 100_000};",
    ],
    ids=lambda text: text[:5],
)
def test_hostile_text_costs_no_more_than_long_text(redactor: Redactor, text: str) -> None:
    """No text of some hundred kilobytes keeps the redactor busy for long."""
    assert timeit.timeit(lambda: redactor.text(text), number=1) < 10
