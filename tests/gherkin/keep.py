"""Keeps what is told of the mistakes in ``hints/`` as it is now, to be read before it is trusted.

Usage: ``python -m tests.gherkin.keep``
"""

import tempfile
from pathlib import Path

from tests.gherkin.planted import NAMES, PLANTED, told


def main() -> None:
    """Check all of them and write what is told of each."""
    with tempfile.TemporaryDirectory() as folder:
        found = told(Path(folder, "project"))
    for name in NAMES:
        (PLANTED / f"{name}.txt").write_text(found.get(name, ""), encoding="utf-8")


if __name__ == "__main__":
    main()
