"""What the contract consists of is read from the schemas and from its tables."""

from connector_harness.contract.contract import ANSWERS, READS
from connector_harness.contract.items import contract_items
from connector_harness.contract.schemas import read_schemas
from connector_harness.receiver.notification import SUBSCRIPTIONS
from tests.schema_examples import FOLDER

SCHEMAS, _ = read_schemas(FOLDER, checked=True)
ITEMS = contract_items(SCHEMAS)


def ids(kind: str) -> set[str]:
    """Return the ids of the items of a kind."""
    return {id_ for id_, item in ITEMS.items() if item.kind == kind}


def test_every_documented_answer_is_an_item() -> None:
    """Each operation and status is there, a status with several shapes once for each."""
    found = {each.split(",")[0] for each in ids("command") | ids("refusal") if " → " in each}

    assert found == {f"{operation} → {status}" for operation, status in ANSWERS}
    assert "create_conversation → 400, duplicate_conversation" in ids("refusal")


def test_reads_by_other_apis_are_no_items() -> None:
    """What tells what a conversation holds is no part of the API that is to be covered."""
    foreign = {*READS.values(), *(operation for operation, _ in READS)}

    assert {each.part for each in ITEMS.values()}.isdisjoint(foreign)


def test_commands_of_a_batch_are_items() -> None:
    """What is sent together is told apart."""
    found = {each for each in ids("command") if each.startswith("create_conversation")}

    assert "create_conversation → 200, first_message" in found
    assert len(found) == 4


def test_notifications_are_those_that_an_app_can_ask_for() -> None:
    """Each event that can be subscribed to counts by itself."""
    assert "ms.MessagingEventNotification.ChatStateEvent" in ids("notification")
    assert ids("notification") == set(SUBSCRIPTIONS)


def test_error_codes_are_refusals() -> None:
    """A number that says why is a refusal of its own, with the schema that lists it."""
    found = {each for each in ids("refusal") if "errorCode" in each}

    assert "response/authentication_error errorCode 40104" in found
    assert len(found) == 5
