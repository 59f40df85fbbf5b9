"""The CI system that a run is part of, as its environment variables tell."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from connector_harness.json_types import JsonObject

Name: TypeAlias = Literal["github", "gitlab", "azure", "jenkins"]
Environ: TypeAlias = Mapping[str, str]

EXECUTOR: Final = "executor.json"
"""The name of the file, in the folder of the results, that tells Allure of the build."""


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


def detect(environ: Environ, root: Path) -> CiSystem | None:
    """Return the system that runs this; None where it is none that is known."""
    name = _name(environ)
    if name is None:
        return None
    below = _below(environ.get(_SYSTEMS[name].checkout, ""), root)
    summary = environ.get("GITHUB_STEP_SUMMARY") if name == "github" else None
    return CiSystem(name, below, Path(summary) if summary else None, _source(environ))


def is_read_for_commands(environ: Environ) -> bool:
    """Return whether a system runs this that takes commands from the output."""
    return _name(environ) in ("github", "azure")


def executor(environ: Environ) -> JsonObject | None:
    """Return what the system says of the build, for the Allure report; None where there is none.

    Shape: ``{"name": str, "type": str, "url": str, "buildOrder": int, "buildName": str,
    "buildUrl": str}``, each but the first two only where it is known.
    """
    name = _name(environ)
    if name is None:
        return None
    told = {"name": _SYSTEMS[name].title, "type": name, **_SYSTEMS[name].build(environ)}
    return {each: value for each, value in told.items() if value}


def commit(environ: Environ, root: Path) -> str:
    """Return the commit of the project in *root*; empty where neither a system nor git knows it."""
    for each in _SYSTEMS.values():
        if told := environ.get(each.commit, ""):
            return told
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "-C", str(root), "rev-parse", "HEAD"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_GIT_S)  # noqa: S603 - git's own
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout.strip()


_GIT_S: Final = 5.0


def _name(environ: Environ) -> Name | None:
    said = (name for name, each in _SYSTEMS.items() if environ.get(each.variable, ""))
    return next((each for each in said if environ[_SYSTEMS[each].variable] != "false"), None)


def _below(checkout: str, root: Path) -> str:
    if not checkout:
        return ""
    top, here = Path(checkout).resolve(), root.resolve()
    return f"{here.relative_to(top).as_posix()}/" if top in here.parents else ""


def _source(environ: Environ) -> str:
    place = _joined(environ, "GITHUB_SERVER_URL", "GITHUB_REPOSITORY")
    commit = environ.get("GITHUB_SHA")
    return f"{place}/blob/{commit}/" if place and commit else ""


def _github(environ: Environ) -> JsonObject:
    project = _joined(environ, "GITHUB_SERVER_URL", "GITHUB_REPOSITORY")
    run, attempt = environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT", "1")
    again = "" if attempt == "1" else f"/attempts/{attempt}"
    number = environ.get("GITHUB_RUN_NUMBER", "")
    return {
        "url": project,
        "buildOrder": _number(number),
        "buildName": _named(environ.get("GITHUB_WORKFLOW", "run"), number),
        "buildUrl": f"{project}/actions/runs/{run}{again}" if project and run else "",
    }


def _gitlab(environ: Environ) -> JsonObject:
    number = environ.get("CI_PIPELINE_IID", "")
    return {
        "url": environ.get("CI_PROJECT_URL", ""),
        "buildOrder": _number(number),
        "buildName": _named(environ.get("CI_JOB_NAME", "pipeline"), number),
        "buildUrl": environ.get("CI_JOB_URL") or environ.get("CI_PIPELINE_URL", ""),
    }


def _jenkins(environ: Environ) -> JsonObject:
    number = environ.get("BUILD_NUMBER", "")
    return {
        "url": environ.get("JOB_URL") or environ.get("JENKINS_URL", ""),
        "buildOrder": _number(number),
        "buildName": _named(environ.get("JOB_NAME", "build"), number),
        "buildUrl": environ.get("BUILD_URL", ""),
    }


def _azure(environ: Environ) -> JsonObject:
    project = _joined(environ, "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT").replace(" ", "%20")
    build = environ.get("BUILD_BUILDID", "")
    name, number = environ.get("BUILD_DEFINITIONNAME", "build"), environ.get("BUILD_BUILDNUMBER")
    return {
        "url": project,
        "buildOrder": _number(build),
        "buildName": _named(name, number or ""),
        "buildUrl": f"{project}/_build/results?buildId={build}" if project and build else "",
    }


@dataclass(frozen=True, slots=True)
class _System:
    """How a system is known: by a variable; and what it tells of checkout, commit and build."""

    title: str
    variable: str
    checkout: str
    commit: str
    build: Callable[[Environ], JsonObject]


_SYSTEMS: Final[Mapping[Name, _System]] = {
    "github": _System(
        "GitHub Actions", "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_SHA", _github
    ),
    "gitlab": _System("GitLab CI", "GITLAB_CI", "CI_PROJECT_DIR", "CI_COMMIT_SHA", _gitlab),
    "azure": _System(
        "Azure Pipelines", "TF_BUILD", "BUILD_SOURCESDIRECTORY", "BUILD_SOURCEVERSION", _azure
    ),
    "jenkins": _System("Jenkins", "JENKINS_URL", "WORKSPACE", "GIT_COMMIT", _jenkins),
}


def _joined(environ: Environ, *names: str) -> str:
    parts = [environ.get(name, "").rstrip("/") for name in names]
    return "/".join(parts) if all(parts) else ""


def _named(name: str, number: str) -> str:
    return f"{name} #{number}" if number else name


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
