"""What ran the tests, for the Allure report: the pipeline, where there is one."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from connector_harness.json_types import JsonObject

Environ: TypeAlias = Mapping[str, str]

EXECUTOR: Final = "executor.json"
"""The name of the file in the folder of the results."""


def executor(environ: Environ) -> JsonObject | None:
    """Return what the pipeline says of itself, or None where there is none.

    Shape: ``{"name": str, "type": str, "url": str, "buildOrder": int, "buildName": str,
    "buildUrl": str, "reportName": str}``, each but the first two only where it is known.

    Args:
        environ: The process environment.
    """
    for variable, describe in PIPELINES.items():
        if environ.get(variable):
            return {name: value for name, value in describe(environ).items() if value}
    return None


def _github(environ: Environ) -> JsonObject:
    project = _joined(environ, "GITHUB_SERVER_URL", "GITHUB_REPOSITORY")
    run, attempt = environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT", "1")
    again = "" if attempt == "1" else f"/attempts/{attempt}"
    number = environ.get("GITHUB_RUN_NUMBER", "")
    return {
        "name": "GitHub Actions",
        "type": "github",
        "url": project,
        "buildOrder": _number(number),
        "buildName": _named(environ.get("GITHUB_WORKFLOW", "run"), number),
        "buildUrl": f"{project}/actions/runs/{run}{again}" if project and run else "",
    }


def _gitlab(environ: Environ) -> JsonObject:
    number = environ.get("CI_PIPELINE_IID", "")
    return {
        "name": "GitLab CI",
        "type": "gitlab",
        "url": environ.get("CI_PROJECT_URL", ""),
        "buildOrder": _number(number),
        "buildName": _named(environ.get("CI_JOB_NAME", "pipeline"), number),
        "buildUrl": environ.get("CI_JOB_URL") or environ.get("CI_PIPELINE_URL", ""),
    }


def _jenkins(environ: Environ) -> JsonObject:
    number = environ.get("BUILD_NUMBER", "")
    return {
        "name": "Jenkins",
        "type": "jenkins",
        "url": environ.get("JOB_URL") or environ.get("JENKINS_URL", ""),
        "buildOrder": _number(number),
        "buildName": _named(environ.get("JOB_NAME", "build"), number),
        "buildUrl": environ.get("BUILD_URL", ""),
    }


def _azure(environ: Environ) -> JsonObject:
    project = _joined(environ, "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT").replace(" ", "%20")
    build = environ.get("BUILD_BUILDID", "")
    return {
        "name": "Azure Pipelines",
        "type": "azure",
        "url": project,
        "buildOrder": _number(build),
        "buildName": _named(
            environ.get("BUILD_DEFINITIONNAME", "build"), environ.get("BUILD_BUILDNUMBER", "")
        ),
        "buildUrl": f"{project}/_build/results?buildId={build}" if project and build else "",
    }


PIPELINES: Final[Mapping[str, Callable[[Environ], JsonObject]]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "JENKINS_URL": _jenkins,
    "TF_BUILD": _azure,
}
"""The variable by which each pipeline is known, and what describes it."""


def _joined(environ: Environ, *names: str) -> str:
    parts = [environ.get(name, "").rstrip("/") for name in names]
    return "/".join(parts) if all(parts) else ""


def _named(name: str, number: str) -> str:
    return f"{name} #{number}" if number else name


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
