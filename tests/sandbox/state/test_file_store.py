"""The files that are kept."""

import re

from connector_harness.sandbox.state.file_store import PLACE_SIZE, File, FileStore, path_of
from connector_harness.sandbox.state.tokens import Consumer

ADA, BEN = Consumer("ada", "a" * 64), Consumer("ben", "b" * 64)


def _file(path: str, *, owner: Consumer = ADA, expires: int = 60) -> File:
    return File(path=path, owner=owner, file_type="PNG", declared_size=3, expires=expires)


def test_path_tells_sender_and_time() -> None:
    """A path has the documented form, its time to the millisecond in UTC."""
    path = path_of("70000001", ADA.lp_id, "PNG", now=1735689605.25)

    uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    form = f"/v1/AUTH_async-images/70000001/{'a' * 64}_uuid_{uuid}_01-01-2025_00-00-05-250[.]PNG"
    assert re.fullmatch(form, path)


def test_size_counts_places_and_bytes() -> None:
    """A place counts by itself, a file by its bytes as well, once however often it is sent."""
    store, file = FileStore(), _file("/a")
    store.keep_place(file)
    empty = store.size

    store.fill(file, b"12345")
    store.fill(file, b"123")

    assert (empty, store.size) == (PLACE_SIZE, PLACE_SIZE + 3)


def test_expired_places_are_given_up() -> None:
    """A place whose address has ended is forgotten, on the clock of its consumer."""
    store = FileStore()
    for path, owner in (("/old", ADA), ("/new", BEN), ("/behind", ADA)):
        store.keep_place(_file(path, owner=owner))

    store.forget_expired({"ada": 61.0, "ben": 60.0}.__getitem__)

    assert store.get("/old") is None
    assert store.get("/new") is not None
    assert store.size == 2 * PLACE_SIZE


def test_files_outlive_their_addresses() -> None:
    """What was uploaded stays."""
    store, file = FileStore(), _file("/a")
    store.keep_place(file)
    store.fill(file, b"123")

    store.forget_expired(lambda _consumer: 1e9)

    assert store.get("/a") is file


def test_content_is_not_shown() -> None:
    """The text form of a file has none of its bytes."""
    file = _file("/a")
    file.content = b"123"

    assert "123" not in repr(file)
