"""Tests of the schemas in ``schemas/``: what each accepts and refuses, and that each is used."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from connector_harness.contract import ANSWERS, Contract
from connector_harness.differences import path_text
from connector_harness.documents import JsonValue
from connector_harness.schemas import Compiler, parts, read_schemas

FOLDER = Path(__file__).parent.parent / "schemas"
EXAMPLES = Path(__file__).parent / "examples"
SCHEMAS, REGISTRY = read_schemas(FOLDER)
CONTRACT = Contract(FOLDER)
REQUESTS = {"request/batch", "request/app_token", "request/consumer_token"}
KEYWORDS = {
    *Draft202012Validator.VALIDATORS,
    *("$id", "title", "description", "then", "else", "prefixItems"),
}


def example_files(kind: str) -> list[Path]:
    """Return the example files whose name starts with *kind*."""
    return sorted(EXAMPLES.glob(f"*/*/{kind}-*.json"))


def short_name(file: Path) -> str:
    """Return how a test names the example *file*."""
    return file.relative_to(EXAMPLES).with_suffix("").as_posix()


def schema_of(example: Path) -> str:
    """Return the name of the schema that *example* is for."""
    return example.parent.relative_to(EXAMPLES).as_posix()


def example(name: str) -> JsonValue:
    """Return a fresh copy of the example called *name*."""
    document: JsonValue = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return document


def changed(name: str, path: tuple[str | int, ...], value: JsonValue) -> JsonValue:
    """Return the example called *name* with *value* at *path*."""
    document = at = copy.deepcopy(example(name))
    for step in path[:-1]:
        at = at[step]  # type: ignore[index]
    at[path[-1]] = value  # type: ignore[index]
    return document


def reached(name: str) -> Iterator[str]:
    """Yield *name* and the names of all schemas it refers to."""
    yield name
    for _, part in parts(SCHEMAS[name]):
        if isinstance(part.get("$ref"), str):
            folder = name.partition("/")[0]
            yield from reached(f"{folder}/{str(part['$ref']).removesuffix('.json')}")


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_says_what_it_is(name: str) -> None:
    """A schema has the id of its place, a title, and a description that names its source."""
    schema = SCHEMAS[name]

    assert schema["$id"] == f"https://connector-harness.test/schemas/{name}.json"
    assert schema["title"]
    assert "Source: API facts §" in str(schema["description"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_uses_keywords_that_exist(name: str) -> None:
    """No schema has a misspelt keyword, which JSON Schema would ignore."""
    # What stands under `properties` are names of members, not keywords.
    schemas = [part for at, part in parts(SCHEMAS[name]) if not at.endswith("/properties")]

    assert {keyword for each in schemas for keyword in each} <= KEYWORDS


@pytest.mark.parametrize("name", [each for each in SCHEMAS if each.startswith("request/")])
def test_request_admits_known_members_only(name: str) -> None:
    """Every object of a request that lists its members admits no other; branches list theirs."""
    objects = [part for _, part in parts(SCHEMAS[name]) if part.get("type") == "object"]
    listing = [each for each in objects if "properties" in each and "allOf" not in each]

    assert all(each.get("additionalProperties") is False for each in listing)


@pytest.mark.parametrize("name", [each for each in SCHEMAS if each.startswith("response/")])
def test_answer_admits_unknown_members(name: str) -> None:
    """No object of an answer is refused for a member it has more."""
    assert not [at for at, part in parts(SCHEMAS[name]) if "additionalProperties" in part]


@pytest.mark.parametrize("kind", ["accepted", "refused"])
def test_every_schema_has_examples(kind: str) -> None:
    """Every schema has at least one accepted and one refused example, and no example is astray."""
    with_examples = {schema_of(each) for each in EXAMPLES.glob(f"*/*/{kind}-*.json")}

    assert with_examples == set(SCHEMAS)


def test_every_schema_is_used() -> None:
    """Every schema judges a request of the client or an answer, or is part of one that does."""
    rows = [[row] if isinstance(row, str) else row.values() for row in ANSWERS.values()]
    roots = REQUESTS.union(*rows)

    assert {each for root in roots for each in reached(root)} == set(SCHEMAS)


@pytest.mark.parametrize("file", example_files("accepted"), ids=short_name)
def test_accepted_example_has_no_difference(file: Path) -> None:
    """An accepted example satisfies its schema."""
    assert CONTRACT.differences(json.loads(file.read_bytes()), schema_of(file)) == []


@pytest.mark.parametrize("file", example_files("refused"), ids=short_name)
def test_refused_example_has_one_difference(file: Path) -> None:
    """A refused example differs from its schema in the one thing its name says."""
    assert len(CONTRACT.differences(json.loads(file.read_bytes()), schema_of(file))) == 1


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/*/*.json")), ids=short_name)
def test_compiled_parts_judge_as_jsonschema_does(file: Path) -> None:
    """Keeping the validators of parts changes no error, and no path of one."""
    document, schema = json.loads(file.read_bytes()), SCHEMAS[schema_of(file)]
    ours, theirs = (
        [
            (each.message, list(each.absolute_path), list(each.absolute_schema_path))
            for each in found
        ]
        for found in (
            Compiler(REGISTRY).validator(schema).iter_errors(document),
            Draft202012Validator(schema, registry=REGISTRY).iter_errors(document),
        )
    )

    assert ours == theirs


CONVERSATION = "request/consumer_request_conversation/accepted-full"
OPENED = "response/conversation/accepted-first-message"
DUPLICATE = "response/duplicate_conversation/accepted-first-message"
PROFILE = "request/set_user_profile/accepted-empty"
MESSAGE = "request/publish_event/accepted-text"
UNAUTHENTICATED = "response/authentication_error/accepted-40102"
CUSTOMER = "request/engagement_attribute/accepted-customer"
PERSON = "request/engagement_attribute/accepted-person"
SKILL = ("body", "skillId")
LIMITS = {
    "command id, shortest": (CONVERSATION, ("id",), "1", ""),
    "command id, longest": (CONVERSATION, ("id",), "i" * 64, "i" * 65),
    "skill id, longest": (CONVERSATION, SKILL, "9" * 10, "9" * 11),
    "skill id, shortest": (CONVERSATION, SKILL, "1", ""),
    "skill id, no line end": (CONVERSATION, SKILL, "12", "12\n"),
    "skill id, least": (CONVERSATION, SKILL, -1, -2),
    "skill id, greatest": (CONVERSATION, SKILL, 9_999_999_999, 10_000_000_000),
    "skill id, no truth value": (CONVERSATION, SKILL, 1, True),
    "brand id, a digit": (CONVERSATION, ("body", "brandId"), "le1", "le"),
    "brand id, a string": (CONVERSATION, ("body", "brandId"), "70000001", 70000001),
    "response time": (CONVERSATION, ("body", "ttrDefName"), None, ""),
    "external id": (
        "request/metadata/accepted-external-id",
        ("id",),
        "i" * 64,
        "i" * 65,
    ),
    "reason": ("request/metadata/accepted-action-reason", ("reason",), "r" * 64, "r" * 65),
    "reason id": ("request/metadata/accepted-action-reason", ("reasonId",), "r" * 64, "r" * 65),
    "client id": ("request/app_token/accepted-type-in-query", ("client_id",), "c", ""),
    "client secret": ("request/app_token/accepted-type-in-query", ("client_secret",), "c", ""),
    "consumer": ("request/consumer_token/accepted-consumer", ("ext_consumer_id",), "c", ""),
    "service": ("response/domain/accepted-host", ("service",), "s", ""),
    "account": ("response/domain/accepted-host", ("account",), "1", ""),
    "host": ("response/domain/accepted-host", ("baseURI",), "[::1]:80", ""),
    "conversation id, shortest": (OPENED, (1, "body", "conversationId"), "c", ""),
    "conversation id, longest": (OPENED, (1, "body", "conversationId"), "c" * 64, "c" * 65),
    "request id, shortest": (OPENED, (0, "reqId"), "r", ""),
    "request id, longest": (OPENED, (2, "reqId"), "r" * 64, "r" * 65),
    "sequence, least": (OPENED, (2, "body", "sequence"), 0, -1),
    "sequence, whole": (OPENED, (2, "body", "sequence"), 1, 0.5),
    "duplicate's request id": (DUPLICATE, (2, "reqId"), "r", ""),
    "refused request id": ("response/refusal/accepted-documented", ("reqId",), "r" * 64, "r" * 65),
    "duplicate's request id, longest": (DUPLICATE, (2, "reqId"), "r" * 64, "r" * 65),
    "profile's request id in a duplicate": (DUPLICATE, (0, "reqId"), "r" * 64, "r" * 65),
    "profile's request id in a duplicate, shortest": (DUPLICATE, (0, "reqId"), "r", ""),
    "conversation's request id in a duplicate": (DUPLICATE, (1, "reqId"), "r" * 64, "r" * 65),
    "conversation's request id in a duplicate, shortest": (DUPLICATE, (1, "reqId"), "r", ""),
    "profile's request id": (OPENED, (0, "reqId"), "r" * 64, "r" * 65),
    "conversation's request id": (OPENED, (1, "reqId"), "r" * 64, "r" * 65),
    "conversation's request id, shortest": (OPENED, (1, "reqId"), "r", ""),
    "message's request id, shortest": (OPENED, (2, "reqId"), "r", ""),
    "profile's code": (OPENED, (0, "code"), "OK", "BAD_REQUEST"),
    "message's code": (OPENED, (2, "code"), "OK", "BAD_REQUEST"),
    "profile's id, shortest": (PROFILE, ("id",), "1", ""),
    "profile's id, longest": (PROFILE, ("id",), "i" * 64, "i" * 65),
    "profile's type": (PROFILE, ("type",), "userprofile.SetUserProfile", "SetUserProfile"),
    "conversation's kind": (CONVERSATION, ("kind",), "req", "resp"),
    "conversation's type": (
        CONVERSATION,
        ("type",),
        "cm.ConsumerRequestConversation",
        "ConsumerRequestConversation",
    ),
    "message's id, shortest": (MESSAGE, ("id",), "1", ""),
    "message's id, longest": (MESSAGE, ("id",), "i" * 64, "i" * 65),
    "message's kind": (MESSAGE, ("kind",), "req", "resp"),
    "message's type": (MESSAGE, ("type",), "ms.PublishEvent", "PublishEvent"),
    "event's type": (MESSAGE, ("body", "event", "type"), "ContentEvent", "RichContentEvent"),
    "kind of an error": (UNAUTHENTICATED, ("kind",), "resp", "req"),
    "token of three parts": (
        "response/consumer_token/accepted-documented",
        ("token",),
        "a.b.c",
        "a.b",
    ),
    "company size, whole": (CUSTOMER, ("info", "companySize"), 1, 0.5),
    "day of a payment, whole": (CUSTOMER, ("info", "lastPaymentDate", "day"), 1, 0.5),
    "age, whole": (PERSON, ("personal", "age", "age"), 1, 0.5),
    "refusal of a token": ("response/token_refusal/accepted-oauth", ("error",), "e", ""),
}


@pytest.mark.parametrize(("base", "path", "inside", "_"), LIMITS.values(), ids=LIMITS)
def test_value_at_the_limit_is_accepted(
    base: str, path: tuple[str | int, ...], inside: JsonValue, _: JsonValue
) -> None:
    """The last value inside a limit satisfies the schema."""
    assert CONTRACT.differences(changed(base, path, inside), base.rpartition("/")[0]) == []


@pytest.mark.parametrize(("base", "path", "_", "outside"), LIMITS.values(), ids=LIMITS)
def test_value_past_the_limit_is_refused(
    base: str, path: tuple[str | int, ...], _: JsonValue, outside: JsonValue
) -> None:
    """The first value outside a limit is the one difference."""
    assert len(CONTRACT.differences(changed(base, path, outside), base.rpartition("/")[0])) == 1


FULL = [
    "request/app_token/accepted-type-in-form",
    "request/batch/accepted-first-message",
    "request/consumer_request_conversation/accepted-empty-context",
    "request/consumer_request_conversation/accepted-full",
    "request/consumer_token/accepted-consumer",
    "request/engagement_attribute/accepted-customer",
    "request/engagement_attribute/accepted-person",
    "request/metadata/accepted-action-reason",
    "request/metadata/accepted-external-id",
    "request/publish_event/accepted-metadata",
    "request/set_user_profile/accepted-attributes",
    "request/set_user_profile/accepted-older-pages",
    "response/app_token/accepted-documented",
    "response/authentication_error/accepted-40102",
    "response/consumer_token/accepted-documented",
    "response/conversation/accepted-first-message",
    "response/domain/accepted-host",
    "response/domain_refusal/accepted-any-object",
    "response/domains/accepted-two",
    "response/duplicate_conversation/accepted-first-message",
    "response/refusal/accepted-documented",
    "response/throttled/accepted-assumed",
    "response/token_refusal/accepted-described",
    "response/version_error/accepted-assumed",
]
"""Examples that hold, together, every member a schema lists."""

ERROR_FRAME = {"$.kind", "$.type"}
FREE = {
    "request/consumer_request_conversation/accepted-empty-context": {
        "$.body.conversationContext.clientProperties.appId"
    },
    "response/domain_refusal/accepted-any-object": {"$.message"},
    "response/duplicate_conversation/accepted-first-message": {"$[2].body", "$[2].body.msg"},
    "response/throttled/accepted-assumed": ERROR_FRAME,
    "response/version_error/accepted-assumed": ERROR_FRAME,
}
"""Members of which nothing is known but that they may be there."""

REQUIRED = {
    "request/app_token/accepted-type-in-form": "$.client_id $.client_secret",
    "request/consumer_request_conversation/accepted-full": (
        "$.body $.body.brandId $.id $.metadata[0].id $.metadata[0].type $.type"
    ),
    "request/consumer_token/accepted-consumer": "$.ext_consumer_id",
    "request/engagement_attribute/accepted-customer": (
        "$.info $.info.lastPaymentDate.day $.info.lastPaymentDate.month"
        " $.info.lastPaymentDate.year $.info.registrationDate.day"
        " $.info.registrationDate.month $.info.registrationDate.year $.type"
    ),
    "request/engagement_attribute/accepted-person": "$.personal $.type",
    "request/metadata/accepted-action-reason": "$.type",
    "request/metadata/accepted-external-id": "$.id $.type",
    "request/publish_event/accepted-metadata": (
        "$.body $.body.event $.body.event.contentType $.body.event.message $.body.event.type"
        " $.id $.metadata[0].id $.metadata[0].type $.type"
    ),
    "request/set_user_profile/accepted-older-pages": (
        "$.body $.id $.metadata[0].id $.metadata[0].type $.type"
    ),
    "response/app_token/accepted-documented": "$.access_token $.token_type",
    "response/authentication_error/accepted-40102": (
        "$.body $.body.details $.body.errorCode $.body.title $.code $.kind $.type"
    ),
    "response/consumer_token/accepted-documented": "$.token",
    "response/conversation/accepted-first-message": (
        "$[0].body $[0].body.msg $[0].code $[0].reqId"
        " $[1].body $[1].body.conversationId $[1].code $[1].reqId"
        " $[2].body $[2].body.sequence $[2].code $[2].reqId"
    ),
    "response/domain/accepted-host": "$.account $.baseURI $.service",
    "response/duplicate_conversation/accepted-first-message": (
        "$[0].body $[0].body.msg $[0].code $[0].reqId"
        " $[1].body $[1].body.msg $[1].code $[1].reqId $[2].code $[2].reqId"
    ),
    "response/refusal/accepted-documented": "$.body $.body.msg $.code $.reqId",
    "response/throttled/accepted-assumed": "$.code",
    "response/token_refusal/accepted-described": "$.error",
    "response/version_error/accepted-assumed": "$.code",
}
"""The members that must be there, of those an example has."""

AMR = "face fpt geo hwk iris kba mca mfa otp pin pwd rba retina sc sms swk tel user vbm wia"
WORDS = [
    (CONVERSATION, ("body", "ttrDefName"), "NORMAL URGENT PRIORITIZED CUSTOM"),
    (
        CONVERSATION,
        ("body", "conversationContext", "type"),
        "SharkContext SMSContext MobileAppContext",
    ),
    (PERSON, ("personal", "gender"), "MALE FEMALE OTHER"),
    (PERSON, ("auth", "amr", 0), AMR),
    (CUSTOMER, ("auth", "amr", 0), AMR),
    (
        "request/metadata/accepted-survey-answer",
        ("type",),
        "BotResponse IBMWatsonInfo Answer Question",
    ),
]
"""The words each of these members may hold."""


def places(document: JsonValue, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path to every value in *document*."""
    yield at
    if isinstance(document, dict | list):
        steps = document if isinstance(document, dict) else range(len(document))
        for step in steps:
            yield from places(value_at(document, (step,)), (*at, step))


def value_at(document: JsonValue, path: tuple[str | int, ...]) -> JsonValue:
    """Return the value at *path* in *document*."""
    for step in path:
        document = document[step]  # type: ignore[index]
    return document


def without(name: str, path: tuple[str | int, ...]) -> JsonValue:
    """Return the example called *name* without the member at *path*."""
    document = example(name)
    parent = value_at(document, path[:-1])
    if isinstance(parent, dict):
        parent.pop(str(path[-1]))
    return document


def accepts(document: JsonValue, name: str) -> bool:
    """Tell whether the schema of the example called *name* accepts *document*."""
    return not CONTRACT.differences(document, name.rpartition("/")[0])


@pytest.mark.parametrize("name", FULL)
def test_value_of_another_kind_is_refused(name: str) -> None:
    """An object where a plain value belongs, or the other way round, is refused everywhere."""
    document = example(name)
    accepted = set()
    for path in places(document):
        other: JsonValue = "x" if isinstance(value_at(document, path), dict | list) else {}
        if accepts(changed(name, path, other) if path else other, name):
            accepted.add(path_text(path))

    assert accepted == FREE.get(name, set())


@pytest.mark.parametrize(("name", "members"), REQUIRED.items(), ids=REQUIRED)
def test_required_members_are_the_documented_ones(name: str, members: str) -> None:
    """An example without one of these members is refused, without any other accepted."""
    document = example(name)
    paths = [path for path in places(document) if path and isinstance(path[-1], str)]
    needed = [path_text(path) for path in paths if not accepts(without(name, path), name)]

    assert sorted(needed) == members.split()


@pytest.mark.parametrize("name", [each for each in FULL if each.startswith("request/")])
def test_unknown_member_of_a_request_is_refused(name: str) -> None:
    """A request with a member that no page knows, anywhere, is refused."""
    document = example(name)
    objects = [path for path in places(document) if isinstance(value_at(document, path), dict)]
    accepted = [path for path in objects if accepts(changed(name, (*path, "x"), 1), name)]

    assert {path[-1] for path in accepted} <= {"clientProperties"}


@pytest.mark.parametrize(("base", "path", "words"), WORDS)
def test_documented_words_are_accepted(base: str, path: tuple[str | int, ...], words: str) -> None:
    """Every word the pages list is accepted, in its spelling only."""
    assert [word for word in words.split() if not accepts(changed(base, path, word), base)] == []
    assert not accepts(changed(base, path, words.partition(" ")[0].swapcase()), base)
