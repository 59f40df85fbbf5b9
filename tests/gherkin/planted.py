"""The features of ``hints/``, each with one mistake in it, and what is told of them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.endpoint.runs import ROOT, TIMEOUT_S, environment
from tests.failing.runs import normalised

PLANTED: Final = Path(__file__).parent / "hints"
NAMES: Final = sorted(file.stem for file in PLANTED.glob("*.gherkin"))

_TOLD: Final = re.compile(
    r"^_+ ERROR collecting features/hints/(\w+)\.feature _+\n(.*?)(?=^[_=]{3})",
    re.DOTALL | re.MULTILINE,
)


def told(folder: Path) -> dict[str, str]:
    """Return all that is told of each, by name, from one check of a project with them in it."""
    folder.mkdir()
    for name in ("steps", "schemas", "conftest.py", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "features", folder / "features")
    (folder / "features" / "hints").mkdir()
    for name in NAMES:
        # A run of the tests is no run of features, and has none among its paths.
        shutil.copy(PLANTED / f"{name}.gherkin", folder / "features" / "hints" / f"{name}.feature")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--spec-check"]
    run = subprocess.run(  # noqa: S603 - our own command
        [*command, "features/hints"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    return {name: normalised(text) for name, text in _TOLD.findall(run.stdout)}
