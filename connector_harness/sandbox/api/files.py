"""File sharing: who gets an address, which file may be published, and the bytes themselves.

Source: API facts §7.
"""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http import Answer, Call, FileAnswer, plain_error
from connector_harness.sandbox.rules import temp_urls
from connector_harness.sandbox.rules.events import hosted_file
from connector_harness.sandbox.rules.shapes import members, one_of, pattern, string
from connector_harness.sandbox.state.file_store import PLACE_SIZE, File, path_of
from connector_harness.sandbox.state.state import Conversation
from connector_harness.sandbox.state.tokens import Consumer

MEDIA_TYPES = {
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
}
"""What each file type, spelled as the API spells it, is served as; others may not be sent."""

LARGEST_FILE = 3 * 1024 * 1024
"""Bytes of a file at the most: no address for more, and no upload."""

LARGEST_PREVIEW = 30 * 1024
_SIZE = pattern("0*[1-9][0-9]{0,14}", "a number of bytes above 0")
_UPLOAD = members({"fileSize": _SIZE, "fileType": one_of(*MEDIA_TYPES)})
_DOWNLOAD = members({"relativePath": string})
_MESSAGE = members(
    {"relativePath": string, "fileType": one_of(*MEDIA_TYPES)},
    {"caption": string, "preview": string},
)


def give_upload_address(command: Command) -> Answer:
    """Answer with the address a consumer may send a file to.

    Shape: ``{"fileSize", "fileType"}`` in; ``{"relativePath", "queryParams"}`` out.
    Source: API facts §7, step 1.
    """
    sandbox, consumer, body = command.sandbox, command.consumer, command.body
    command.judge(_UPLOAD)
    size, file_type = int(str(body["fileSize"])), str(body["fileType"])
    if size > LARGEST_FILE:
        raise command.refused(f"$.body.fileSize is {size}, more than {LARGEST_FILE}")
    sandbox.files.forget_expired(sandbox.clocks.now)
    sandbox.files.check_room(PLACE_SIZE)
    now = sandbox.clocks.now(consumer.external_id)
    file = File(
        path=path_of(command.account.id, consumer.lp_id, file_type, now=now),
        owner=consumer,
        file_type=file_type,
        declared_size=size,
        expires=int(now) + temp_urls.LIFETIME_S,
    )
    sandbox.files.keep_place(file)
    key = sandbox.assumptions.temp_url_key
    return command.done(temp_urls.address("PUT", file.path, expires=file.expires, key=key))


def give_download_address(command: Command) -> Answer:
    """Answer with the address a consumer may fetch a file from.

    Shape: ``{"relativePath"}`` in; ``{"relativePath", "queryParams"}`` out.
    Source: API facts §7, step 4.
    """
    sandbox, consumer = command.sandbox, command.consumer
    command.judge(_DOWNLOAD)
    path = str(command.body["relativePath"])
    file = _uploaded(sandbox, command.account.id, consumer, path)
    if isinstance(file, str):
        raise command.refused(f"$.body.relativePath {file}")
    expires = int(sandbox.clocks.now(consumer.external_id)) + temp_urls.LIFETIME_S
    key = sandbox.assumptions.temp_url_key
    return command.done(temp_urls.address("GET", path, expires=expires, key=key))


def find_file_fault(sandbox: Sandbox, conversation: Conversation, event: JsonObject) -> str | None:
    """Return why the file of an event cannot be published, or None if it can or has none.

    Source: API facts §7, step 3: its shape, and the size of what was uploaded.
    """
    message, at = hosted_file(event), "$.body.event.message"
    fault = None if message is None else _MESSAGE(message, at)
    if fault or message is None:
        return fault
    if len(str(message.get("preview", ""))) > LARGEST_PREVIEW:
        return f"{at}.preview is longer than {LARGEST_PREVIEW} characters"
    path = str(message["relativePath"])
    file = _uploaded(sandbox, conversation.brand, conversation.consumer, path)
    if isinstance(file, str):
        return f"{at}.relativePath {file}"
    if not file.content:
        return "the uploaded file is empty"
    size, declared = len(file.content), file.declared_size
    fault = f"the uploaded file has {size} bytes, not the {declared} declared"
    return None if size == declared else fault


def store_file(sandbox: Sandbox, call: Call) -> Answer:
    """Keep the bytes sent to an upload address: 201, or 401 where it does not hold.

    Source: API facts §7, step 2.
    """
    file = _addressed(sandbox, call, "PUT")
    if file is None:
        # The address is ours, so there was a place; once its minute is over, anybody's call may
        # have given it up.
        raise plain_error(401, "Temp URL invalid", "the place was given up after its minute")
    sandbox.files.check_room(len(call.body) - len(file.content or b""))
    sandbox.files.fill(file, call.body)
    return FileAnswer(201, None, b"", None)


def send_file(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the bytes at a download address, where it holds.

    Source: API facts §7, step 5.
    """
    file = _addressed(sandbox, call, "GET")
    if file is None or file.content is None:
        raise plain_error(404, "Not Found", "no file was uploaded here")
    return FileAnswer(200, None, file.content, MEDIA_TYPES[file.file_type])


def file_at(sandbox: Sandbox, path: str) -> File | None:
    """Return the file, or the place for it, that the path of a call leads to."""
    # Templates of the documentation lead to two slashes at the begin; signed is one.
    return sandbox.files.get(f"/{path.lstrip('/')}")


def _uploaded(sandbox: Sandbox, account: str, consumer: Consumer, path: str) -> File | str:
    """Return a consumer's file, or why there is none at *path*."""
    file = sandbox.files.get(path)
    is_ours = path.startswith(f"/v1/AUTH_async-images/{account}/")
    if file is None or not is_ours or file.content is None:
        return f"is {path[:200]!r}, where no file was uploaded"
    return file if file.owner == consumer else f"is {path[:200]!r}, a file of another consumer"


def _addressed(sandbox: Sandbox, call: Call, method: str) -> File | None:
    """Return the file of an address that holds."""
    file = file_at(sandbox, call.path)
    call.consumer = file.owner.external_id if file else None
    key, now = sandbox.assumptions.temp_url_key, sandbox.clocks.now(call.consumer)
    path = f"/{call.path.lstrip('/')}"
    fault = temp_urls.find_fault(method, path, query=call.query, key=key, now=now)
    if fault:
        raise plain_error(401, "Temp URL invalid", fault)
    return file
