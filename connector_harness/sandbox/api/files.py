"""File sharing: who gets an address, which file may be published, and the bytes themselves.

Source: API facts §7.
"""

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.http.answers import Answer, FileAnswer, Refusal, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.rules import temp_urls
from connector_harness.sandbox.rules.shapes import Shape, members, one_of, pattern, string
from connector_harness.sandbox.state.file_store import PLACE_SIZE, File, path_of
from connector_harness.sandbox.state.tokens import Consumer

FILE_TYPES = ("JPG", "JPEG", "PNG", "GIF")
"""The file types that may be sent, spelled as the API spells them."""

MEDIA_TYPES = {
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
}
"""What each file type is served as."""

_UPLOAD = members(
    {
        "fileSize": pattern("0*[1-9][0-9]{0,14}", "a number of bytes above 0"),
        "fileType": one_of(*FILE_TYPES),
    },
    {},
)
_DOWNLOAD = members({"relativePath": string}, {})


def upload_address(
    sandbox: Sandbox, account: str, consumer: Consumer, body: JsonObject
) -> JsonObject | Refusal | str:
    """Return the address a consumer may send a file to, or why there is none.

    Shape: ``{"fileSize", "fileType"}`` in; ``{"relativePath", "queryParams"}`` out. What is
    wrong with the request is told in words; a sandbox that is full refuses with a status.
    Source: API facts §7, step 1.
    """
    fault = _UPLOAD(body, "$.body")
    if fault:
        return fault
    assumptions, files = sandbox.assumptions, sandbox.files
    size, file_type = int(str(body["fileSize"])), str(body["fileType"])
    if size > assumptions.largest_file:
        return f"$.body.fileSize is {size}, more than {assumptions.largest_file}"
    files.forget_expired(sandbox.clocks.now)
    full = refuse_full(sandbox, PLACE_SIZE)
    if full:
        return full
    now = sandbox.clocks.now(consumer.external_id)
    file = File(
        path=path_of(account, consumer.lp_id, file_type, now=now),
        owner=consumer,
        file_type=file_type,
        declared_size=size,
        expires=int(now) + temp_urls.LIFETIME_S,
    )
    files.keep_place(file)
    return temp_urls.address("PUT", file.path, expires=file.expires, key=assumptions.temp_url_key)


def download_address(
    sandbox: Sandbox, account: str, consumer: Consumer, body: JsonObject
) -> JsonObject | str:
    """Return the address a consumer may fetch a file from, or why there is none.

    Shape: ``{"relativePath"}`` in; ``{"relativePath", "queryParams"}`` out.
    Source: API facts §7, step 4.
    """
    fault = _DOWNLOAD(body, "$.body")
    if fault:
        return fault
    path = str(body["relativePath"])
    fault = _find_stranger(sandbox, account, consumer, path)
    if fault and sandbox.assumptions.foreign_download_refused:
        return f"$.body.relativePath {fault}"
    expires = int(sandbox.clocks.now(consumer.external_id)) + temp_urls.LIFETIME_S
    key = sandbox.assumptions.temp_url_key
    return temp_urls.address("GET", path, expires=expires, key=key)


def find_fault(
    sandbox: Sandbox, account: str, consumer: Consumer, message: JsonObject
) -> str | None:
    """Return why a file message may not be published in a consumer's conversation, or None.

    Source: API facts §7, step 3: its shape, and the size of what was uploaded.
    """
    at = "$.body.event.message"
    assumptions = sandbox.assumptions
    fault = _message(assumptions)(message, at)
    if fault:
        return fault
    if len(str(message.get("preview", ""))) > assumptions.largest_preview:
        return f"{at}.preview is longer than {assumptions.largest_preview} characters"
    path = str(message["relativePath"])
    fault = _find_stranger(sandbox, account, consumer, path)
    if fault:
        return f"{at}.relativePath {fault}"
    return _find_size(sandbox.files.get(path), assumptions)


def store_file(sandbox: Sandbox, call: Call) -> Answer:
    """Keep the bytes sent to an upload address: 201, or 401 where it does not hold.

    Source: API facts §7, step 2.
    """
    file = sandbox.files.get(_path(call))
    fault = _find_address_fault(sandbox, call, "PUT", file)
    if fault:
        return plain_error(401, "Temp URL invalid", fault)
    if file is None:
        # The address is ours, so there was a place; once its minute is over, anybody's call may
        # have given it up.
        return plain_error(401, "Temp URL invalid", "the place was given up after its minute")
    refusal = refuse_full(sandbox, len(call.body) - len(file.content or b""))
    if refusal:
        return refusal
    sandbox.files.fill(file, call.body)
    return FileAnswer(201, None, b"", None)


def send_file(sandbox: Sandbox, call: Call) -> Answer:
    """Answer with the bytes at a download address, where it holds.

    Source: API facts §7, step 5.
    """
    file = sandbox.files.get(_path(call))
    fault = _find_address_fault(sandbox, call, "GET", file)
    if fault:
        status = sandbox.assumptions.invalid_download_status
        return plain_error(status, "Temp URL invalid", fault)
    if file is None or file.content is None:
        return plain_error(404, "Not Found", "no file was uploaded here")
    return FileAnswer(200, None, file.content, MEDIA_TYPES[file.file_type])


def refuse_full(sandbox: Sandbox, more: int) -> Refusal | None:
    """Refuse *more* bytes where the sandbox keeps as many as it may."""
    limit, size = sandbox.assumptions.file_limit, sandbox.files.size
    if size + more <= limit:
        return None
    reason = f"the sandbox keeps {size} bytes of files; {more} more would exceed {limit}"
    return plain_error(503, "Unable to access resource", reason)


def _message(assumptions: Assumptions) -> Shape:
    older = ("IMG", "TXT", "PDF") if assumptions.schema_file_types_published else ()
    required: dict[str, Shape] = {"relativePath": string, "fileType": one_of(*FILE_TYPES, *older)}
    optional: dict[str, Shape] = {"preview": string}
    (required if assumptions.caption_required else optional)["caption"] = string
    return members(required, optional)


def _find_stranger(sandbox: Sandbox, account: str, consumer: Consumer, path: str) -> str | None:
    file = sandbox.files.get(path)
    known = file is not None and path.startswith(f"/v1/AUTH_async-images/{account}/")
    if file is None or not known or file.content is None:
        return f"is {path[:200]!r}, where no file was uploaded"
    if file.owner != consumer:
        return f"is {path[:200]!r}, a file of another consumer"
    return None


def _find_size(file: File | None, assumptions: Assumptions) -> str | None:
    size = len(file.content or b"") if file else 0
    if not size:
        return "the uploaded file is empty"
    if file and size != file.declared_size and assumptions.size_mismatch_refused:
        return f"the uploaded file has {size} bytes, not the {file.declared_size} declared"
    return None


def _path(call: Call) -> str:
    # Templates of the documentation lead to two slashes at the begin; signed is one.
    return f"/{call.path.lstrip('/')}"


def _find_address_fault(sandbox: Sandbox, call: Call, method: str, file: File | None) -> str | None:
    call.consumer = file.owner.external_id if file else None
    return temp_urls.find_fault(
        method,
        _path(call),
        query=call.query,
        key=sandbox.assumptions.temp_url_key,
        now=sandbox.clocks.now(call.consumer),
    )
