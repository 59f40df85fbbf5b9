"""The folder that a run writes its results to: masked, and each file whole or not at all."""

import itertools
import json
import os
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from connector_harness.json_types import JsonObject
from connector_harness.redaction.redactor import Redactor
from connector_harness.results.ci_system import EXECUTOR
from connector_harness.results.files import SPEC_FILE, is_draft, is_result_file
from connector_harness.results.folder_lock import FolderLock
from connector_harness.results.journal import AttemptJournal
from connector_harness.results.record import Attempt, masked
from connector_harness.results.run_facts import NO_RUN, Run

CATEGORIES: Final = "categories.json"
"""What Allure 2 reads its groups of failures from."""

CONFIG: Final = "allurerc.json"
"""The configuration of Allure 3, which ``--config`` names."""

_SOURCE: Final = re.compile(rb'"([0-9a-f-]{36}-attachment\.[^"]*)"')
Documents: TypeAlias = Callable[[], dict[str, dict[str, Any]]]
"""Returns what Allure reads of an attempt, by kind: ``"result"``, ``"container"``."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ids: Final = itertools.count(uuid.uuid4().int >> 40 << 40)


def new_id() -> str:
    """Return an id that no other process has: counted up from a random one, which is cheaper."""
    return str(uuid.UUID(int=next(_ids)))


class ResultsFolder:
    """The folder of the results.

    Args:
        path: The folder; made when the first file is written.
        redactor: Masks the secrets.
        links: For each kind of link an address with ``{}`` in the place of what it leads to.
        run: The run whose results they are.

    Attributes:
        run: What is known of the run by now.
        lock: Keeps other runs from the folder.
        has_begun: Whether the folder is this run's, and no longer that of the last one.
        lost: Why results could not be written, for each of them.
    """

    def __init__(
        self,
        path: Path,
        redactor: Redactor,
        links: Mapping[str, str] = MappingProxyType({}),
        run: Run = NO_RUN,
    ) -> None:
        self.path = path
        self.run = run
        self.redactor = redactor
        self.lock = FolderLock(path, redactor.text)
        self.links = links
        self.has_begun = False
        self.lost: list[str] = []
        self._journal = AttemptJournal(path)
        self._prefix = f"{path}{os.sep}"
        # What has been written for a result that is not there yet.
        self._fresh: list[str] = []

    def begin(self, run: Run, *, clean: bool) -> None:
        """Make the folder, and note there that the run has begun.

        Args:
            run: What is known of it by now.
            clean: Take an earlier run's results out of it; all else is left alone. Its spec is
                written over, and may be that of this run.

        Raises:
            FolderInUseError: Another run has it.
            OSError: Nothing can be written there.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self.lock.take()
        for file in self.path.iterdir() if clean else ():
            if (is_result_file(file.name) or is_draft(file.name)) and file.name != SPEC_FILE:
                file.unlink(missing_ok=True)
        self.write_run(run)
        self.has_begun = True

    def remove_orphans(self) -> None:
        """Take out what processes left that were killed: attachments of no result, and drafts."""
        every = list(self.path.iterdir())
        drafts = [file for file in every if is_draft(file.name)]
        files = [file for file in every if is_result_file(file.name) and not is_draft(file.name)]
        documents = [file for file in files if file.suffix == ".json"]
        named = {name for file in documents for name in _SOURCE.findall(file.read_bytes())}
        attachments = (file for file in files if "-attachment." in file.name)
        orphans = (file for file in attachments if file.name.encode() not in named)
        for file in (*drafts, *orphans):
            file.unlink(missing_ok=True)

    def write(self, attempt: Attempt, documents: Documents | None = None) -> None:
        """Mask an attempt, and write it and its documents with all attachments, or nothing of it.

        From here on nothing in it is a secret. A full disk costs the result, which is noted in
        `lost`, and not the run.

        Args:
            attempt: What happened.
            documents: Returns what Allure reads of it, by kind, and writes its attachments; None
                where allure-pytest writes it.
        """
        masked(attempt, self.redactor)
        attempt.run = self.run.id
        try:
            for kind, document in documents().items() if documents is not None else ():
                name = f"{document['uuid']}-{kind}.json"
                self._write_whole(name, document)
                self._fresh.append(name)
            self._journal.append(attempt)
        except OSError as error:
            self._take_back()
            self.lost.append(error.strerror or str(error))
        except BaseException:
            self._take_back()
            raise
        self._fresh.clear()

    def _take_back(self) -> None:
        for name in self._fresh:
            Path(self._prefix + name).unlink(missing_ok=True)
        self._fresh.clear()

    def _write_whole(self, name: str, document: dict[str, Any]) -> None:
        """Write a document of which a reader never sees half."""
        scratch = f"{self._prefix}.{name}"
        try:
            self._write(scratch, _encode(document).encode("utf-8", "surrogatepass"))
            os.replace(scratch, self._prefix + name)  # noqa: PTH105  # a path costs as much again
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    def write_attachment(self, content: bytes, extension: str) -> str:
        """Write what is attached to a result, masked by now, and return the name of its file.

        Allure 3 shows a file once, so no two attachments share one.
        """
        source = f"{new_id()}-attachment.{extension}"
        self._write(self._prefix + source, content)
        self._fresh.append(source)
        return source

    def write_document(self, name: str, document: JsonObject) -> None:
        """Write what documents made from the results need beside them."""
        self.redactor.learn(_encode(document).encode())
        self.write_schemas(name, document)

    def write_run(self, run: Run) -> None:
        """Write what is known of the run; a reader never sees half of it."""
        self.run = run
        self._write_whole(run.file, {**masked(run.document, self.redactor), "id": run.id})

    def write_schemas(self, name: str, document: JsonObject) -> None:
        """Write what documents need of the project's own schemas, from which nothing is learned.

        A member called ``phone`` is described there, and no phone number stands below it.
        """
        self._write(f"{self._prefix}{name}", _encode(masked(document, self.redactor)).encode())

    def write_environment(self, environment: dict[str, str]) -> None:
        """Write what the report shows as the environment of the run."""
        shown = masked(environment, self.redactor)
        lines = [f"{name} = {value}\n" for name, value in shown.items()]
        self._write(f"{self._prefix}environment.properties", "".join(lines).encode())

    def write_executor(self, document: JsonObject) -> None:
        """Write what ran the tests, unless somebody has laid that down there."""
        if not (self.path / EXECUTOR).exists():
            self.write_document(EXECUTOR, document)

    def write_history(self, files: Iterable[Path]) -> None:
        """Write the history of earlier runs, for a report of Allure 2."""
        (self.path / "history").mkdir(parents=True, exist_ok=True)
        for file in files:
            masked_content = self.redactor.content(file.read_bytes())
            self._write(f"{self._prefix}history{os.sep}{file.name}", masked_content)

    def write_categories(self, categories: Sequence[dict[str, Any]]) -> None:
        """Write how the report groups failures, unless somebody has laid that down there.

        Allure 2 reads it among the results, Allure 3 in its configuration.
        """
        for name, told in ((CATEGORIES, categories), (CONFIG, {"categories": categories})):
            if not (self.path / name).exists():
                self._write(f"{self._prefix}{name}", json.dumps(told, indent=2).encode())

    def _write(self, file: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            descriptor = os.open(file, flags, 0o666)
        except FileNotFoundError:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, flags, 0o666)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(descriptor, left) :]
        except BaseException:
            Path(file).unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
