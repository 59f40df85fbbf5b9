"""File sharing: who gets an address, which file may be published, and the bytes themselves.

Source: API facts §7.
"""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.commands import Command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.http.answers import Answer, FileAnswer, full, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules import temp_urls
from connector_harness.sandbox.rules.shapes import members, one_of, pattern, string
from connector_harness.sandbox.state.file_store import PLACE_SIZE, File, path_of
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
"""Characters of a preview at the most."""

_UPLOAD = members(
    {
        "fileSize": pattern("0*[1-9][0-9]{0,14}", "a number of bytes above 0"),
        "fileType": one_of(*MEDIA_TYPES),
    },
    {},
)
_DOWNLOAD = members({"relativePath": string}, {})
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
    fault = _UPLOAD(body, "$.body")
    if fault:
        raise command.refused(fault)
    size, file_type = int(str(body["fileSize"])), str(body["fileType"])
    if size > LARGEST_FILE:
        raise command.refused(f"$.body.fileSize is {size}, more than {LARGEST_FILE}")
    sandbox.files.forget_expired(sandbox.clocks.now)
    check_room(sandbox, PLACE_SIZE)
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
    sandbox, consumer, body = command.sandbox, command.consumer, command.body
    fault = _DOWNLOAD(body, "$.body")
    if fault:
        raise command.refused(fault)
    path = str(body["relativePath"])
    fault = _find_stranger(sandbox, command.account.id, consumer, path)
    if fault:
        raise command.refused(f"$.body.relativePath {fault}")
    expires = int(sandbox.clocks.now(consumer.external_id)) + temp_urls.LIFETIME_S
    key = sandbox.assumptions.temp_url_key
    return command.done(temp_urls.address("GET", path, expires=expires, key=key))


def find_fault(
    sandbox: Sandbox, account: str, consumer: Consumer, message: JsonObject
) -> str | None:
    """Return why a file message may not be published in a consumer's conversation, or None.

    Source: API facts §7, step 3: its shape, and the size of what was uploaded.
    """
    at = "$.body.event.message"
    fault = _MESSAGE(message, at)
    if fault:
        return fault
    if len(str(message.get("preview", ""))) > LARGEST_PREVIEW:
        return f"{at}.preview is longer than {LARGEST_PREVIEW} characters"
    path = str(message["relativePath"])
    fault = _find_stranger(sandbox, account, consumer, path)
    if fault:
        return f"{at}.relativePath {fault}"
    return _find_size_fault(sandbox.files.get(path))


def store_file(sandbox: Sandbox, call: Call) -> Answer:
    """Keep the bytes sent to an upload address: 201, or 401 where it does not hold.

    Source: API facts §7, step 2.
    """
    file = _find_file(sandbox, call)
    _check_address(sandbox, call, "PUT")
    if file is None:
        # The address is ours, so there was a place; once its minute is over, anybody's call may
        # have given it up.
        raise plain_error(401, "Temp URL invalid", "the place was given up after its minute")
    check_room(sandbox, len(call.body) - len(file.content or b""))
    sandbox.files.fill(file, call.body)
    return FileAnswer(201, None, b"", None)


def send_file(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the bytes at a download address, where it holds.

    Source: API facts §7, step 5.
    """
    file = _find_file(sandbox, call)
    _check_address(sandbox, call, "GET")
    if file is None or file.content is None:
        raise plain_error(404, "Not Found", "no file was uploaded here")
    return FileAnswer(200, None, file.content, MEDIA_TYPES[file.file_type])


def check_room(sandbox: Sandbox, more: int) -> None:
    """Accept *more* bytes of files.

    Raises:
        RefusedError: The sandbox keeps as many as it may.
    """
    if not sandbox.files.has_room(more):
        raise full(f"the sandbox keeps {sandbox.files.size} bytes of files; {more} are too many")


def _find_stranger(sandbox: Sandbox, account: str, consumer: Consumer, path: str) -> str | None:
    file = sandbox.files.get(path)
    known = file is not None and path.startswith(f"/v1/AUTH_async-images/{account}/")
    if file is None or not known or file.content is None:
        return f"is {path[:200]!r}, where no file was uploaded"
    if file.owner != consumer:
        return f"is {path[:200]!r}, a file of another consumer"
    return None


def _find_size_fault(file: File | None) -> str | None:
    size = len(file.content or b"") if file else 0
    if not size:
        return "the uploaded file is empty"
    if file and size != file.declared_size:
        return f"the uploaded file has {size} bytes, not the {file.declared_size} declared"
    return None


def _path(call: Call) -> str:
    # Templates of the documentation lead to two slashes at the begin; signed is one.
    return f"/{call.path.lstrip('/')}"


def _find_file(sandbox: Sandbox, call: Call) -> File | None:
    file = sandbox.files.get(_path(call))
    call.consumer = file.owner.external_id if file else None
    return file


def _check_address(sandbox: Sandbox, call: Call, method: str) -> None:
    key, now = sandbox.assumptions.temp_url_key, sandbox.clocks.now(call.consumer)
    fault = temp_urls.find_fault(method, _path(call), query=call.query, key=key, now=now)
    if fault:
        raise plain_error(401, "Temp URL invalid", fault)
