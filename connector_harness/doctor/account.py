"""Whether what the features name of an account is in the settings."""

import re
from pathlib import Path
from typing import Final

from connector_harness.doctor.result import CheckResult, good, not_tried, wrong
from connector_harness.doctor.session import Session

CHECK: Final = "skills, campaigns"

_SKILL: Final = re.compile(r'\bskill "([^"<>]+)"')


def check_names(session: Session) -> CheckResult:
    """Return which skills and campaigns the settings name, and which skills they lack."""
    endpoint = session.endpoint
    missing = sorted(_used(session.rootdir / "features") - {*endpoint.skills})
    if missing:
        names = ", ".join(f'{name} = "…"' for name in missing)
        return wrong(
            CHECK,
            f"features name the skill(s) {', '.join(map(repr, missing))}, and the settings no id",
            f"add skills = {{ {names} }} to the endpoint's table; else ids are made up",
        )
    named = [f"skill {name} = {id_}" for name, id_ in sorted(endpoint.skills.items())]
    named += [f"campaign {name} = {id_}" for name, id_ in sorted(endpoint.campaigns.items())]
    return good(CHECK, ", ".join(named)) if named else not_tried(CHECK, "none are named")


def _used(folder: Path) -> set[str]:
    """Return the skills that sentences of the features name."""
    files = sorted(folder.rglob("*.feature"))
    return {name for file in files for name in _SKILL.findall(file.read_text("utf-8", "replace"))}
