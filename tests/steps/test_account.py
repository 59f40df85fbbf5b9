"""Tests of the ids that the account under test has, by the names of its settings."""

from dataclasses import replace

import pytest

from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject
from steps import account

CAMPAIGNS = {"spring": "123/456", "autumn": "789"}


@pytest.fixture
def configured(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose settings name a skill and two campaigns, one without an engagement."""
    return replace(endpoint, account="70001", skills={"billing": "4711"}, campaigns=CAMPAIGNS)


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("{accountid}", "70001"),
        ("{skill:billing}", "4711"),
        ("{skill:billing=-1}", "4711"),
        ("{skill:anybody=-1}", "-1"),
        ("{campaign:spring}", "123"),
        ("{engagement:spring}", "456"),
        ("{campaign:autumn}", "789"),
        ("{campaign:autumn=5}", "789"),
        ("{campaign:winter=5}", "5"),
        ("{engagement:winter=6}", "6"),
        ("{campaign:spring}-{engagement:spring}", "123-456"),
        (["{skill:billing}", 7], ["4711", 7]),
        ({"deep": ["{accountid}", None]}, {"deep": ["70001", None]}),
    ],
    ids=str,
)
def test_placeholder_is_filled(configured: Endpoint, value: object, filled: object) -> None:
    """An id stands wherever its placeholder stood: that of the settings, or the written one."""
    document: JsonObject = {"body": value}  # type: ignore[dict-item]  # any JSON

    assert account.for_account(document, configured) == {"body": filled}
    assert document == {"body": value}


@pytest.mark.parametrize("placeholder", ["{skill:vip}", "{campaign:vip}", "{engagement:vip}"])
def test_unknown_name_has_an_id_made_up(endpoint: Endpoint, placeholder: str) -> None:
    """What no settings name has an id of digits, the same for every account."""
    first, second = (
        account.for_account({"id": placeholder}, each)["id"]
        for each in (endpoint, replace(endpoint, account="9"))
    )

    assert first == second
    assert str(first).isdecimal()
    assert account.for_account({"id": placeholder.replace("vip", "pro")}, endpoint)["id"] != first


def test_member_without_an_engagement_is_left_out(configured: Endpoint) -> None:
    """Beside a real campaign stands no engagement that is made up."""
    info: JsonObject = {"c": "{campaign:autumn}", "e": "{engagement:autumn=6}"}

    assert account.for_account({"info": info}, configured) == {"info": {"c": "789"}}


@pytest.mark.parametrize(
    ("placeholder", "advice"),
    [
        ("{skil:billing}", "did you mean {skill:billing}?"),
        ("{Skill:billing}", "did you mean {skill:billing}?"),
        ("{skill: billing}", "did you mean {skill:billing}?"),
        ("{skill}", "did you mean {skill:NAME}?"),
        ("{campain:}", "did you mean {campaign:NAME}?"),
        ("{acountid}", "did you mean {accountid}?"),
        ("{accountid:7}", "did you mean {accountid}?"),
        (
            "{colour:red}",
            "write one of: {accountid}, {skill:NAME}, {campaign:NAME}, {engagement:NAME}",
        ),
    ],
)
def test_misspelt_placeholder_is_told(placeholder: str, advice: str) -> None:
    """What cannot be filled is named, wherever it stands, with what comes closest."""
    document: JsonObject = {"body": {"of": ["{skill:billing}", {"id": placeholder}]}}

    assert account.placeholder_problem(document) == f"it has no placeholder {placeholder}, {advice}"


def test_every_misspelt_placeholder_is_told() -> None:
    """Two mistakes in one document are told at once."""
    problem = account.placeholder_problem({"a": "{skil:a}{skil:b}", "b": "{skil:c}"})

    assert [f"{{skil:{name}}}" in problem for name in "abc"] == [True] * 3
