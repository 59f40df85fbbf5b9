"""How many scenarios will run at an endpoint, and why the others will not."""

import subprocess
import sys
from pathlib import Path
from typing import Final

LONGEST_S: Final = 120.0
"""How long the features may take to be read, in seconds."""

_SHOWN: Final = 12


def scenarios(endpoint_name: str, *, rootdir: Path, python: str = sys.executable) -> list[str]:
    """Return what a check of the features says at its end, a line each.

    Args:
        endpoint_name: The endpoint.
        rootdir: Where the features are.
        python: The interpreter to run pytest with.
    """
    command = [python, "-m", "pytest", "--spec-check", "--endpoint", endpoint_name, "--color=no"]
    try:
        ended = subprocess.run(  # noqa: S603  # our own command
            command, cwd=rootdir, capture_output=True, text=True, timeout=LONGEST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"the features could not be read: {type(error).__name__}"]
    lines = (ended.stdout or ended.stderr).rstrip().splitlines()
    after = [number for number, line in enumerate(lines) if " spec check " in line]
    told = lines[after[-1] + 1 :] if after else lines[-_SHOWN:]
    # This process has sent something, whatever that one has.
    told = [line for line in told if line and not line.endswith("nothing was sent")]
    return [line for line in told if not line.startswith("==")][-_SHOWN:]
