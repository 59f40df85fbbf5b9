"""Files that a reader never sees half of."""

from pathlib import Path


def replace(file: Path, text: str) -> Path:
    """Write *text* to *file* in one go, its folder made if it is missing, and return the file.

    What is no ordinary file, such as a pipe, is written to and not replaced.

    Raises:
        OSError: It cannot be written; then what was there is still there.
    """
    content = text.encode(errors="replace")
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.tmp")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return file
