"""The send call: one command, handed to whom it is for. Source: API facts §5."""

from collections.abc import Callable

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api import files
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.fields import update_field
from connector_harness.sandbox.api.messages import publish_event
from connector_harness.sandbox.api.signin import admit, read_document
from connector_harness.sandbox.http.answers import Answer, Refusal, bad_request, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules import metadata
from connector_harness.sandbox.rules.client_properties import read_properties
from connector_harness.sandbox.rules.envelopes import envelope, find_length, first_id
from connector_harness.sandbox.rules.profiles import profile_body
from connector_harness.sandbox.state.tokens import Consumer

_Address = Callable[[Sandbox, str, Consumer, JsonObject], JsonObject | Refusal | str]


def send(sandbox: Sandbox, call: Call) -> Answer:
    """Carry out one send call, or refuse it."""
    consumer = admit(sandbox, call)
    if isinstance(consumer, Refusal):
        return consumer
    document = read_document(sandbox, call)
    if isinstance(document, Refusal):
        return document
    fault = _find_fault(document, sandbox)
    if fault or not isinstance(document, dict):
        return bad_request(fault or "", req_id=first_id(document))
    items, body = document.get("metadata"), document["body"]
    command = Command(
        sandbox=sandbox,
        account=sandbox.store.account(call.account),
        consumer=consumer,
        id=str(document["id"]),
        kind=str(document["type"]),
        body=body if isinstance(body, dict) else {},
        metadata=items if isinstance(items, list) else None,
        properties=read_properties(call.headers),
    )
    return _HANDLERS[command.kind](command)


def _find_fault(document: JsonValue, sandbox: Sandbox) -> str | None:
    assumptions = sandbox.assumptions
    fault = _ENVELOPE(document, "$") or find_length(document, "$", assumptions)
    if fault or not isinstance(document, dict) or "metadata" not in document:
        return fault
    return metadata.find_fault(document["metadata"], "$.metadata", assumptions)


def _set_profile(command: Command) -> Answer:
    """Replace the consumer's profile. Source: API facts §5, §16."""
    fault = profile_body(command.sandbox.assumptions)(command.body, "$.body")
    if fault:
        return command.refused(fault)
    profiles, limit = command.account.profiles, command.sandbox.assumptions.conversation_limit
    if command.consumer.lp_id not in profiles and len(profiles) >= limit:
        reason = f"the account has {limit} profiles, the most the sandbox keeps"
        return plain_error(503, "Unable to access resource", reason)
    profiles[command.consumer.lp_id] = command.body
    return command.done({"msg": "OK User Profile set successfully"})


def _upload(command: Command) -> Answer:
    return _give_address(command, files.upload_address)


def _download(command: Command) -> Answer:
    return _give_address(command, files.download_address)


def _give_address(command: Command, address: _Address) -> Answer:
    found = address(command.sandbox, command.account.id, command.consumer, command.body)
    if isinstance(found, Refusal):
        return found
    return command.refused(found) if isinstance(found, str) else command.done(found)


_HANDLERS: dict[str, Callable[[Command], Answer]] = {
    "ms.PublishEvent": publish_event,
    "cm.UpdateConversationField": update_field,
    "ms.GenerateURLForUploadFile": _upload,
    "ms.GenerateURLForDownloadFile": _download,
    "userprofile.SetUserProfile": _set_profile,
}
_ENVELOPE = envelope(*_HANDLERS)
