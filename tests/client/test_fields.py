"""The builders make the documented fields."""

import pytest

from connector_harness.client import fields
from connector_harness.json_types import JsonObject


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            fields.conversation_state_field(),
            {"field": "ConversationStateField", "conversationState": "CLOSE"},
        ),
        (fields.stage_field(), {"field": "Stage", "conversationState": "CLOSE"}),
        (
            fields.dialog_change_field("d-1"),
            {
                "field": "DialogChange",
                "type": "UPDATE",
                "dialog": {
                    "dialogId": "d-1",
                    "state": "CLOSE",
                    "closedCause": "Closed by consumer",
                },
            },
        ),
        (
            fields.csat_rate_field(5, resolved=False, status="SKIPPED"),
            {
                "field": "CSATRate",
                "csatRate": 5,
                "csatResolutionConfirmation": False,
                "status": "SKIPPED",
            },
        ),
        (
            fields.ttr_field("URGENT", seconds=60),
            {"field": "TTRField", "ttrType": "URGENT", "value": 60},
        ),
        (fields.skill_field("7"), {"field": "Skill", "type": "UPDATE", "skill": "7"}),
        (
            fields.participants_change_field("REMOVE", role="READER"),
            {"field": "ParticipantsChange", "type": "REMOVE", "role": "READER"},
        ),
    ],
)
def test_documented_field(field: JsonObject, expected: JsonObject) -> None:
    """A field has its documented members, and no others."""
    assert field == expected


def test_cause_of_closing_a_dialog() -> None:
    """The cause of closing a dialog can be another one."""
    assert fields.dialog_change_field("d-1", cause="Completed")["dialog"] == {
        "dialogId": "d-1",
        "state": "CLOSE",
        "closedCause": "Completed",
    }
