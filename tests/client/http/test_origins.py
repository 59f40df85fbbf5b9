"""An origin is scheme, host and port; anything else in its place is refused."""

import pytest

from connector_harness.client.http.origins import (
    bare_host,
    is_loopback,
    is_within,
    origin,
    speaks_plainly,
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("http://LOCALHOST:80/", "http://localhost:80"),
        ("http://[::1]:1", "http://[::1]:1"),
        ("va.sentinel.liveperson.net", "https://va.sentinel.liveperson.net"),
        ("https://api.example.test:8443/", "https://api.example.test:8443"),
    ],
)
def test_usable_addresses(address: str, expected: str) -> None:
    """Loopback may be plain http; a bare host means https."""
    assert origin(address) == expected


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://api.liveperson.net", "plain http is allowed to this machine only"),
        ("http://127.0.0.1.example.test", "plain http is allowed to this machine only"),
        ("ftp://127.0.0.1", "only http and https"),
        ("https://u:hidden@host", "no user name or password"),
        ("https://host/path", "without a path"),
        ("https://host?", "without a path"),
        ("https://ho st", "printable ASCII"),
        ("https://hößt", "printable ASCII"),
        ("https://", "needs a host"),
        ("https://host:0", "a port other than 0"),
        ("https://host:70000", "(?i)port"),
        ("https://a..b", "neither a name nor an address"),
        ("https://127.1", "neither a name nor an address"),
    ],
)
def test_refused_addresses(address: str, reason: str) -> None:
    """The message says what is wrong, and never shows the address."""
    with pytest.raises(ValueError, match=reason) as caught:
        origin(address)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VA.msg.example.test", "va.msg.example.test"),
        ("example.test:8443", "example.test"),
        ("xn--hst-0qa.test", "xn--hst-0qa.test"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:80", "[::1]"),
    ],
)
def test_bare_hosts(text: str, expected: str) -> None:
    """A host is a name or an address, with or without a port."""
    assert bare_host(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "a..b", "example.test.", "-a.test", "a-.test", f"{'a' * 64}.test", "a." * 130),
        *("example.test:0", "example.test:65536", "example.test:", "example.test:+1"),
        *("u@example.test", "example.test/", "example.test#", "exam ple.test", "https://a.test"),
        *("127.1", "2130706433", "0x7f.0x1", "0177.0.0.1", "256.0.0.1", "1.2.3.4.5", "a.1"),
        *("::1", "[1.2.3.4]", "[::1", "[]", "[fe80::1%25lo]"),
        *("h\u00f6st.test", "example\u3002test", "example\uff0etest", "\u2113iveperson.net"),
    ],
)
def test_no_bare_hosts(text: str) -> None:
    """What needs another reading, or is read in several ways, is no host."""
    assert bare_host(text) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.test", True),
        ("a.b.example.test", True),
        ("192.0.2.7", True),
        ("evilexample.test", False),
        ("example.test.evil.test", False),
        ("test", False),
        ("1.192.0.2.7", False),
        ("192.0.2.8", False),
    ],
)
def test_hosts_within_domains(host: str, expected: bool) -> None:  # noqa: FBT001  # a row's value
    """A domain holds itself and what lies below it; an address holds itself alone."""
    assert is_within(host, ["example.test", "192.0.2.7"]) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.8.9.1", True),
        ("[::1]", True),
        ("localhost", True),
        ("a.localhost", True),
        ("192.168.0.1", False),
        ("notlocalhost", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:  # noqa: FBT001  # a row's value
    """Only addresses and names that cannot leave this machine are loopback."""
    assert is_loopback(host) is expected


def test_https_to_loopback_is_not_plain() -> None:
    """Speaking plainly needs both: http, and this machine."""
    assert speaks_plainly("http://127.0.0.1:1")
    assert not speaks_plainly("https://127.0.0.1:1")
