"""Documents that a sentence refers to by name."""

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector_harness.json_types import JsonObject, read_json


@dataclass(frozen=True)
class NamedDocuments:
    """The JSON objects of one folder, by name.

    The name "gold customer" stands for the file ``gold_customer.json``. Used as a converter of a
    step's argument it hands the step the document; the guard asks `problem` before the run, so
    that a name without a file stops it.

    Args:
        folder: Where the files are.
        kind: What they are, for messages: ``"profile"``.
        members: The members a document may have, with their types; the first must be there.
            Without any, documents may be what they like.
        wrong: Returns what else is wrong with a document; empty where nothing is.
    """

    folder: Path
    kind: str
    members: Mapping[str, type] = field(default_factory=dict)
    wrong: Callable[[JsonObject], str] = field(default=lambda _: "", repr=False)
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
            self._texts[name] = self._file(name).read_text(encoding="utf-8")
        document: JsonObject = json.loads(self._texts[name])
        return document

    def names(self) -> list[str]:
        """Return the names of all documents of the folder."""
        return sorted(file.stem.replace("_", " ") for file in self.folder.glob("*.json"))

    def problem(self, name: str) -> tuple[str, str] | None:
        """Return what is wrong with *name* and what to do next, or None where nothing is."""
        names = self.names()
        if name not in names:
            where = self._where(self._usual_file(name))
            close = difflib.get_close_matches(name, names, n=1)
            known = ", ".join(f'"{known}"' for known in names) or "none yet"
            other = f"write {where}, or use one of: {known}"
            advice = f'did you mean "{close[0]}"? Or write {where}' if close else other
            return f'no {self.kind} is named "{name}"', advice
        file = self._file(name)
        try:
            document = read_json(file.read_bytes())
        except ValueError as error:
            return self._unreadable(name, str(error), file)
        if not isinstance(document, dict):
            return self._unreadable(name, "not a JSON object", file)
        wrong = _member_problem(document, self.members) if self.members else ""
        wrong = wrong or self.wrong(document)
        return self._unreadable(name, wrong, file) if wrong else None

    def _unreadable(self, name: str, why: str, file: Path) -> tuple[str, str]:
        return f'the {self.kind} "{name}" cannot be read: {why}', f"mend {self._where(file)}"

    def place(self, name: str) -> str:
        """Return where the document called *name* stands, as messages name it."""
        return self._where(self._file(name))

    def _where(self, file: Path) -> str:
        if file.is_relative_to(Path.cwd()):
            return file.relative_to(Path.cwd()).as_posix()
        return f"features/data/{self.folder.name}/{file.name}"

    def _usual_file(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '_')}.json"

    def _file(self, name: str) -> Path:
        usual = self._usual_file(name)
        return usual if usual.is_file() else self.folder / f"{name}.json"


def _member_problem(document: JsonObject, members: Mapping[str, type]) -> str:
    """Return what is wrong with the members of *document*; the first of *members* must be there."""
    for name, value in document.items():
        if name not in members:
            close = difflib.get_close_matches(name, members, n=1)
            meant = f", did you mean {close[0]!r}?" if close else f"; known: {', '.join(members)}"
            return f"it has a member {name!r}{meant}"
        if not isinstance(value, members[name]):
            return f"its {name!r} is {json.dumps(value)[:40]}, not of type {members[name].__name__}"
    missing = next(iter(members))
    return "" if missing in document else f"it has no {missing!r}"
