"""What the features use of an account, whether the settings name it, and what can run with it."""

import glob
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connector_harness.client.settings import SettingsError
from connector_harness.control.adapters import load_agent
from connector_harness.control.agent import METHODS
from connector_harness.doctor.result import CheckResult, failed, good, judged, not_tried, wrong
from connector_harness.doctor.session import Session

NAMES: Final = "skills, campaigns"
AGENT: Final = "agent"

LONGEST_S: Final = 120.0
"""How long the features may take to be read, in seconds."""

_SHOWN: Final = 12

# In a sentence, in a row of examples, and in a named document, unless that has an id of its own.
_IN_FEATURES: Final = (
    re.compile(r'\b(skill|campaign) "([^"<>]+)"'),
    re.compile(r"\|\s*(skill|campaign)\s*\|\s*([^|\s][^|]*?)\s*\|"),
)
_IN_DOCUMENTS: Final = (re.compile(r"\{(skill|campaign|engagement):([^{}:=]+)\}"),)


def check_names(session: Session) -> CheckResult:
    """Return which skills and campaigns the settings name, and which of those in use they lack."""
    endpoint = session.endpoint
    used = set(_used(session.rootdir / "features"))
    problems = []
    for kind, known, shape in (
        ("skill", endpoint.skills, "id"),
        ("campaign", endpoint.campaigns, "campaign/engagement"),
    ):
        missing = sorted(name for each, name in used if each == kind and name not in known)
        if missing:
            names = ", ".join(map(repr, missing))
            ids = ", ".join(f'{name} = "{shape}"' for name in missing)
            what = f"features name the {kind}(s) {names}, and the settings no id"
            remedy = f"add {kind}s = {{ {ids} }} to the endpoint's table; else ids are made up"
            problems.append((what, remedy))
    named = [f"skill {name} = {id_}" for name, id_ in sorted(endpoint.skills.items())]
    named += [f"campaign {name} = {id_}" for name, id_ in sorted(endpoint.campaigns.items())]
    if not (problems or named):
        return not_tried(NAMES, "none are named")
    return judged(NAMES, problems, ", ".join(named))


def check_agent(session: Session) -> CheckResult:
    """Load the agent, and return what they can do; nobody is asked to do any of it."""
    try:
        agent = load_agent(session.endpoint, rootdir=session.rootdir)
    except SettingsError as error:
        return failed(AGENT, error)
    if agent is None:
        if session.control is not None:
            return good(AGENT, "the sandbox there plays the agent")
        return not_tried(AGENT, 'nobody plays the agent (agent = "module:factory" or "manual")')
    cannot = agent.cannot
    try:
        agent.sign_out()
    except Exception as error:  # noqa: BLE001  # somebody else's code
        told = f"{session.endpoint.agent} did not sign out: {type(error).__name__}: {error}"
        return wrong(AGENT, told, "mend it, and see whether the agent is still signed in")
    can = ", ".join(name for name in METHODS if name not in cannot)
    lacks = f"; not: {', '.join(sorted(cannot))}" if cannot else ""
    return good(AGENT, f"{session.endpoint.agent}: {can}{lacks}")


def _used(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of everything that features and their documents name."""
    for ending, patterns in (("feature", _IN_FEATURES), ("json", _IN_DOCUMENTS)):
        # Into linked folders as well, as pytest collects them: rglob leaves them out.
        for file in glob.iglob(f"**/*.{ending}", root_dir=folder, recursive=True):  # noqa: PTH207
            text = (folder / file).read_text("utf-8", "replace")
            for pattern in patterns:
                for kind, name in pattern.findall(text):
                    yield "campaign" if kind == "engagement" else kind, name


def scenarios(endpoint_name: str, *, rootdir: Path, python: str = sys.executable) -> list[str]:
    """Return what a check of the features in *rootdir* says at its end, a line each."""
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
