"""What a CI system shows beside the line of a feature: commands to it, on the output."""

from collections.abc import Iterator, Sequence
from typing import Final

from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.report.pipeline.failures import ReportedFailure
from connector_harness.results.ci_system import CiSystem

SHOWN: Final = 10
"""How many of a kind are told: GitHub shows no more for a step."""

LONGEST: Final = 1_000
"""How long a message may be, in characters."""


def annotations(failures: Sequence[ReportedFailure], system: CiSystem) -> Iterator[str]:
    """Yield the lines that let *system* annotate the failures; GitLab reads a file instead."""
    write = {"github": _github, "azure": _azure}.get(system.name)
    if write is None:
        return
    for counts in (True, False):
        chosen = [each for each in failures if each.counts is counts]
        for each in chosen[:SHOWN]:
            yield write(each, system.path(each.path))
        if len(chosen) > SHOWN:
            yield _REST[system.name].format(len(chosen) - SHOWN)


# Of another kind, so that it is not the one too many.
_REST: Final = {
    "github": "::notice title=more failures::{:,} more, in the summary and the document",
    "azure": "##vso[task.logissue type=warning;]{:,} more failures, in the document",
}


def _message(failure: ReportedFailure) -> str:
    text = f"{failure.reason} ({failure.sentence})" if failure.sentence else failure.reason
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _title(failure: ReportedFailure) -> str:
    kind = f" [{failure.kind}]" if failure.kind else ""
    return f"{failure.title[:LONGEST]}{kind}"


def _github(failure: ReportedFailure, path: str) -> str:
    """Return a workflow command.

    Source: "Workflow commands for GitHub Actions", with the escapes of actions/toolkit.
    """
    level = "error" if failure.counts else "warning"
    place = {"file": path, "line": str(failure.line)} if failure.path else {}
    about = {**place, "title": _title(failure)}
    told = ",".join(f"{name}={_escape(value, _GITHUB_VALUE)}" for name, value in about.items())
    return f"::{level} {told}::{_escape(_message(failure), _GITHUB)}"


def _azure(failure: ReportedFailure, path: str) -> str:
    """Return a logging command.

    Source: "Logging commands" of Azure Pipelines, ``task.logissue``.
    """
    place = {"sourcepath": path, "linenumber": str(failure.line)} if failure.path else {}
    about = {
        "type": "error" if failure.counts else "warning",
        **place,
        "code": failure.kind,
    }
    told = "".join(f"{name}={_escape(value, _AZURE_VALUE)};" for name, value in about.items())
    return (
        f"##vso[task.logissue {told}]{_escape(f'{_title(failure)}: {_message(failure)}', _AZURE)}"
    )


def _escape(text: str, escapes: dict[str, str]) -> str:
    return spelled_out(text.translate({ord(sign): escape for sign, escape in escapes.items()}))


_BREAKS: Final = {"\r": "%0D", "\n": "%0A"}
_GITHUB: Final = {"%": "%25", **_BREAKS}
_GITHUB_VALUE: Final = {**_GITHUB, ":": "%3A", ",": "%2C"}
_AZURE: Final = {"%": "%AZP25", **_BREAKS}
_AZURE_VALUE: Final = {**_AZURE, ";": "%3B", "]": "%5D"}
