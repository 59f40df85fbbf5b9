"""An origin is scheme, host and port; anything else in its place is refused."""

import pytest

from connector_harness.client.origins import is_loopback, origin, speaks_plainly


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
    ],
)
def test_refused_addresses(address: str, reason: str) -> None:
    """The message says what is wrong, and never shows the address."""
    with pytest.raises(ValueError, match=reason) as caught:
        origin(address)
    assert "hidden" not in str(caught.value)


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
