"""Tests of the schemas in ``schemas/``: what each accepts and refuses, and that each is used."""

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from connector_harness.contract.contract import ANSWERS, NO_DOCUMENT, NOTIFICATIONS, READS, REQUESTS
from connector_harness.contract.schemas import Compiler, parts, read_schemas
from connector_harness.json_types import JsonValue
from tests.schema_examples import CONTRACT, EXAMPLES, FOLDER

BASE = "https://connector-harness.test/schemas/"
SCHEMAS, REGISTRY = read_schemas(FOLDER)
KEYWORDS = {
    *Draft202012Validator.VALIDATORS,
    *("$id", "$defs", "title", "description", "then", "else", "prefixItems"),
}


def examples_of(name: str) -> list[Path]:
    """Return the files of the examples for the schema called *name*."""
    return sorted((EXAMPLES / name).glob("*.json"))


def schema_of(example: Path) -> str:
    """Return the name of the schema that *example* is for."""
    return example.parent.relative_to(EXAMPLES).as_posix()


def reached(names: Iterable[str]) -> set[str]:
    """Return *names* and the names of all schemas they refer to."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(name)
    return found


def references(name: str) -> list[str]:
    """Return the names of the schemas that the one called *name* refers to."""
    given = [str(part["$ref"]) for _, part in parts(SCHEMAS[name]) if "$ref" in part]
    urls = [urldefrag(urljoin(f"{BASE}{name}.json", each)).url for each in given]
    return [url.removeprefix(BASE).removesuffix(".json") for url in urls]


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_says_what_it_is(name: str) -> None:
    """A schema has the id of its place, a title, and a description that names its source."""
    schema = SCHEMAS[name]

    assert schema["$id"] == f"{BASE}{name}.json"
    assert schema["title"]
    assert "Source: API facts §" in str(schema["description"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_uses_keywords_that_exist(name: str) -> None:
    """No schema has a misspelt keyword, which JSON Schema would ignore."""
    # What stands under `properties` are names of members, not keywords; likewise the parts' names.
    names = ("/properties", "/$defs")
    schemas = [part for at, part in parts(SCHEMAS[name]) if not at.endswith(names)]

    assert {keyword for each in schemas for keyword in each} <= KEYWORDS


BRANCHES = {"allOf", "if", "$ref"}
RECEIVED = ("response/", "notification/", "shared/structured", "shared/quick")


@pytest.mark.parametrize("name", [each for each in SCHEMAS if each.startswith("request/")])
def test_request_admits_known_members_only(name: str) -> None:
    """Every object of a request that lists its members admits no other; branches list theirs."""
    # What a branch is chosen by is no object of its own.
    found = [part for at, part in parts(SCHEMAS[name]) if not at.endswith("/if")]
    objects = [part for part in found if part.get("type") == "object"]
    listing = [each for each in objects if "properties" in each and not BRANCHES & each.keys()]

    assert all(each.get("additionalProperties") is False for each in listing)


@pytest.mark.parametrize("name", [each for each in SCHEMAS if each.startswith(RECEIVED)])
def test_what_arrives_may_have_unknown_members(name: str) -> None:
    """No object of an answer or notification is refused for a member it has more."""
    assert not [at for at, part in parts(SCHEMAS[name]) if "additionalProperties" in part]


@pytest.mark.parametrize("kind", ["accepted", "refused"])
def test_every_schema_has_examples(kind: str) -> None:
    """Every schema has at least one accepted and one refused example, and no example is astray."""
    with_examples = {schema_of(each) for each in EXAMPLES.glob(f"*/*/{kind}-*.json")}

    assert with_examples == set(SCHEMAS)


def test_every_schema_is_used() -> None:
    """Every schema judges what is sent or arrives, or is part of one that does."""
    rows = [[row] if isinstance(row, str) else row.values() for row in ANSWERS.values()]
    others = (REQUESTS, NOTIFICATIONS, READS)
    roots = set().union(*rows, *(each.values() for each in others)) - {NO_DOCUMENT}

    assert reached(roots) == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_are_what_their_names_say(name: str) -> None:
    """An accepted one has no difference; a refused one has one: what its name says."""
    found = {
        file.stem: len(CONTRACT.differences(json.loads(file.read_bytes()), name))
        for file in examples_of(name)
    }

    assert found == {each: each.startswith("refused-") for each in found}


@pytest.mark.parametrize("name", SCHEMAS)
def test_compiled_parts_judge_as_jsonschema_does(name: str) -> None:
    """Keeping the validators of parts changes no error, and no path of one."""
    ours = Compiler(REGISTRY).validator(SCHEMAS[name])
    theirs = Draft202012Validator(
        SCHEMAS[name], registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER
    )

    for file in examples_of(name):
        document = json.loads(file.read_bytes())
        assert errors(ours, document) == errors(theirs, document), file.stem


def errors(validator: Validator, document: JsonValue) -> list[tuple[object, ...]]:
    """Return what *validator* says of *document*, and where."""
    return [
        (each.message, list(each.absolute_path), list(each.absolute_schema_path))
        for each in validator.iter_errors(document)
    ]
