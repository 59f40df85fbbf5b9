"""The contract as it was in a run, kept beside the results so that documents need nothing else."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from connector_harness.contract.schemas import read_schemas

CONTRACT_FILE: Final = "contract.json"
"""The name of the file in the folder of the results."""

REASONS_FILE: Final = "unreachable.toml"
"""The file beside the schemas that says what no scenario can exercise, and why."""

VERSION: Final = 1

_NEXT: Final = '  next: write "what" = "why"'


class KeptContract(msgspec.Struct, frozen=True):
    """The contract that a run was judged by; as a document, it has these members."""

    schemas: dict[str, dict[str, Any]]
    reasons: dict[str, str] = {}
    version: int = VERSION

    @property
    def document(self) -> dict[str, Any]:
        """What is written of it."""
        return msgspec.structs.asdict(self)

    def reason(self, id_: str) -> str:
        """Return why the item *id_* cannot be exercised; empty if it can."""
        return next((self.reasons[each] for each in self.reasons if fits(each, id_)), "")


def fits(pattern: str, id_: str) -> bool:
    """Return whether *pattern* stands for the item *id_*."""
    if "*" not in pattern:
        return pattern == id_
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), id_) is not None


def contract_in(folder: Path) -> KeptContract:
    """Return the contract in the schema files of *folder*.

    Raises:
        SchemaError: They cannot be used.
        ValueError: `REASONS_FILE` is no TOML of texts.
        OSError: A file cannot be read.
    """
    schemas, _ = read_schemas(folder, checked=True)
    return KeptContract(schemas, read_reasons(folder / REASONS_FILE))


def read_reasons(file: Path) -> dict[str, str]:
    """Return the reasons in *file*; none where it is missing.

    Raises:
        ValueError: It is no TOML of texts; the message says where.
        OSError: It cannot be read.
    """
    if not file.is_file():
        return {}
    try:
        reasons = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file.parent.name}/{file.name}: {error}\n{_NEXT}") from None
    wrong = [each for each, reason in reasons.items() if not isinstance(reason, str)]
    if wrong:
        raise ValueError(
            f"{file.parent.name}/{file.name}: the reason of {wrong[0]!r} is no text\n{_NEXT}"
        )
    return reasons


def read_contract(folder: Path) -> KeptContract | None:
    """Return the contract beside the results in *folder*; None where there is none."""
    try:
        return msgspec.json.decode((folder / CONTRACT_FILE).read_bytes(), type=KeptContract)
    except (OSError, ValueError):
        return None
