"""The CI system that a run is part of, as its environment variables tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

Name: TypeAlias = Literal["github", "gitlab", "azure"]

_SYSTEMS: Final[tuple[tuple[Name, str, str], ...]] = (
    ("github", "GITHUB_ACTIONS", "GITHUB_WORKSPACE"),
    ("gitlab", "GITLAB_CI", "CI_PROJECT_DIR"),
    ("azure", "TF_BUILD", "BUILD_SOURCESDIRECTORY"),
)
"""The name of each system, the variable that is true there, and the one with the checkout."""


@dataclass(frozen=True, slots=True)
class CiSystem:
    """The system, and what it is told of files.

    Attributes:
        name: Which one it is.
        below: Where the rootdir lies in the checkout, as ``"e2e/"``; empty if it is the checkout.
        summary: The file that GitHub shows as the job's summary.
        source: Where GitHub shows a file of the commit under test; empty if that is not known.
    """

    name: Name
    below: str = ""
    summary: Path | None = None
    source: str = ""

    def path(self, path: str) -> str:
        """Return the *path* of a feature as the system knows it: from the checkout."""
        return f"{self.below}{path}"


def detect(environment: Mapping[str, str], root: Path) -> CiSystem | None:
    """Return the system that runs this; None where it is none that is known.

    Args:
        environment: The environment variables.
        root: What the paths of features are relative to.
    """
    for name, variable, checkout in _SYSTEMS:
        if environment.get(variable, "").lower() == "true":
            below = _below(environment.get(checkout, ""), root)
            summary = environment.get("GITHUB_STEP_SUMMARY") if name == "github" else None
            return CiSystem(name, below, Path(summary) if summary else None, _source(environment))
    return None


def is_read_for_commands(environment: Mapping[str, str]) -> bool:
    """Return whether a system runs this that takes commands from the output."""
    systems = (variable for name, variable, _ in _SYSTEMS if name in ("github", "azure"))
    return any(environment.get(variable, "").lower() == "true" for variable in systems)


def _below(checkout: str, root: Path) -> str:
    if not checkout:
        return ""
    top, here = Path(checkout).resolve(), root.resolve()
    return f"{here.relative_to(top).as_posix()}/" if top in here.parents else ""


def _source(environment: Mapping[str, str]) -> str:
    parts = [
        environment.get(name, "")
        for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    ]
    server, repository, commit = parts
    return f"{server}/{repository}/blob/{commit}/" if all(parts) else ""
