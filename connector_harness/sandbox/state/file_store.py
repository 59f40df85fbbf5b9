"""The files a sandbox keeps, and the places kept for those that are on their way."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector_harness.sandbox.http import full
from connector_harness.sandbox.state.tokens import Consumer

MOST_BYTES = 256 * 1024 * 1024
PLACE_SIZE = 1024
"""What a file counts beside its bytes, so that places without bytes are bounded as well."""


@dataclass(slots=True, kw_only=True)
class File:
    """One file of a consumer's conversations, or the place kept for it.

    ``owner`` is the consumer who may fetch it, whoever sent it; ``content`` is None until it
    was uploaded; ``expires`` is when the address for that ends, in seconds since the epoch.
    """

    path: str
    owner: Consumer
    file_type: str
    declared_size: int
    expires: int = 0
    content: bytes | None = field(default=None, repr=False)


class FileStore:
    """The files of one sandbox by their paths; ``size`` counts `PLACE_SIZE` more for each."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.size = 0
        self._most = most
        self._files: dict[str, File] = {}
        self._waiting: dict[str, File] = {}

    def check_room(self, more: int) -> None:
        """Accept *more* bytes, or refuse the call."""
        if self.size + more > self._most:
            raise full(f"the sandbox keeps {self.size} bytes of files; {more} are too many")

    def get(self, path: str) -> File | None:
        """Return the file, or its place, at *path*."""
        return self._files.get(path)

    def keep_place(self, file: File) -> None:
        """Keep a place for a file that has not been uploaded yet."""
        self._files[file.path] = self._waiting[file.path] = file
        self.size += PLACE_SIZE

    def fill(self, file: File, content: bytes) -> None:
        """Put the bytes into the place of *file*, instead of any it had."""
        self._waiting.pop(file.path, None)
        self.size += len(content) - len(file.content or b"")
        file.content = content

    def forget_expired(self, now: Callable[[str], float]) -> None:
        """Give up the oldest places whose addresses have ended, by the time of each consumer."""
        while self._waiting:
            path, file = next(iter(self._waiting.items()))
            if now(file.owner.external_id) <= file.expires:
                return
            del self._waiting[path], self._files[path]
            self.size -= PLACE_SIZE


def path_of(account: str, sender: str, file_type: str, *, now: float) -> str:
    """Return a new path for a file of a sender, who is told by 64 hex digits.

    Shape: ``/v1/AUTH_async-images/{account}/{sender}_uuid_{uuid}_{time}.{fileType}``, in UTC.
    Source: API facts §7.
    """
    moment = datetime.fromtimestamp(now, UTC)
    stamp = f"{moment:%d-%m-%Y_%H-%M-%S}-{moment.microsecond // 1000:03d}"
    return f"/v1/AUTH_async-images/{account}/{sender}_uuid_{uuid.uuid4()}_{stamp}.{file_type}"
