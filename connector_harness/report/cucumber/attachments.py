"""What is shown beside a step: what it attached, logged and linked, and the calls it made."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from connector_harness.report.cucumber.definitions import Message
from connector_harness.results.reader import Results
from connector_harness.results.record import (
    Body,
    OutsideSteps,
    Phase,
    RecordedAttachment,
    RecordedExchange,
    RecordedPart,
)

LONGEST: Final = 8_000
"""How much of a body is attached, in characters."""

LOG: Final = "text/x.cucumber.log+plain"
LINK: Final = "text/uri-list"

CAPTURED_LOG: Final = "log"
"""What allure-pytest calls all that was logged; every part has its own lines of it."""


def attachments(
    part: RecordedPart, telling: Sequence[RecordedExchange], results: Results
) -> Iterator[Message]:
    """Yield what is shown beside *part*, with the bodies of the *telling* ones of its calls."""
    lines = [f"{each.title} ({each.duration_ms} ms)" for each in part.all_exchanges]
    lines += [
        f"notification: {each.words}" for inside in _parts(part) for each in inside.notifications
    ]
    lines += [line for inside in _parts(part) for line in inside.logs]
    if lines:
        yield identity("\n".join(lines), LOG)
    for inside in _parts(part):
        kept = (each for each in inside.attachments if not _is_captured_log(inside, each))
        yield from (attached(each, results) for each in kept)
        yield from (identity(each.url, LINK) for each in inside.links)
    yield from _bodies(each for each in part.all_exchanges if each in telling)


def is_shown(part: RecordedPart) -> bool:
    """Return whether there is anything to show beside *part*, or in it."""
    kept = [each for each in part.attachments if not _is_captured_log(part, each)]
    return bool(kept or part.parts or part.exchanges or part.notifications or part.logs)


def _is_captured_log(part: RecordedPart, attachment: RecordedAttachment) -> bool:
    """Return whether *attachment* is what pytest captured of all logs together."""
    is_of_all = isinstance(part, OutsideSteps) and part.phase is Phase.CALL
    return is_of_all and attachment.name == CAPTURED_LOG


def identity(body: str, media_type: str) -> Message:
    """Return a text that is attached as it is."""
    return {"body": body, "contentEncoding": "IDENTITY", "mediaType": media_type}


def attached(attachment: RecordedAttachment, results: Results) -> Message:
    """Return what somebody has attached; of bytes that are gone, how many they were."""
    body, name = attachment.body, attachment.name
    # A picture is read as bytes, even one that is a text.
    is_seen = body.media_type.startswith(("image/", "video/", "audio/"))
    if body.binary is None and "\0" not in body.text and not is_seen:
        return identity(body.text, body.media_type) | {"fileName": name}
    content = results.content(attachment)
    if content is None:
        size = body.binary.size if body.binary is not None else 0
        return identity(f"{name}: {size} bytes, no longer among the results", LOG)
    encoded = base64.b64encode(content).decode()
    told = {"body": encoded, "contentEncoding": "BASE64", "mediaType": body.media_type}
    return {**told, "fileName": name}


def _parts(part: RecordedPart) -> Iterator[RecordedPart]:
    """Yield *part* and all that it is made of, in order."""
    yield part
    for each in part.parts:
        yield from _parts(each)


def _bodies(exchanges: Iterable[RecordedExchange]) -> Iterator[Message]:
    for exchange in exchanges:
        for name, body in (("request", exchange.request), ("response", exchange.response)):
            media_type = body.media_type or "text/plain"
            if body.text and (media_type.startswith("text/") or media_type.endswith("json")):
                yield {**_body(body, media_type), "fileName": f"{name} of {exchange.title}"}


def _body(body: Body, media_type: str) -> Message:
    """Return a body as it travelled; a cut one is no JSON any more."""
    text = body.text
    if len(text) > LONGEST:
        return identity(f"{text[:LONGEST]}… ({len(text)} characters)", "text/plain")
    return identity(text, media_type)
