"""The last exchange is shown as a line for the shell that repeats it."""

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.plugin.failing.message import ShownExchange
from connector_harness.redaction.redactor import Redactor

HEADERS = (("Host", "h"), ("Content-Length", "9"), ("Authorization", "a"), ("A", "it's"))


def repeat(method: str, headers: tuple[tuple[str, str], ...], body: bytes) -> str:
    """Return the line that repeats a request."""
    sent = Exchange("send", method, "https://h/p?v=3&x=1", headers, body, 200, (), b"", 0.0, 0.1)
    return next(line for line in ShownExchange(sent, Redactor()).lines() if "repeat" in line)


@pytest.mark.parametrize(
    ("method", "headers", "body", "line"),
    [
        ("GET", (), b"", ""),
        (
            *("POST", HEADERS, b'{"a": "b"}'),
            " -H 'Authorization: ***' -H 'A: it'\"'\"'s' --data-raw '{\"a\": \"b\"}'",
        ),
        ("PUT", (), bytes(200_000), " --data-binary @request-body"),
        ("POST", (), b"a\n'\\\xff\xc3\xb6", r" --data-raw $'a\x0a\'\\\xff" + "ö'"),
    ],
    ids=["look-up", "quoted and masked", "too long for a shell", "bytes that are no text"],
)
def test_curl_repeats_a_request(
    method: str, headers: tuple[tuple[str, str], ...], body: bytes, line: str
) -> None:
    """One line, quoted for the shell, masked, without what curl writes itself."""
    verb = "" if method == "GET" else f" -X {method}"
    assert repeat(method, headers, body) == f"  repeat: curl{verb} 'https://h/p?v=3&x=1'{line}"
