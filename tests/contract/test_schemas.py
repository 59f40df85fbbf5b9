"""Tests of how schema files are read, and of what is said about files that cannot be used."""

import json
from pathlib import Path

import pytest

from connector_harness.contract.schemas import (
    DIALECT,
    REMEMBERED,
    Compiler,
    SchemaError,
    pointer_text,
    read_schemas,
)
from connector_harness.json_types import JsonValue


def write(folder: Path, name: str, **keywords: JsonValue) -> None:
    """Write a schema called *name*, with an ``$id`` that has the same end."""
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"$schema": DIALECT, "$id": f"https://schemas.test/{name}.json"}
    path.write_text(json.dumps({**head, **keywords}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one usable schema."""
    write(tmp_path / "schemas", "request/name", type="string")
    return tmp_path / "schemas"


def problems(folder: Path) -> list[str]:
    """Return the problems that reading *folder* reports."""
    with pytest.raises(SchemaError) as caught:
        read_schemas(folder)
    return [line[5:] for line in str(caught.value).splitlines() if line.startswith("  at ")]


def test_schemas_are_named_by_folder_and_file(folder: Path) -> None:
    """Names are paths without ending, sorted."""
    write(folder, "a", type="string")
    schemas, _ = read_schemas(folder)

    assert list(schemas) == ["a", "request/name"]


def test_reference_leads_to_another_file(folder: Path) -> None:
    """A relative reference is resolved against the schema's own id."""
    write(folder, "request/person", properties={"name": {"$ref": "name.json"}})
    schemas, registry = read_schemas(folder)
    validator = Compiler(registry).validator(schemas["request/person"])

    assert [each.message for each in validator.iter_errors({"name": 1})] == [
        "1 is not of type 'string'"
    ]


def test_formats_are_checked(folder: Path) -> None:
    """A format is a rule, not a remark."""
    write(folder, "ip", format="ipv4")
    schemas, registry = read_schemas(folder)

    assert not Compiler(registry).validator(schemas["ip"]).is_valid("x")


def test_remembered_items_excuse_no_other(folder: Path) -> None:
    """However many sound items were seen, more than are remembered too, a faulty one is found."""
    write(folder, "pair", prefixItems=[{"type": "integer"}, {"type": "string"}])
    schemas, registry = read_schemas(folder)
    validator = Compiler(registry).validator(schemas["pair"])

    assert all(validator.is_valid([number]) for number in range(REMEMBERED + 2))
    assert [each.message for each in validator.iter_errors([1, 1])] == ["1 is not of type 'string'"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a":\n ]', "not JSON: Expecting value: line 2 column 2 (char 7)"),
        (b'"\xff"', "not JSON: byte 1 is not UTF-8"),
        (b"[1]", "holds '[1]', not an object"),
        (b"{}", "has no '$schema' and no '$id'"),
        (b'{"$schema": "x", "$id": 1}', "has no '$id'"),
    ],
    ids=["syntax", "encoding", "list", "bare", "number as id"],
)
def test_file_without_a_schema_is_named(folder: Path, content: bytes, problem: str) -> None:
    """A file that holds no schema is named with what it holds instead."""
    (folder / "bad.json").write_bytes(content)

    assert problems(folder) == [f"schemas/bad.json: {problem}"]


def test_invalid_schema_is_placed(folder: Path) -> None:
    """What breaks the dialect is named with its place in the file."""
    write(folder, "bad", properties={"a/b": {"type": "strin", "minLength": -1}})

    first, second = problems(folder)
    assert first.startswith("schemas/bad.json#/properties/a~1b/minLength: -1 is less than")
    assert second.startswith("schemas/bad.json#/properties/a~1b/type: 'strin' is not valid")
    assert second.endswith("; did you mean 'string'?")


def test_other_dialect_is_refused(folder: Path) -> None:
    """Only the one dialect is read."""
    write(folder, "old", **{"$schema": "http://json-schema.org/draft-04/schema#"})

    assert problems(folder) == [
        f"schemas/old.json#/$schema: 'http://json-schema.org/draft-04/schema#' is not '{DIALECT}'"
    ]


def test_format_that_nothing_checks_is_refused(folder: Path) -> None:
    """A format that would be ignored silently is a problem."""
    write(folder, "bad", items={"format": "e-mail"})

    text = "schemas/bad.json#/items/format: 'e-mail' is a format that nothing checks; did you mean "
    assert problems(folder) == [f"{text}'email'?"]


def test_schema_within_a_schema_is_refused(folder: Path) -> None:
    """A part with an id of its own would change what references around it mean."""
    write(folder, "bad", items={"$id": "https://schemas.test/inner.json"})

    text = "schemas/bad.json#/items/$id: a schema of its own belongs in a file of its own"
    assert problems(folder) == [text]


def test_id_given_twice_is_refused(folder: Path) -> None:
    """Of two files with one id, the second names the first."""
    write(folder, "zzz", **{"$id": "https://schemas.test/request/name.json", "type": "string"})

    taken = "'https://schemas.test/request/name.json' is the $id of request/name.json too"
    assert problems(folder) == [f"schemas/zzz.json#/$id: {taken}"]


@pytest.mark.parametrize("reference", ["nam.json", "name.json#/$defs/x", "#/$defs/x", "#x"])
def test_dangling_reference_is_refused(folder: Path, reference: str) -> None:
    """A reference to a file or part that is not there is found before it is needed."""
    write(folder, "request/bad", items={"$ref": reference})

    text = f"schemas/request/bad.json#/items/$ref: '{reference}' leads nowhere"
    assert problems(folder) == [text]


def test_all_problems_are_told_at_once(folder: Path) -> None:
    """One message names every problem, file by file, and what to do."""
    (folder / "a.json").write_bytes(b"")
    write(folder, "b", type="strin")
    write(folder, "c", items={"$ref": "b.json#/type/x"}, allOf=[{"$ref": "gone.json"}])

    with pytest.raises(SchemaError, match=r"\n  next: correct what is named$") as caught:
        read_schemas(folder)
    lines = str(caught.value).splitlines()
    assert lines[0] == "schemas cannot be used (3 problems)"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "  at schemas/a.json",
        "  at schemas/b.json#/type",
        "  at schemas/c.json#/allOf/0/$ref",
        "  next",
    ]


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_folder_without_schemas_is_refused(tmp_path: Path, name: str) -> None:
    """A folder without files, or none at all, is told with its full path."""
    (tmp_path / "empty").mkdir()

    assert problems(tmp_path / name) == [f"{tmp_path / name}: holds no *.json file"]
    with pytest.raises(SchemaError, match=r"cannot be used \(1 problem\)\n"):
        read_schemas(tmp_path / name)


def test_pointer_escapes_what_it_must() -> None:
    """Tilde and slash are escaped as RFC 6901 has it."""
    assert pointer_text(["a/b", 0, "c~d"]) == "/a~1b/0/c~0d"
