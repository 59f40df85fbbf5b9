"""Commands to a CI system are of its form, whatever they hold."""

import dataclasses
import re

import pytest

from connector_harness.report.pipeline.annotations import LONGEST, SHOWN, annotations
from connector_harness.results.ci_system import CiSystem
from connector_harness.results.failure_class import FailureClass
from tests.report.failures import HOSTILE, failure

GITHUB, AZURE = CiSystem("github", "e2e/"), CiSystem("azure", "e2e/")

# As the runner of GitHub and the agent of Azure read a line: what is unescaped would end a value.
FORMS = {
    "github": re.compile(
        r"::(?P<level>error|warning) file=(?P<file>[^,:]*),line=(?P<line>\d+),"
        r"title=(?P<title>[^,:\r\n]*)::(?P<message>[^\r\n]*)"
    ),
    "azure": re.compile(
        r"##vso\[task\.logissue type=(?P<level>error|warning);sourcepath=(?P<file>[^;\]]*);"
        r"linenumber=(?P<line>\d+);code=(?P<code>\w*);\](?P<message>[^\r\n]*)"
    ),
}


def read(system: CiSystem, *told: str, counts: bool = True) -> dict[str, str]:
    """Return what *system* reads of one failure."""
    [line] = annotations([failure(*told, counts=counts)], system)
    match = FORMS[system.name].fullmatch(line)
    assert match is not None, line
    return match.groupdict()


@pytest.mark.parametrize("system", [GITHUB, AZURE], ids=lambda each: each.name)
def test_failure_stands_at_its_line(system: CiSystem) -> None:
    """File and line are those of the checkout."""
    found = read(system)

    assert (found["level"], found["file"], found["line"]) == (
        "error",
        "e2e/features/parcels.feature",
        "14",
    )
    assert found["message"].endswith("It is late (Then it arrives)")


@pytest.mark.parametrize("system", [GITHUB, AZURE], ids=lambda each: each.name)
def test_hostile_text_stays_text(system: CiSystem) -> None:
    """Nothing in a reason ends the command or begins another, and all of it comes through."""
    message = read(system, HOSTILE)["message"]

    percent = "%25" if system is GITHUB else "%AZP25"
    plain = message.replace("%0D", "\r").replace("%0A", "\n").replace(percent, "%")
    assert plain.endswith(f"{HOSTILE} (Then it arrives)")


@pytest.mark.parametrize("system", [GITHUB, AZURE], ids=lambda each: each.name)
def test_quarantine_is_a_warning(system: CiSystem) -> None:
    """A failure that does not count is no error."""
    assert read(system, counts=False)["level"] == "warning"


@pytest.mark.parametrize("kind", FailureClass)
@pytest.mark.parametrize("system", [GITHUB, AZURE], ids=lambda each: each.name)
def test_class_of_the_failure_is_told(system: CiSystem, kind: FailureClass) -> None:
    """In the title, which Azure has before the message, and there as the code, too."""
    [line] = annotations([dataclasses.replace(failure(), kind=kind)], system)

    match = FORMS[system.name].fullmatch(line)
    assert match is not None
    found = match.groupdict()
    assert f" [{kind}]" in found.get("title", found["message"])
    assert found.get("code", kind) == kind


def test_title_is_escaped() -> None:
    """Commas and colons would end the title."""
    [line] = annotations([failure(title="a, b: c")], GITHUB)

    assert ",title=a%2C b%3A c [product]::" in line


@pytest.mark.parametrize("system", [GITHUB, AZURE], ids=lambda each: each.name)
def test_path_is_escaped(system: CiSystem) -> None:
    """A file may be called almost anything."""
    odd = dataclasses.replace(failure(), path="a,b:c;d].feature")
    [line] = annotations([odd], system)

    match = FORMS[system.name].fullmatch(line)

    assert match is not None
    path = match["file"].replace("%2C", ",").replace("%3A", ":")
    assert path.replace("%3B", ";").replace("%5D", "]") == "e2e/a,b:c;d].feature"


@pytest.mark.parametrize("system", [GITHUB, CiSystem("azure")], ids=["github", "azure"])
def test_there_are_no_more_than_are_shown(system: CiSystem) -> None:
    """A thousand failures are not a thousand lines, none is endless, and the rest is counted."""
    many = [failure("x" * 9_999, title=str(number)) for number in range(SHOWN + 1_002)]

    *lines, rest = annotations(many, system)

    assert len(lines) == SHOWN
    assert max(map(len, lines)) < LONGEST + 200
    assert "1,002 more" in rest


def test_as_many_as_are_shown_are_all() -> None:
    """No line says that none is missing."""
    lines = list(annotations([failure(title=str(number)) for number in range(SHOWN)], GITHUB))

    assert len(lines) == SHOWN
    assert not [line for line in lines if " more" in line]


def test_gitlab_is_told_nothing_here() -> None:
    """It reads a file."""
    assert list(annotations([failure()], CiSystem("gitlab"))) == []
