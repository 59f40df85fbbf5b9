"""A call is shown by Allure's own viewer."""

import base64

import pytest

from connector_harness.report.allure.http_exchange import LONGEST, exchange_document
from connector_harness.results.record import Body, Header, RecordedExchange


def exchange(**told: object) -> RecordedExchange:
    """Return a call that was answered, but for what is *told*."""
    usual = {
        "operation": "publish_event",
        "method": "POST",
        "url": "https://x.test/send?v=3&key=",
        "title": "POST …/send → 200",
        "start": 10,
        "stop": 35,
        "status": 200,
    }
    return RecordedExchange(**(usual | told))  # type: ignore[arg-type]  # as the test has them


def test_call_has_its_address_and_times() -> None:
    """The address is taken apart, a value that is empty too."""
    document = exchange_document(exchange())

    assert (document["schemaVersion"], document["start"], document["stop"]) == (1, 10, 35)
    assert document["request"]["query"] == [
        {"name": "v", "value": "3"},
        {"name": "key", "value": ""},
    ]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (Body("Grüße", "text/plain"), ("utf8", "Grüße", 7, False)),
        (Body.of(b"\xff\x00", "image/png"), ("base64", "/wA=", 2, False)),
        (Body("x" * (LONGEST + 1)), ("utf8", "x" * LONGEST, LONGEST + 1, True)),
    ],
)
def test_body_is_text_or_base64(body: Body, shown: tuple[str, str, int, bool]) -> None:
    """The viewer is told how a body is written, how long it was, and whether it was cut."""
    told = exchange_document(exchange(response=body))["response"]["body"]

    assert (told["encoding"], told["value"], told["size"], told["truncated"]) == shown
    assert told["contentType"] == body.media_type


def test_no_body_is_none() -> None:
    """A request without a body shows none."""
    assert "body" not in exchange_document(exchange())["request"]


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True)])
def test_large_picture_is_cut_before_it_is_encoded(more: int, is_cut: bool) -> None:  # noqa: FBT001
    """What is left is a whole piece of the picture, and all of one that is not too large."""
    content = bytes([255]) * (LONGEST + more)
    told = exchange_document(exchange(response=Body.of(content, "image/png")))["response"]["body"]

    assert base64.b64decode(told["value"], validate=True) == content[:LONGEST]
    assert told["truncated"] is is_cut


def test_letters_are_counted_and_not_their_bytes() -> None:
    """A text that is shown whole is not said to be cut, however many bytes it took."""
    told = exchange_document(exchange(response=Body("ü" * LONGEST)))["response"]["body"]

    assert (told["size"], told["truncated"]) == (2 * LONGEST, False)


def test_masked_header_is_told_as_such() -> None:
    """A value that is masked as a whole is marked; one that holds more is shown."""
    headers = [Header("Authorization", "***"), Header("X", "a ***")]
    document = exchange_document(exchange(request_headers=headers))

    values = [each["value"] for each in document["request"]["headers"]]
    assert values == ["__ALLURE_REDACTED__", "a ***"]
