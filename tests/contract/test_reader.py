"""Documents tell which fields and values of the contract they hold."""

import json

import pytest

from connector_harness.contract.items import contract_items
from connector_harness.contract.reader import ContractReader
from connector_harness.contract.schemas import read_schemas
from connector_harness.json_types import JsonObject
from tests.schema_examples import EXAMPLES, FOLDER, accepts, changed, example

SCHEMAS, _ = read_schemas(FOLDER, checked=True)
ITEMS = contract_items(SCHEMAS)
SHARED = ContractReader(SCHEMAS, ITEMS)
TYPING = "request/publish_event/accepted-typing"
COMPOSING = "request/chat_state_event chatState 'COMPOSING'"


def test_fields_and_values_are_read() -> None:
    """What a sound document holds is found where the schemas describe it."""
    found = SHARED.read(example(TYPING), "request/publish_event") or frozenset()

    assert {COMPOSING, "request/publish_event body.dialogId"} <= found
    assert COMPOSING.replace("COMPOSING", "PAUSE") not in found


def test_faulty_document_holds_nothing() -> None:
    """A document off its schema says nothing of the contract."""
    assert SHARED.read(changed(TYPING, ("id",), ""), "request/publish_event") is None


def test_unknown_schema_reads_nothing() -> None:
    """A contract without the schema asked for has nothing to say."""
    assert SHARED.read({}, "request/no_such_thing") is None


def test_masked_text_is_taken_for_sound() -> None:
    """What stood there before it was masked was judged then."""
    answer: JsonObject = {"access_token": "***", "token_type": "Bearer"}

    assert "response/app_token token_type 'Bearer'" in (
        SHARED.read(answer, "response/app_token") or ()
    )
    assert SHARED.read({**answer, "access_token": "x"}, "response/app_token") is None


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_was_read_before_makes_no_difference(name: str) -> None:
    """Of documents taken for alike, each would have been read the same by itself."""
    for file in sorted((EXAMPLES / name).glob("*.json")):
        document = json.loads(file.read_bytes())
        found = SHARED.read(document, name)

        assert found == ContractReader(SCHEMAS, ITEMS).read(document, name), file.name
        assert (found is not None) == accepts(document, f"{name}/{file.stem}"), file.name
