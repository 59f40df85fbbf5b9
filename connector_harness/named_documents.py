"""Documents that a sentence refers to by name."""

import difflib
import json
from dataclasses import dataclass, field
from pathlib import Path

from connector_harness.documents import JsonObject


@dataclass(frozen=True)
class NamedDocuments:
    """The JSON objects of one folder, by name.

    The name "gold customer" stands for the file ``gold_customer.json``. Used as a converter of a
    step's argument it hands the step the document; the guard asks `problem` before the run, so
    that a name without a file stops it.

    Args:
        folder: Where the files are.
        kind: What they are, for messages: ``"profile"``.
    """

    folder: Path
    kind: str
    _texts: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, name: str) -> JsonObject:
        """Return the document called *name*, a new one each time.

        Raises:
            LookupError: No readable JSON object is called so.
        """
        if name not in self._texts:
            problem = self.problem(name)
            if problem is not None:
                raise LookupError("\n  next: ".join(problem))
            self._texts[name] = _read(self._file(name))
        document: JsonObject = json.loads(self._texts[name])
        return document

    def names(self) -> list[str]:
        """Return the names of all documents of the folder."""
        return sorted(file.stem.replace("_", " ") for file in self.folder.glob("*.json"))

    def problem(self, name: str) -> tuple[str, str] | None:
        """Return what is wrong with *name* and what to do next, or None where nothing is."""
        where = f"features/data/{self.folder.name}/{self._file(name).name}"
        names = self.names()
        if name not in names:
            close = difflib.get_close_matches(name, names, n=3) or names
            known = ", ".join(f'"{known}"' for known in close) or "none yet"
            return f'no {self.kind} is named "{name}"', f"write {where}, or use one of: {known}"
        try:
            _read(self._file(name))
        except ValueError as error:
            return f'the {self.kind} "{name}" cannot be read: {error}', f"mend {where}"
        return None

    def _file(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '_')}.json"


def _read(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if not isinstance(json.loads(text), dict):
        raise ValueError("not a JSON object")  # noqa: TRY004
    return text
