"""Manifests: which are admitted, and what they say."""

from typing import Any

import pytest

from connector_harness.sandbox.webhooks.subscriptions import (
    SUBSCRIPTIONS,
    Receiver,
    SignatureForm,
    manifest,
    read_subscription,
)

CONTENT, CHANGE = SUBSCRIPTIONS[0], SUBSCRIPTIONS[-1]
URL = "https://hooks.example.test/content"


def _told(**changes: object) -> dict[str, Any]:
    """Return a manifest that asks for messages."""
    return {CONTENT: {"endpoint": URL, **changes}}


def _headers(name: object = "x-key", value: object = "abc", **more: object) -> dict[str, Any]:
    """Return a manifest with one header of its own."""
    return _told(headers=[{"header_name": name, "header_value": value, **more}])


def test_manifest_is_read() -> None:
    """An app has its receivers, its retention time and its signature."""
    form = SignatureForm("sha256", "hex")
    webhooks: Any = {**_told(max_retries=3), "retry": {"retention_time": 3600}}

    read = read_subscription(webhooks, client_id="app", secret="s", signature=form)

    assert read.receivers == {CONTENT: Receiver(URL, 3)}
    assert (read.client_id, read.retention_s, read.signature) == ("app", 3600, form)


def test_nothing_is_retried_unless_asked_for() -> None:
    """Without retry members there is no number and no time."""
    read = read_subscription(_told(), client_id="a", secret="s", signature=SignatureForm())

    assert (read.retention_s, read.receivers[CONTENT].max_retries) == (None, None)


def test_credentials_are_not_shown() -> None:
    """Neither the secret nor the extra headers are in the text form."""
    read = read_subscription(
        _headers(value="hidden-1"), client_id="a", secret="hidden-2", signature=SignatureForm()
    )

    assert read.receivers[CONTENT].headers == (("x-key", "hidden-1"),)
    assert "hidden" not in repr(read)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"retry": {}},
        {"retry": {"retention_time": 2}},
        {"retry": {"retention_time": 259_200}},
        {key: {"endpoint": URL} for key in SUBSCRIPTIONS},
        _told(max_retries=0),
        _told(max_retries=5),
        _told(headers=[]),
        _headers(),
        _headers(value=""),
        _told(endpoint="https://hooks.example.test:65535/a/b?c=d"),
        _told(endpoint="https://192.0.2.1"),
        _told(endpoint="https://[2001:db8::1]:8443/x"),
        _told(endpoint="http://127.0.0.1:8080/x"),
        _told(endpoint="http://[::1]:8080"),
        _told(endpoint="http://localhost:8080"),
    ],
    ids=str,
)
def test_manifest_is_admitted(document: Any) -> None:  # noqa: ANN401 - any document
    """Every member is optional, and each may be at the end of its range."""
    assert manifest(document, "$") is None


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "$ is an array, not an object"),
        ({"retries": {}}, "$ has 'retries', which is not known"),
        (
            {"ms.MessagingEventNotification.AccpetStatusEvent": {"endpoint": URL}},
            "$ has 'ms.MessagingEventNotification.AccpetStatusEvent', which is not known",
        ),
        ({CONTENT: {}}, f"$.{CONTENT} lacks 'endpoint'"),
        (_told(url=1), f"$.{CONTENT} has 'url', which is not known"),
        (_told(max_retries=-1), f"$.{CONTENT}.max_retries is -1, not from 0 to 5"),
        (_told(max_retries=6), f"$.{CONTENT}.max_retries is 6, not from 0 to 5"),
        (_told(max_retries=True), f"$.{CONTENT}.max_retries is True, not an integer"),
        (_told(max_retries=1.5), f"$.{CONTENT}.max_retries is 1.5, not an integer"),
        ({"retry": {"retention_time": 1}}, "$.retry.retention_time is 1, not from 2 to 259200"),
        (
            {"retry": {"retention_time": 259_201}},
            "$.retry.retention_time is 259201, not from 2 to 259200",
        ),
        ({"retry": {"time": 5}}, "$.retry has 'time', which is not known"),
        (_told(headers={}), f"$.{CONTENT}.headers is an object, not an array"),
        (_headers(more=1), f"$.{CONTENT}.headers[0] has 'more', which is not known"),
        (
            _headers("a b"),
            f"$.{CONTENT}.headers[0].header_name is 'a b', not a name of a header that is free",
        ),
        (
            _headers(value="a\r\nb: c"),
            f"$.{CONTENT}.headers[0].header_value is no value of a header",
        ),
        (_headers(value=7), f"$.{CONTENT}.headers[0].header_value is no value of a header"),
    ],
)
def test_faulty_manifest_is_told_apart(document: Any, fault: str) -> None:  # noqa: ANN401 - any
    """The first fault is named with its place."""
    assert manifest(document, "$") == fault


@pytest.mark.parametrize("name", ["X-LivePerson-Signature", "Content-Length", "content-type"])
def test_headers_of_the_sandbox_stay(name: str) -> None:
    """What the sandbox sets itself cannot be asked for."""
    at = f"$.{CONTENT}.headers[0].header_name"

    fault = f"{at} is {name!r}, not a name of a header that is free"
    assert manifest(_headers(name), "$") == fault


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.test/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "hooks.example.test",
        "https://",
        "https:///x",
        "https://a..b/",
        f"https://{'a' * 64}.test/",
        "https://a.test:65536/",
        "https://a.test:0/",
        "https://a.test:x/",
        "https://[::1/",
        "https://user:word@a.test/",
        "https://a.test/#x",
        "https://a.test/x y",
        "https://a.test/\n",
        "https://grüße.test/",
    ],
)
def test_address_must_be_secure(address: str) -> None:
    """What is no address by https, nor one on this machine, is refused."""
    fault = manifest(_told(endpoint=address), "$")

    expected = "not an address as https://host/path, nor one on this machine"
    assert fault == f"$.{CONTENT}.endpoint is {_shortened(address)}, {expected}"


def _shortened(address: str) -> str:
    text = repr(address)
    return text if len(text) <= 60 else f"{text[:60]}…"


@pytest.mark.parametrize("address", [None, 7, "", f"https://a.test/{'x' * 2048}"], ids=str)
def test_address_must_be_text(address: object) -> None:
    """What is no text, or no text of a usable length, is refused."""
    assert manifest(_told(endpoint=address), "$") is not None
