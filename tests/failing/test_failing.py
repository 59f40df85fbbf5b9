"""Representative failures read exactly as they are kept, wherever they are shown."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from tests.endpoint.runs import Run
from tests.failing.cases import CASES
from tests.failing.runs import EXPECTED, normalised

Ran = Callable[[str], Run]
each_case = pytest.mark.parametrize("name", CASES)


def problem(run: Run, name: str) -> ET.Element:
    """Return what the JUnit file says of the one scenario of a case."""
    (case,) = (case for id_, case in run.cases.items() if f".{name}::" in id_)
    (found,) = [*case.iter("failure"), *case.iter("error")]
    return found


def result(run: Run, name: str) -> dict[str, Any]:
    """Return the Allure result of the one scenario of a case."""
    (found,) = (each for each in run.results if f"/{name}.feature::" in each["fullName"])
    return found


@each_case
def test_failure_reads_as_it_is_kept(ran: Ran, name: str) -> None:
    """The whole message is the one in `expected/`, but for what differs each time."""
    text = problem(ran(name), name).text or ""

    assert normalised(text) == (EXPECTED / f"{name}.txt").read_text(encoding="utf-8")


@each_case
def test_terminal_and_report_show_the_same(ran: Ran, name: str) -> None:
    """One message, in the JUnit file, in the terminal and in the Allure result."""
    run = ran(name)
    text = problem(run, name).text or ""

    assert text in run.output
    assert result(run, name)["statusDetails"]["trace"] == text


@each_case
def test_class_is_told_everywhere(ran: Ran, name: str) -> None:
    """The class is the type in the JUnit file, and label and message in the Allure result."""
    run, kind = ran(name), CASES[name].kind
    found = result(run, name)

    assert problem(run, name).get("type") == kind
    assert {"name": "failureClass", "value": kind} in found["labels"]
    assert found["statusDetails"]["message"].startswith(f"[{kind}] ")


@each_case
def test_reason_is_short(ran: Ran, name: str) -> None:
    """From the first line to the reason it is no more than a glance, and no frame is in it."""
    lines = (problem(ran(name), name).text or "").split("\n")

    assert next(n for n, line in enumerate(lines) if line.startswith("[")) <= 10
    assert not [line for line in lines if "site-packages" in line or "Traceback" in line]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        (
            "not_let_in",
            "product 3, contract 2, transport 1, authentication 1, timeout 1, spec 2",
        ),
        ("a_notification_that_does_not_come", "product 1, timeout 2, sandbox 1, spec 1"),
    ],
)
def test_classes_are_counted(ran: Ran, name: str, counted: str) -> None:
    """The summary says how many failures there were of each class."""
    assert f"\nfailed by class: {counted}\n" in ran(name).output


@pytest.mark.parametrize("name", ["not_let_in", "a_notification_that_does_not_come"])
def test_good_feature_passes(ran: Ran, name: str) -> None:
    """Without a mutation, nothing fails."""
    passed = [each["fullName"] for each in ran(name).results if each["status"] == "passed"]

    assert [path.partition("::")[0] for path in passed] == ["features/failing/good.feature"]


def test_nothing_is_kept_in_vain() -> None:
    """Every kept message belongs to a case."""
    assert {file.stem for file in EXPECTED.iterdir()} == set(CASES)
