"""The send call: one command, handed to whom it is for. Source: API facts §5."""

from collections.abc import Callable

from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.api.fields import update_field
from connector_harness.sandbox.api.files import give_download_address, give_upload_address
from connector_harness.sandbox.api.messages import publish_event
from connector_harness.sandbox.api.signin import admit, read_document
from connector_harness.sandbox.http import Answer, Call, bad_request, full
from connector_harness.sandbox.rules.commands import (
    METADATA,
    envelope,
    find_length,
    first_id,
    read_properties,
)
from connector_harness.sandbox.rules.rules import profile_body
from connector_harness.sandbox.rules.shapes import as_object
from connector_harness.sandbox.state.state import MOST_CONVERSATIONS


def send(sandbox: Sandbox, call: Call) -> Answer:
    """Carry out one send call, or refuse it."""
    consumer = admit(sandbox, call)
    given = read_document(sandbox, call)
    fault = _ENVELOPE(given, "$") or find_length(given, "$")
    if fault:
        raise bad_request(fault, req_id=first_id(given))
    document = as_object(given)
    items = document.get("metadata")
    command = Command(
        sandbox=sandbox,
        account=sandbox.store.account(call.account),
        consumer=consumer,
        id=str(document["id"]),
        kind=str(document["type"]),
        body=as_object(document["body"]),
        metadata=items if isinstance(items, list) else None,
        properties=read_properties(call.headers),
    )
    return _HANDLERS[command.kind](command)


def _set_profile(command: Command) -> Answer:
    """Replace the consumer's profile. Source: API facts §5, §16."""
    command.judge(profile_body(command.sandbox.assumptions))
    profiles = command.account.profiles
    if command.consumer.lp_id not in profiles and len(profiles) >= MOST_CONVERSATIONS:
        raise full(f"account {command.account.id!r} has {len(profiles)} profiles")
    profiles[command.consumer.lp_id] = command.body
    return command.done({"msg": "OK User Profile set successfully"})


_HANDLERS: dict[str, Callable[[Command], Answer]] = {
    "ms.PublishEvent": publish_event,
    "cm.UpdateConversationField": update_field,
    "ms.GenerateURLForUploadFile": give_upload_address,
    "ms.GenerateURLForDownloadFile": give_download_address,
    "userprofile.SetUserProfile": _set_profile,
}
_ENVELOPE = envelope(*_HANDLERS, metadata=METADATA)
