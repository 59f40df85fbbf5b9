"""Values that differ from run to run are told by their names."""

import json

from connector_harness.plugin.preview.page import Placeholders

ONE, OTHER = "11111111-aaaa-4000-8000-000000000000", "22222222-bbbb-4000-8000-000000000000"


def learned(*documents: object) -> Placeholders:
    """Return the names for what *documents* tell."""
    placeholders = Placeholders()
    for document in documents:
        placeholders.learn(json.dumps(document).encode())
    return placeholders


def test_value_of_an_answer_has_a_name() -> None:
    """What an answer calls the conversation's id is one wherever it is sent again."""
    placeholders = learned([{"body": {"conversationId": ONE}}])

    assert placeholders.document({"a": [f"x {ONE}"], ONE: 1}) == {
        "a": ["x <conversation id>"],
        "<conversation id>": 1,
    }


def test_second_of_a_kind_is_numbered() -> None:
    """Two conversations are told apart."""
    placeholders = learned({"conversationId": ONE}, {"conversationId": OTHER})

    assert placeholders.text(f"{OTHER} {ONE}") == "<conversation id 2> <conversation id>"


def test_first_name_stays() -> None:
    """The main dialog, whose id is the conversation's, is called as that is."""
    placeholders = learned({"conversationId": ONE, "dialogId": ONE})

    assert placeholders.text(ONE) == "<conversation id>"


def test_value_inside_of_another_does_not_spoil_it() -> None:
    """The longer value is replaced as a whole."""
    placeholders = Placeholders()
    placeholders.add("account", "12345678")
    placeholders.add("consumer", "12345678-shopper")

    assert placeholders.text("12345678-shopper of 12345678") == "<consumer> of <account>"


def test_short_value_is_no_value() -> None:
    """What may stand anywhere by chance is not replaced."""
    placeholders = learned({"conversationId": "c-1"})

    assert placeholders.text("abc-1") == "abc-1"


def test_time_made_from_another_is_told_by_how_far_it_lies_from_it() -> None:
    """A prolonged address shows that it is one."""
    placeholders = learned({"queryParams": {"temp_url_expires": "1700000000"}})

    assert placeholders.target("/f?temp_url_expires=1700003600") == (
        "/f?temp_url_expires=<expiry +3600>"
    )
    assert placeholders.target("/f?temp_url_expires=1700000000") == "/f?temp_url_expires=<expiry>"


def test_moments_have_no_number() -> None:
    """Whether two addresses end in one second is chance; the pages do not tell."""
    placeholders = learned(
        {"queryParams": {"temp_url_expires": "1700000000"}},
        {"queryParams": {"temp_url_expires": "1700000001"}},
    )

    assert placeholders.target("/f?temp_url_expires=1700000001") == "/f?temp_url_expires=<expiry>"


def test_what_is_no_document_tells_nothing() -> None:
    """The bytes of a picture are no reason to stop."""
    placeholders = Placeholders()
    placeholders.learn(b"\x89PNG")

    assert placeholders.text("PNG") == "PNG"
