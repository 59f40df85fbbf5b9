"""What stands in angle brackets in an outline, and the value that a row gives it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gherkin.parser_types import Cell
from gherkin.pickles.compiler import Compiler

# No space at its ends: a comparison in a text ("3 < 4, and 4 > 3") is no placeholder.
PLACEHOLDER: Final = re.compile(r"<([^\s<>/!=](?:[^<>/!=]*[^\s<>/!=])?)>")
"""What looks like a placeholder; a column may have any other name besides."""


def filled(text: str, row: Mapping[str, str]) -> str:
    """Return *text* with the values of *row*, each as it is: what looks like one stays."""
    if not row or "<" not in text:
        return text
    names = sorted(row, key=len, reverse=True)
    pattern = "|".join(re.escape(f"<{name}>") for name in names)
    return re.sub(pattern, lambda found: row[found[0][1:-1]], text)


class PickleCompiler(Compiler):
    """The official compiler, for columns of any name: its own takes them for expressions."""

    def _interpolate(
        self, name: str | None, variable_cells: Iterable[Cell], value_cells: Sequence[Cell]
    ) -> Any:  # noqa: ANN401  # None for None, as in the base class
        pairs = zip(variable_cells, value_cells, strict=True)
        # Of two columns of one name, which is a finding, the first counts.
        row = {str(name["value"]): str(value["value"]) for name, value in reversed([*pairs])}
        return None if name is None else filled(name, row)
