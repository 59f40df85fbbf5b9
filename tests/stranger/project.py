"""A project of somebody who tests the stranger: what they would write, and how their runs end."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from tests.endpoint.runs import ROOT, environment, make_project
from tests.stranger.adapter import PRIVATE_ADDRESS
from tests.stranger.running import Stranger

TIMEOUT_S = 900
_ADAPTER = "stranger_agent"

Status = Literal["passed", "failed", "skipped", "did not run"]
_STATUSES: Mapping[str, Status] = {"failure": "failed", "error": "failed", "skipped": "skipped"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario ended.

    Attributes:
        status: In one word.
        reason: Why it did not pass; empty if it did.
    """

    status: Status
    reason: str = ""


_VANISHED: Final = Outcome("did not run")


@dataclass(frozen=True, slots=True)
class FeatureRun:
    """A run of features that has ended.

    Attributes:
        exit_code: How it ended.
        output: What it wrote to the terminal.
        outcomes: How each scenario ended, by the path of its feature and its title.
    """

    exit_code: int
    output: str = field(repr=False)
    outcomes: Mapping[str, Outcome]

    def ended(self, status: Status) -> set[str]:
        """Return the scenarios that ended so."""
        return {name for name, outcome in self.outcomes.items() if outcome.status == status}


@dataclass(frozen=True, slots=True)
class Project:
    """A folder in which pytest is run, and the environment that belongs to it."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, processes: int = 1) -> FeatureRun:
        """Run features and return how that ended.

        Args:
            arguments: Paths of features, and options.
            processes: How many processes of pytest-xdist run them; 1 for none of them.
        """
        report = self.folder / "reports" / "junit.xml"
        report.unlink(missing_ok=True)
        workers = [] if processes == 1 else ["-n", str(processes)]
        inherited = {k: v for k, v in environment().items() if not k.startswith("CONNECTOR_")}
        ended = subprocess.run(  # noqa: S603  # our own command line
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *workers, *arguments],
            cwd=self.folder,
            env={**inherited, **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert report.is_file(), ended.stdout
        return FeatureRun(ended.returncode, ended.stdout, outcomes(report))


def project_of(
    folder: Path, stranger: Stranger, *, agent: bool = True, read_back: str | None = None
) -> Project:
    """Write the project of somebody who was given an account of the stranger.

    Args:
        folder: Where; it does not exist yet.
        stranger: The deployment; whether it reaches a receiver is said there.
        agent: Whether they have brought along who plays the agent.
        read_back: What tells what a conversation holds, as the settings name it; None for nothing.
    """
    make_project(folder, _settings(stranger, agent=agent, read_back=read_back))
    (folder / f"{_ADAPTER}.py").symlink_to(ROOT / "tests" / "stranger" / "adapter.py")
    (folder / ".env").write_text(
        f"CONNECTOR_CLIENT_ID={stranger.client_id}\n"
        f"CONNECTOR_CLIENT_SECRET={stranger.client_secret}\n"
        # Whoever asks for the history is a user of the account.
        "CONNECTOR_HISTORY_TOKEN=token-of-a-user-of-the-stranger\n",
        encoding="utf-8",
    )
    return Project(folder, {PRIVATE_ADDRESS: stranger.control})


def receiver_of_readme(listen: str, public_address: str) -> str:
    """Return the table of a receiver as README's "Notifications" shows it, at other addresses."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Notifications\n")[2]
    table = text.partition("```toml\n")[2].partition("```")[0]
    for name, address in (("listen", listen), ("public_address", public_address)):
        line = re.compile(f'^{name} = ".*?"', re.MULTILINE)
        table, count = line.subn(f'{name} = "{address}"', table)
        assert count == 1, f"README's example has {count} lines {name} = …"
    return table


def compare(ours: FeatureRun, theirs: FeatureRun, reasons: Mapping[str, str]) -> list[str]:
    """Return how the scenarios differ that ran on both, a line each, and why they failed.

    A scenario that one of them does not know differs as well; one that was skipped does not.

    Args:
        ours: The run on the built-in sandbox.
        theirs: The run on the stranger.
        reasons: Why a scenario must end otherwise there.
    """
    differences = []
    for name in sorted(ours.outcomes.keys() | theirs.outcomes.keys()):
        our, their = (run.outcomes.get(name, _VANISHED) for run in (ours, theirs))
        if "skipped" not in {our.status, their.status} and (
            (our.status == their.status) == (name in reasons)
        ):
            known = f", although {reasons[name]}" if name in reasons else ""
            line = f"{name}: {our.status} here, {their.status} there{known}"
            differences.append("\n".join(filter(None, [line, our.reason, their.reason])))
    return differences


def _settings(stranger: Stranger, *, agent: bool, read_back: str | None) -> str:
    lines = [
        "[tool.connector_harness]",
        'endpoint = "staging"',
        "[tool.connector_harness.endpoints.staging]",
        f'account = "{stranger.account}"',
        f'discovery = "{stranger.discovery}"',
        f'ca_file = "{stranger.ca_file}"',
        'skills = { billing = "920017" }',
        'campaigns = { spring = "31001/31077" }',
    ]
    if agent:
        lines.append(f'agent = "{_ADAPTER}:StrangersAgent"')
    if read_back is not None:
        lines.append(f'read_back = "{read_back}"')
    if stranger.receiver is not None:
        listen = urlsplit(stranger.receiver).netloc
        lines.append(receiver_of_readme(listen, stranger.public_address))
    return "\n".join(lines)


def outcomes(report: Path) -> dict[str, Outcome]:
    """Return how each scenario ended, by its feature's path and its title, from a JUnit file."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314  # written by our run
    return {f"{case.get('file')}: {case.get('name')}": _outcome(case) for case in cases}


def _outcome(case: ET.Element) -> Outcome:
    for tag, status in _STATUSES.items():
        found = case.find(tag)
        if found is not None:
            return Outcome(status, f"{found.get('message', '')}\n{found.text or ''}".strip())
    return Outcome("passed")
