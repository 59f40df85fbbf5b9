"""Reading the Client-Properties header."""

import json

import pytest

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.rules.commands import ClientProperties, read_properties


@pytest.mark.parametrize(
    "kind", [".ClientProperties", ".ams.headers.ClientProperties", "ClientProperties"]
)
def test_every_spelling_of_the_type_is_understood(kind: str) -> None:
    """The schema, the pages and the clients spell the type differently."""
    document: JsonObject = {"type": kind, "features": ["MULTI_DIALOG"], "os": "LINUX"}

    properties = read_properties({"client-properties": json.dumps(document)})

    assert properties == ClientProperties(frozenset({"MULTI_DIALOG"}), document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[object Object]",
        "[]",
        "{}",
        '{"type":"Other","features":["A"]}',
        '{"type":".ClientProperties","type":"x"}',
        "[" * 5000,
        "\N{SNOWMAN}",
    ],
)
def test_what_cannot_be_read_announces_nothing(text: str) -> None:
    """Clients send anything in this header; none of it is an error."""
    assert read_properties({"client-properties": text}) == ClientProperties()


def test_missing_header_announces_nothing() -> None:
    """The header is optional."""
    assert read_properties({}) == ClientProperties()


@pytest.mark.parametrize(
    ("features", "read"), [(["NEW", 1, None], {"NEW"}), ("AUTO_MESSAGES", set()), (None, set())]
)
def test_odd_features_are_no_error(features: object, read: set[str]) -> None:
    """Unknown names are kept, what is no name is not."""
    document = {"type": ".ClientProperties", "features": features}

    properties = read_properties({"client-properties": json.dumps(document)})

    assert properties.features == read
