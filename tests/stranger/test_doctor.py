"""What doctor says of the stranger to somebody whose settings are right."""

import subprocess
import sys
from pathlib import Path

from tests.endpoint.runs import environment
from tests.stranger.project import project_of
from tests.stranger.running import Stranger


def test_doctor_finds_nothing_wrong(tmp_path: Path, telling: Stranger) -> None:
    """All that is set up is good, TLS and webhooks through a proxy included."""
    project = project_of(tmp_path / "project", telling)
    inherited = {k: v for k, v in environment().items() if not k.startswith("CONNECTOR_")}

    run = subprocess.run(
        [sys.executable, "-m", "connector_harness.doctor", "--yes"],
        cwd=project.folder,
        env={**inherited, **project.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    marks = [line[0] for line in run.stdout.splitlines() if line[0] in "✓✗–"]  # noqa: RUF001
    assert "".join(marks) == "✓✓✓✓✓✓✓✓✓✓✓–✓✓✓", run.stdout  # noqa: RUF001
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("\nrun: pytest --endpoint staging\n")
