"""Every exchange is kept and judged, whether a step asks for it or not."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector_harness.client.http.exchange import Exchange
from connector_harness.contract.contract import ContractError
from connector_harness.contract.schemas import DIALECT, SchemaError, fingerprint
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.plugin.running.exchange_recorder import CHECKED, ExchangeRecorder
from connector_harness.plugin.running.notifications import NotificationJudge
from connector_harness.plugin.running.opened import Ledger
from connector_harness.receiver.inbox import Inbox
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.record import RecordedScenario, ScenarioUnderWay
from tests.doctor.deployment import jwt
from tests.project import Project
from tests.receiver.deliveries import CONSUMER, CONVERSATION, event_item, notification, text

SCHEMAS = Path(__file__).parents[3] / "schemas"
JSON = (("Content-Type", "application/json"),)


@pytest.fixture
def evidence() -> ExchangeRecorder:
    """The evidence of a process."""
    return ExchangeRecorder(SCHEMAS, Redactor())


def exchange(
    status: int | None, body: bytes = b"", operation: str = "create_conversation"
) -> Exchange:
    """Return an exchange that ended with *status*."""
    url = "http://127.0.0.1:9/api/account/1/messaging/consumer/conversation?v=3"
    return Exchange(operation, "POST", url, (), b"[]", status, JSON, body, 0.0, 0.0)


def test_found_conversation_is_the_scenarios_own(evidence: ExchangeRecorder) -> None:
    """A conversation of which no answer told belongs to whoever has found it."""
    evidence.record = record = ScenarioUnderWay(RecordedScenario("h", "f::S", "S"))
    evidence.adopt("c-7")

    assert (evidence.opened, record.conversations) == ({"c-7"}, ["c-7"])


@pytest.mark.parametrize(
    ("listens", "is_over", "shown"), [(True, True, 1), (True, False, 0), (False, True, 0)]
)
def test_scenario_that_listens_waits_at_its_end_for_what_it_is_owed(
    evidence: ExchangeRecorder, *, listens: bool, is_over: bool, shown: int
) -> None:
    """What comes after its last step is shown, whenever that is; nobody else waits."""
    record = ScenarioUnderWay(
        RecordedScenario("h", "f::S", "S"), conversations=[CONVERSATION], listens=listens
    )
    evidence.record, evidence.hearing = record, NotificationJudge(set())
    evidence.hearing.inboxes.append(inbox := Inbox())
    asked: list[str] = []

    def settle(consumer: str) -> None:
        asked.append(consumer)
        inbox.deliver(notification(event_item(text("Hello"), 0, role="CONSUMER")))

    evidence.settle = settle
    signing_in = replace(
        exchange(201, json.dumps({"token": jwt()}).encode(), "consumer_token"),
        request_body=b'{"ext_consumer_id": "ada"}',
        request_headers=JSON,
    )
    evidence.exchanged(signing_in)

    evidence.heard(is_over=is_over)

    assert len(record.current.notifications) == shown
    assert asked == ["ada"] * shown


@pytest.mark.parametrize("scenarios_own", ["", "ada"])
def test_call_for_another_shopper_is_told_from_the_scenarios_own(
    evidence: ExchangeRecorder, scenarios_own: str
) -> None:
    """Whose call it is follows from its token, whoever has signed in last."""
    record = ScenarioUnderWay(RecordedScenario("h", "f::S", "S"), consumer=scenarios_own)
    evidence.record = record
    names = ["ada", "bob"] if not scenarios_own else ["bob", "ada"]
    tokens = {name: jwt(lp_consumer_id=name) for name in names}
    for name in names:
        signed_in = exchange(201, json.dumps({"token": tokens[name]}).encode(), "consumer_token")
        sent = json.dumps({"ext_consumer_id": name}).encode()
        evidence.exchanged(replace(signed_in, request_body=sent, request_headers=JSON))
    for name in ("ada", "bob", "ada"):
        header = (("X-LP-ON-BEHALF", tokens[name]),)
        evidence.exchanged(replace(exchange(None), request_headers=header))

    calls = record.current.exchanges
    assert [each.is_anothers for each in calls[2:]] == [False, True, False]


def test_what_was_not_kept_is_shown_with_how_it_was_answered(evidence: ExchangeRecorder) -> None:
    """Each attempt to tell an app is one, and says whose it is."""
    record = ScenarioUnderWay(
        RecordedScenario("h", "f::S", "S"), conversations=[CONVERSATION], listens=True
    )
    evidence.record, evidence.hearing = record, NotificationJudge(set())
    evidence.hearing.inboxes += [Inbox(), Inbox()]
    told = notification(event_item(text("Hello"), 0, role="CONSUMER"))
    evidence.hearing.inboxes[1].deliver(replace(told, lost_with=500))
    evidence.hearing.inboxes[1].deliver(told)

    evidence.heard(is_over=False)

    shown = [(each.app, each.words) for each in record.current.notifications]
    words = "the shopper says 'Hello' (0)"
    assert shown == [(1, f"{words}, answered with 500"), (1, words)]


def test_webhook_tells_whose_a_lost_answer_was(evidence: ExchangeRecorder) -> None:
    """A conversation that only a webhook names is the run's own where its consumer asked for it."""
    evidence.ledger = ledger = Ledger()
    ledger.remember(token := jwt(lp_consumer_id=CONSUMER), "ada")
    ledger.note(replace(exchange(None), request_headers=(("X-LP-ON-BEHALF", token),)))
    evidence.hearing = hearing = NotificationJudge(evidence.opened)
    hearing.inboxes.append(Inbox())
    hearing.inboxes[0].deliver(notification(event_item(text("Hello"), 0, role="CONSUMER")))
    hearing.inboxes[0].deliver(notification(event_item(text("Hi"), 0, conversation="other")))

    evidence.claim()

    assert (evidence.opened, ledger.left) == ({CONVERSATION}, {CONVERSATION: "ada"})
    assert [each.conversation_id for each in hearing.strangers()] == ["other"]


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("create_conversation", []),
        ("create_conversation", [{"kind": "req", "id": "1", "type": "x", "body": {}}] * 2),
        ("consumer_token", {"consumer": "ada"}),
        ("app_token", {"client_id": "c"}),
        ("publish_event", {"kind": "req", "id": "1", "type": "ms.PublishEvent", "body": {}}),
        ("update_conversation_field", {}),
        ("generate_upload_url", {}),
        ("generate_download_url", {}),
        ("set_user_profile", []),
        ("client_properties", {"features": []}),
        ("app_manifest", {}),
    ],
)
def test_wrong_request_does_not_leave(
    evidence: ExchangeRecorder, operation: str, document: JsonValue
) -> None:
    """A request that is meant to be right and is not is stopped before it is sent."""
    with pytest.raises(ContractError, match=f"^request of {operation} does not match"):
        evidence.sending(operation, document)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"<html>", "is not JSON"),
        (200, b"[]", "does not match schemas/response/conversation.json"),
        (201, b"[]", "has status 201, which the API does not document"),
        (302, b"", "has status 302, which the API does not document"),
        (401, b"{}", "does not match schemas/response/authentication_error.json"),
    ],
)
def test_answer_off_the_contract_fails(
    evidence: ExchangeRecorder, status: int, body: bytes, reason: str
) -> None:
    """An answer that is not what is documented fails without a step that asks for it."""
    with pytest.raises(ContractError, match=reason):
        evidence.exchanged(exchange(status, body))


def test_personal_data_of_an_exchange_is_masked_from_then_on() -> None:
    """What a body holds of a person is masked elsewhere too, whether the answer is right or not."""
    redactor = Redactor()
    with pytest.raises(ContractError):
        ExchangeRecorder(SCHEMAS, redactor).exchanged(
            exchange(200, b'[{"email":"mira@example.test"}]')
        )
    assert redactor.text("<mira@example.test>") == "<***>"


@pytest.mark.parametrize("status", [429, 500, 503, None])
def test_answer_that_says_nothing_of_the_api_is_kept(
    evidence: ExchangeRecorder, status: int | None
) -> None:
    """A throttled, broken or missing answer is evidence; the client and the steps decide."""
    evidence.record = record = ScenarioUnderWay(RecordedScenario("h", "f::S", "S"))
    kept = exchange(status, b"slow down")

    evidence.exchanged(kept)

    assert [each.status for each in record.current.exchanges] == [status]
    assert record.last_exchange is kept


@pytest.mark.parametrize("operation", ["read_conversation", "read_messages", "search_history"])
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refused_read_is_kept(evidence: ExchangeRecorder, operation: str, status: int) -> None:
    """What another API says when it refuses is not documented: it is kept with the step."""
    evidence.record = record = ScenarioUnderWay(RecordedScenario("h", "f::S", "S"))

    evidence.exchanged(exchange(status, b"<html>", operation))

    assert [each.operation for each in record.current.exchanges] == [operation]


@pytest.mark.parametrize(
    ("operation", "body", "reason"),
    [
        ("read_conversation", b"{}", "schemas/response/held_conversation.json"),
        ("read_messages", b'{"data": [{}]}', "schemas/response/held_messages.json"),
        ("read_messages", b"", "is not JSON"),
        ("search_history", b"{}", "schemas/response/history.json"),
    ],
)
def test_read_off_the_contract_fails(
    evidence: ExchangeRecorder, operation: str, body: bytes, reason: str
) -> None:
    """What is read back is judged as every answer is."""
    with pytest.raises(ContractError, match=f"^answer of {operation} .*{reason}"):
        evidence.exchanged(exchange(200, body, operation))


def test_refusal_with_400_is_of_a_missing_parameter(evidence: ExchangeRecorder) -> None:
    """A token refusal that comes as 400 is off the contract, but for a missing brand."""
    body = (
        b'{"kind":"resp","code":401,"body":{"title":"t","details":"d","errorCode":%d},'
        b'"type":".ReqBody$ErrorResp"}'
    )
    evidence.exchanged(exchange(400, body % 40001))
    with pytest.raises(ContractError, match="missing_parameter"):
        evidence.exchanged(exchange(400, body % 40102))


class Memory(dict[str, object]):
    """A cache that forgets at the end of the test."""

    def set(self, key: str, value: object) -> None:
        """Keep *value*."""
        self[key] = value


def test_schemas_are_checked_again_only_once_changed(tmp_path: Path) -> None:
    """Files found sound are not checked again; a change to one of them is found at once."""
    folder = shutil.copytree(SCHEMAS, tmp_path / "schemas")
    memory: Any = Memory()
    for _ in range(2):
        evidence = ExchangeRecorder(folder, Redactor())
        evidence.cache = memory
        assert evidence.contract.names
    (folder / "request" / "batch.json").write_text(
        json.dumps({"$schema": DIALECT, "$id": "x:y", "type": "lost"}), encoding="utf-8"
    )

    evidence = ExchangeRecorder(folder, Redactor())
    evidence.cache = memory

    with pytest.raises(SchemaError, match=r"batch\.json#/type"):
        _ = evidence.contract


def test_schemas_known_as_sound_are_only_read(tmp_path: Path) -> None:
    """What the cache says is sound is taken as sound."""
    schema = {"$schema": DIALECT, "$id": "x:y", "type": "lost"}
    (tmp_path / "x.json").write_text(json.dumps(schema), encoding="utf-8")
    evidence = ExchangeRecorder(tmp_path, Redactor())
    memory: Any = Memory({CHECKED: fingerprint(tmp_path)})
    evidence.cache = memory

    assert evidence.contract.names == ("x",)


NAMED = """
    from pathlib import Path

    from pytest_bdd import parsers, when

    from connector_harness.control.routes import SandboxControlError
    from connector_harness.gherkin.named_documents import NamedDocuments
    from connector_harness.plugin.running.exchange_recorder import EVIDENCE

    papers = NamedDocuments(Path(__file__).parent / "papers", "paper")


    @when(parsers.parse('the paper "{paper}" is kept'), converters={"paper": papers})
    def is_kept(paper):
        pass


    @when(parsers.parse('the paper "{paper}" goes along'), converters={"paper": papers})
    def goes_along(request, paper):
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": "Hi"}
        body = {"dialogId": "d", "conversationId": "d", "event": event}
        command = {"kind": "req", "id": "1", "type": "ms.PublishEvent", "body": body}
        request.config.stash[EVIDENCE].sending("publish_event", command | {"metadata": [paper]})


    @when(parsers.parse('the paper "{paper}" is refused'), converters={"paper": papers})
    def is_refused(paper):
        raise SandboxControlError("refused with 400: $.metadata[0].type")
"""


@pytest.mark.parametrize(
    ("paper", "places"),
    [
        ({"type": "Gossip", "id": "i-1"}, ["$.type"]),
        ({"type": "ExternalId"}, ["$"]),
        ({"type": "ExternalId", "id": 7}, ["$.id"]),
        ({"type": "ExternalId", "id": 7, "mood": 1}, ["$.id", "$.mood"]),
        (
            {"type": "BotResponse", "intents": [{"id": "i", "confidence": 2}]},
            ["$.intents[0].confidence"],
        ),
    ],
)
def test_named_document_is_named_where_it_is_at_fault(
    project: Project, paper: JsonObject, places: list[str]
) -> None:
    """What is wrong with a request is told where it was written: the file, and the place in it."""
    project.steps(NAMED)
    project.write("papers/good.json", '{"type": "ExternalId", "id": "i-1"}')
    project.write("papers/odd.json", json.dumps(paper))
    project.feature("""
        Feature: F
          Scenario: S
            When the paper "odd" is kept
            And the paper "good" is kept
            And the paper "odd" goes along
    """)

    run = project.run("-o", f"connector_schemas={SCHEMAS}")

    told = [f"  at papers/odd.json, {place}" for place in places]
    run.stdout.fnmatch_lines(
        [line.replace("[", "[[]") for line in told] + ["next: mend papers/odd.json"]
    )
    assert "good.json" not in run.stdout.str()


def test_named_document_is_named_where_the_sandbox_refuses_it(project: Project) -> None:
    """What is sent past the contract is told with the file that it came from."""
    project.steps(NAMED)
    project.write("papers/odd.json", "{}")
    project.feature('Feature: F\n  Scenario: S\n    When the paper "odd" is refused\n')

    project.run().stdout.fnmatch_lines(["  with papers/odd.json"])
