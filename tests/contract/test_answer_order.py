"""An answer names the ids that were sent, each once and in their order."""

import pytest

from connector_harness.contract.contract import ContractError, check_order
from connector_harness.json_types import JsonObject, JsonValue


def check(sent: JsonValue, answered: JsonValue) -> None:
    """Judge the answer to a command, or to several."""
    check_order(sent, answered, operation="publish_event")


def command(id_: str, text: str = "Hello") -> JsonObject:
    """Return a command as it is built."""
    return {"kind": "req", "id": id_, "type": "ms.PublishEvent", "body": {"message": text}}


A, B = command("a"), command("b")
NESTED = command("a", '{"kind":"req","id":"b","type":"x"}')
QUOTED: JsonObject = {"kind": "req", "id": "a", "b": "c", "type": "x"}


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (A, {"reqId": "a"}),
        ([A, B], [{"reqId": "a"}, {"reqId": "b"}]),
        ([A, A], [{"reqId": "a"}, {"reqId": "a"}]),
        (NESTED, {"reqId": "a"}),
        ({**A, "body": B}, {"reqId": "a"}),
        (command('ä"b\\'), {"reqId": 'ä"b\\'}),
        ({"id": "1"}, {"reqId": "1"}),
        ({"id": 1}, {"reqId": "1"}),
        ([{"id": "a"}, {"id": "b"}], [{"reqId": "a"}, {"reqId": "b"}]),
        ([{"id": "a"}, {"id": "a"}], [{"reqId": "a"}, {"reqId": "a"}]),
    ],
)
def test_answer_to_what_was_sent(sent: JsonValue, answered: JsonValue) -> None:
    """An answer to every command, in order, belongs to them; an id comes back as a text."""
    check(sent, answered)


@pytest.mark.parametrize(
    ("sent", "answered", "what"),
    [
        (A, {"reqId": "b"}, "command 'a' has no answer"),
        ([A, B], [{"reqId": "b"}, {"reqId": "a"}], "is not that to what"),
        ([A, B], [{"reqId": "a"}], "command 'b' has no answer"),
        ([A, B], [{"reqId": "a"}, {"reqId": "a"}], "command 'b' has no answer"),
        (A, [{"reqId": "a"}, {"reqId": "a"}], "is not that to what"),
        (QUOTED, {"reqId": 'a","b":"c'}, "command 'a' has no answer"),
        (A, {"reqId": "\ud800"}, "command 'a' has no answer"),
        ({"id": "1"}, {"reqId": "2"}, "command '1' has no answer"),
        ({"id": "1"}, {}, "command '1' has no answer"),
        ({"id": "1"}, 7, "command '1' has no answer"),
        ([{"id": "a"}, {"id": "b"}], [{"reqId": "b"}, {"reqId": "a"}], "is not that to what"),
        ([{"id": "a"}, {"id": "b"}], [{"reqId": "a"}], "command 'b' has no answer"),
        ([{"id": "a"}], [{"reqId": "a"}, {"reqId": "a"}], "is not that to what"),
    ],
)
def test_answer_to_something_else(sent: JsonValue, answered: JsonValue, what: str) -> None:
    """Another id, another order, an answer too many or too few is off the contract."""
    with pytest.raises(ContractError, match=what) as caught:
        check(sent, answered)

    assert "\n  next: " in str(caught.value)
