"""The file service: takes and gives bytes at temporary addresses. Source: API facts §7."""

from connector_harness.sandbox.api import temp_urls
from connector_harness.sandbox.api.files import refuse_full
from connector_harness.sandbox.context import Deployment
from connector_harness.sandbox.http.answers import Answer, FileAnswer, plain_error
from connector_harness.sandbox.http.calls import Call
from connector_harness.sandbox.state.file_store import File

MEDIA_TYPES = {
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
}
"""What each file type is served as."""


def store_file(deployment: Deployment, call: Call) -> Answer:
    """Keep the bytes sent to an upload address: 201, or 401 where it does not hold.

    Source: API facts §7, step 2.
    """
    file = deployment.files.get(_path(call))
    fault = _find_fault(deployment, call, "PUT", file)
    if fault:
        return plain_error(401, "Temp URL invalid", fault)
    if file is None:
        # The address is ours, so there was a place; once its minute is over, anybody's call may
        # have given it up.
        return plain_error(401, "Temp URL invalid", "the place was given up after its minute")
    refusal = refuse_full(deployment, len(call.body) - len(file.content or b""))
    if refusal:
        return refusal
    deployment.files.fill(file, call.body)
    return FileAnswer(201, None, b"", None)


def send_file(deployment: Deployment, call: Call) -> Answer:
    """Answer with the bytes at a download address, where it holds.

    Source: API facts §7, step 5.
    """
    file = deployment.files.get(_path(call))
    fault = _find_fault(deployment, call, "GET", file)
    if fault:
        status = deployment.assumptions.invalid_download_status
        return plain_error(status, "Temp URL invalid", fault)
    if file is None or file.content is None:
        return plain_error(404, "Not Found", "no file was uploaded here")
    return FileAnswer(200, None, file.content, MEDIA_TYPES[file.file_type])


def _path(call: Call) -> str:
    # Templates of the documentation lead to two slashes at the begin; signed is one.
    return f"/{call.path.lstrip('/')}"


def _find_fault(deployment: Deployment, call: Call, method: str, file: File | None) -> str | None:
    call.consumer = file.owner.external_id if file else None
    return temp_urls.find_fault(
        method,
        _path(call),
        query=call.query,
        key=deployment.assumptions.temp_url_key,
        now=deployment.clocks.now(call.consumer),
    )
