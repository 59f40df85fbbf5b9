"""Whatever document is judged, the contract says what is wrong with it, or nothing."""

from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from connector_harness.contract.contract import ContractError, answer_schema
from connector_harness.contract.differences import MAX_DIFFERENCES
from tests.properties.malformed import documents, mutated
from tests.schema_examples import CONTRACT, EXAMPLES, example

ORIGINALS: Final = [
    example(file.relative_to(EXAMPLES).as_posix().removesuffix(".json"))
    for file in sorted(EXAMPLES.glob("*/*/*.json"))
]
LONGEST_LINE: Final = 2_000
judged = mutated(ORIGINALS) | documents


def check_report(error: ContractError) -> None:
    """Fail unless a report can be written and read."""
    lines = str(error).splitlines()
    assert str(error).encode()
    assert len(lines) <= 2 * MAX_DIFFERENCES + 10
    assert max(map(len, lines)) < LONGEST_LINE


@given(document=judged, name=st.sampled_from(CONTRACT.names))
def test_documents(document: Any, name: str) -> None:  # noqa: ANN401
    """Any document fits any schema or does not, and a report says why."""
    try:
        CONTRACT.check(document, name, subject="document")
    except ContractError as error:
        check_report(error)


@given(document=judged)
def test_notifications(document: Any) -> None:  # noqa: ANN401
    """Any notification is one, or a report says why not."""
    try:
        CONTRACT.check_notification(document)
    except ContractError as error:
        check_report(error)


@given(
    document=judged,
    operation=st.sampled_from(["create_conversation", "publish_event", "app_token", "x"]),
    status=st.sampled_from([200, 201, 400, 401, 404, 429, 500, 0]),
)
def test_answers(document: Any, operation: str, status: int) -> None:  # noqa: ANN401
    """Any answer has a schema that judges it, or none."""
    name = answer_schema(operation, status, document)
    assert name is None or name in CONTRACT.names
