"""Tests of how differences are worded, placed and reported."""

import pytest
from jsonschema import Draft202012Validator

from connector_harness.contract.differences import (
    Difference,
    Reading,
    closest,
    path_text,
    quoted,
    report,
)
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.redaction.redactor import Redactor
from connector_harness.redaction.terminal_safe import shortened


def read(document: JsonValue, schema: JsonObject) -> list[Difference]:
    """Return the differences of *document* from *schema*, each ruled by its keyword."""
    checker = Draft202012Validator.FORMAT_CHECKER
    errors = Draft202012Validator(schema, format_checker=checker).iter_errors(document)
    return Reading(lambda error: str(error.validator), Redactor()).differences(errors)


@pytest.mark.parametrize(
    ("document", "schema", "message"),
    [
        (1, {"type": ["string", "null"]}, "1 is not of type 'string', 'null'"),
        ("ok", {"const": "OK"}, "'ok' is not 'OK'"),
        ("c", {"enum": ["a", None]}, "'c' is not one of 'a', None"),
        ("x y", {"pattern": "^x$"}, "'x y' does not match '^x$'"),
        ("x", {"format": "ipv4"}, "'x' is not a valid 'ipv4'"),
        ("", {"minLength": 1}, "'' is too short: 0 characters, at least 1 needed"),
        ("abc", {"maxLength": 2}, "'abc' is too long: 3 characters, at most 2 allowed"),
        (-1, {"minimum": 0}, "-1 is less than 0"),
        (10000, {"maximum": 5000}, "10000 is more than 5,000"),
        ([], {"minItems": 2}, "too few items: 0, at least 2 needed"),
        ([1, 2], {"maxItems": 1}, "too many items: 2, at most 1 allowed"),
        ([1, 2], {"prefixItems": [{}], "items": False}, "too many items: 2, at most 1 allowed"),
        ([1], {"items": False}, "too many items: 1, at most 0 allowed"),
        ({}, {"required": ["a"]}, "'a' is missing"),
        ({"a": 1}, {"additionalProperties": False}, "'a' is not a known member; known: none"),
        (3, {"not": {}}, "3 does not belong here"),
        (3, {"multipleOf": 2}, "3 does not satisfy multipleOf 2"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) and value else None,
)
def test_message_tells_value_and_limit(
    document: JsonValue, schema: JsonObject, message: str
) -> None:
    """Each rule has words of its own, with the value found and what was asked for."""
    assert [each.message for each in read(document, schema)] == [message]


@pytest.mark.parametrize(
    ("document", "schema", "cause"),
    [
        (1, {"type": "string"}, "$ is a number where a string belongs"),
        ("1", {"type": "integer"}, "$ is a string where a number belongs"),
        ("-1.5", {"type": ["number", "null"]}, "$ is a string where a number belongs"),
        ("one", {"type": "integer"}, None),
        (1.5, {"type": "integer"}, None),
        (True, {"type": "string"}, None),
        ([], {"type": "string"}, None),
        (7, {"const": "7"}, "$ is a number where a string belongs"),
        (7, {"enum": ["7", None]}, "$ is a number where a string belongs"),
        ("7", {"const": 7}, "$ is a string where a number belongs"),
        ("7", {"maxLength": 0}, None),
    ],
)
def test_number_and_string_taken_for_each_other_is_the_cause(
    document: JsonValue, schema: JsonObject, cause: str | None
) -> None:
    """A number where a string belongs is told as such, and the other way round."""
    assert [each.cause for each in read(document, schema)] == [cause]


def test_every_missing_and_every_unknown_member_is_a_difference() -> None:
    """Members are told one by one, each once, unknown ones at their own path."""
    schema: JsonObject = {
        "required": ["a", "b"],
        "properties": {"a": True, "b": True},
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    }

    paths = [(each.path, each.rule) for each in read({"y y": 1, "z": 1, "x-1": 1}, schema)]
    assert paths == [
        ("$", "required"),
        ("$", "required"),
        ("$['y y']", "additionalProperties"),
        ("$.z", "additionalProperties"),
    ]


def test_known_member_is_no_misspelling_of_a_missing_one() -> None:
    """A member that belongs there is not taken for one that is missing."""
    schema: JsonObject = {"required": ["id"], "properties": {"id": True, "ids": True}}

    assert [each.cause for each in read({"ids": 1}, schema)] == [None]


def test_differences_stand_in_the_order_of_the_document() -> None:
    """Items are ordered by number, not by digit, members by name."""
    found = read([*range(10), 10, {"b": 1, "a": 1}], {"items": {"type": "null"}})

    assert [each.path for each in found][-3:] == ["$[9]", "$[10]", "$[11]"]


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_alternatives_are_resolved_to_the_one_that_fits_best(keyword: str) -> None:
    """Of several alternatives only the one that is about this kind of document is told."""
    text: JsonObject = {
        "properties": {"kind": {"const": "text"}, "n": {"type": "null"}},
        "required": ["x"],
    }
    file: JsonObject = {"properties": {"kind": {"const": "file"}}}

    found = read({"kind": "text", "n": 1}, {keyword: [file, text, {"type": "string"}]})
    assert [(each.path, each.rule) for each in found] == [("$", "required"), ("$.n", "type")]


def test_alternatives_within_alternatives_are_resolved() -> None:
    """Nested alternatives end in a difference that can be acted on."""
    inner: JsonObject = {"anyOf": [{"type": "string"}, {"properties": {"a": {"minimum": 1}}}]}

    (found,) = read({"a": 0}, {"oneOf": [{"type": "null"}, inner]})
    assert (found.path, found.message) == ("$.a", "0 is less than 1")


def test_document_that_fits_two_exclusive_alternatives_is_told() -> None:
    """Where no alternative failed, the rule itself is the difference."""
    (found,) = read(1, {"oneOf": [{"type": "integer"}, {"minimum": 0}]})

    assert found.rule == "oneOf"


def test_long_value_is_shortened() -> None:
    """A message quotes the begin of a long value and its length."""
    (found,) = read("x" * 500, {"maxLength": 400})

    assert found.message == (
        f"'{'x' * 79}… (502 characters) is too long: 500 characters, at most 400 allowed"
    )


@pytest.mark.parametrize("document", [{"token": "hush-hush"}, {"token": ["hush-hush"]}])
def test_value_with_the_name_of_a_secret_is_masked(document: JsonValue) -> None:
    """A value is masked where the name of its member says that it is a secret."""
    schema: JsonObject = {"properties": {"token": {"items": {"maxLength": 1}, "maxLength": 1}}}

    (found,) = read(document, schema)
    assert found.message == "'***' is too long: 9 characters, at most 1 allowed"


def test_report_is_bounded() -> None:
    """Twenty differences are listed, three causes, the others counted."""
    many = [Difference(f"$[{n}]", "is wrong", "r", f"cause {n}") for n in range(22)]

    lines = report("answer", "s.json", many, document="[]", advice="look").splitlines()
    assert lines[0] == "answer does not match s.json (22 differences)"
    assert lines[39:] == [
        "  at $[19]: is wrong",
        "     rule: r",
        "  … and 2 more",
        "  likely cause: cause 0",
        "  likely cause: cause 1",
        "  likely cause: cause 2",
        "  document: []",
        "  next: look",
    ]


def test_report_of_twenty_lists_all() -> None:
    """Up to twenty differences none is only counted."""
    many = [Difference(f"$[{n}]", "is wrong", "r") for n in range(20)]

    assert "more" not in report("answer", "s.json", many, document="[]", advice="look")


def test_document_is_masked_before_it_is_shortened() -> None:
    """A secret cut in two by the limit does not show its first half."""
    document: JsonValue = {"a": "x" * 375, "token": "hush-hush-hush-hush"}

    assert "hush" not in quoted(document, Redactor())
    assert quoted(document, Redactor()).endswith('x","token":"***"}')


def test_document_up_to_the_limit_is_quoted_whole() -> None:
    """A document of 400 characters is shown whole, one of 401 is not."""
    assert quoted("x" * 398, Redactor()) == f'"{"x" * 398}"'
    assert quoted("x" * 399, Redactor()).endswith("x… (401 characters)")


def test_document_of_any_text_can_be_written() -> None:
    """Half a character, legal in JSON, is shown escaped; whole ones as they are."""
    assert quoted(["\ud800", "Grüße"], Redactor()) == '["\\ud800","Grüße"]'


def test_document_nested_without_end_is_not_quoted() -> None:
    """A document too deep to be written is told as such."""
    document: JsonValue = []
    for _ in range(100_000):
        document = [document]

    assert quoted(document, Redactor()) == "nested too deeply to be shown"


def test_shortened_counts_what_is_left_out() -> None:
    """A text of the limit stays whole; a longer one tells its length."""
    assert shortened("abcd", 4) == "abcd"
    assert shortened("x" * 1200, 3) == "xxx… (1,200 characters)"


def test_path_quotes_odd_members_only() -> None:
    """Words stand after a dot, anything else in quotes, items by number."""
    assert path_text([1, "body", "a b", 0, "it's"]) == "$[1].body['a b'][0][\"it's\"]"


def test_closest_name_ignores_case() -> None:
    """A name differing in case or by a slip is found, one like no other is not."""
    assert closest("CONVERSATIONID", ["conversationId", "sequence"]) == "conversationId"
    assert closest("xyz", ["conversationId", "sequence"]) is None
