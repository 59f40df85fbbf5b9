"""Keeps the messages of the cases as they are now, to be read before they are trusted.

Usage: ``python -m tests.failing.keep``
"""

import tempfile
from pathlib import Path

from tests.failing.cases import CASES, GOOD
from tests.failing.runs import EXPECTED, normalised, run_against_a_server, run_against_the_sandbox
from tests.failing.test_failing import problem


def main() -> None:
    """Run all cases and write what each says."""
    with tempfile.TemporaryDirectory() as folder:
        for place in ("server", "sandbox"):
            Path(folder, place).mkdir()
        against_a_server = run_against_a_server(Path(folder, "server"))
        against_the_sandbox = run_against_the_sandbox(Path(folder, "sandbox"))
        for name, case in CASES.items():
            run = against_a_server if case.feature == GOOD else against_the_sandbox
            text = normalised(problem(run, name).text or "")
            (EXPECTED / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
