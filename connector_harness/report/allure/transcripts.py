"""The transcripts of conversations, attached to the results that Allure shows."""

import json
import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from connector_harness.report.chat.transcript_text import transcript_text
from connector_harness.report.page.page import Case
from connector_harness.results.reader import Result

NAME: Final = "conversation"
"""What the attachment is called."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def attach_transcripts(cases: Iterable[Case]) -> None:
    """Attach the conversation to the result of each scenario that published something.

    A result has it once, however often this is done.

    Raises:
        OSError: Something cannot be written.
    """
    for case in cases:
        result = case.result
        if case.transcript and result and _published(result) and not _has_one(result):
            _attach(result, transcript_text(case.transcript))


def _published(result: Result) -> bool:
    return any(
        exchange.operation in ("publish_event", "create_conversation")
        for step in result.steps
        for exchange in step.exchanges
    )


def _has_one(result: Result) -> bool:
    return any(each.get("name") == NAME for each in result.raw.get("attachments") or ())


def _attach(result: Result, text: str) -> None:
    source = f"{uuid.uuid4()}-attachment.txt"
    entry = {"name": NAME, "source": source, "type": "text/plain"}
    attachments = [*(result.raw.get("attachments") or ()), entry]
    file = result.folder / f"{result.raw['uuid']}-result.json"
    _write(result.folder / source, text)
    draft = result.folder / f".{file.name}.tmp"
    _write(draft, _encode({**result.raw, "attachments": attachments}))
    draft.replace(file)


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        left = memoryview(text.encode("utf-8", "surrogatepass"))
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)
