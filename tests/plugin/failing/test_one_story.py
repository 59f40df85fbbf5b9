"""Every output tells one story of a failure: its class, its sentence, its reason, how many."""

import json
import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest

from connector_harness.results.failure_class import MEANINGS, FailureClass
from tests.plugin.outputs import MESSAGES, red_in_every_output
from tests.project import Project

STEPS = """
    from connector_harness.client.files import AddressError
    from connector_harness.client.http.exchange import Exchange, NotJsonError
    from connector_harness.client.tokens import SignInError
    from connector_harness.contract.contract import ContractError
    from connector_harness.control.routes import SandboxControlError
    from connector_harness.redaction.redactor import Redactor

    SENT = Exchange("x", "POST", "http://127.0.0.1:9/x", (), b"", 401, (), b"", 0.0, 0.0)
    ERRORS = {
        "contract": ContractError("off the contract"),
        "transport": NotJsonError("no answer of use"),
        "authentication": SignInError("not let in", SENT, Redactor()),
        "timeout": TimeoutError("too late"),
        "sandbox": SandboxControlError("out of order"),
        "spec": LookupError("mistaken"),
    }


    @then(parsers.parse("it is {kind}"))
    def it_is(kind):
        came = 1
        if kind == "product":
            assert came == 3
        raise ERRORS[kind]
"""


def feature(kinds: list[FailureClass]) -> str:
    """Return a feature with a scenario that fails for each of *kinds*."""
    scenarios = "".join(
        f"  Scenario: Of {kind}\n    Given a basket\n    Then it is {kind}\n" for kind in kinds
    )
    return f"Feature: F\n{scenarios}"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "workers"])
@pytest.mark.parametrize(
    "kinds",
    [[*FailureClass], *([each] for each in FailureClass)],
    ids="-".join,
)
def test_outputs_agree(
    ci_project: Project, kinds: list[FailureClass], workers: tuple[str, ...]
) -> None:
    """Class, sentence and reason are the same wherever they stand, and so is the count."""
    project = ci_project
    project.steps(STEPS)
    project.feature(feature(kinds))

    run = project.run(*MESSAGES, *workers)

    assert red_in_every_output(project, run) == (len(kinds), len(kinds))
    counted = ", ".join(f"{kind} 1" for kind in FailureClass if kind in kinds)
    assert f"failed by class: {counted}" in run.outlines
    reports = project.root / "reports"
    root = ET.parse(reports / "junit.xml").getroot()  # noqa: S314 - written by this very run
    html = (reports / "spec.html").read_text(encoding="utf-8")
    page = unescape(re.sub("<[^>]+>", "", html))
    # Without the escapes of Markdown.
    rows = (reports / "summary.md").read_text(encoding="utf-8").replace("\\", "").splitlines()
    lines = (project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    ended = [e["testStepFinished"]["testStepResult"] for e in told if "testStepFinished" in e]
    for kind in kinds:
        sentence = f"Then it is {kind}"
        [allure] = [each for each in project.results() if each["name"] == f"Of {kind}"]
        message = allure["statusDetails"]["message"]
        assert message.startswith(f"[{kind}] ")
        reason = message.removeprefix(f"[{kind}] ").partition(f" ({sentence}")[0]
        # Where it does not follow the class it begins a sentence.
        gist = reason[:1].upper() + reason[1:]
        [case] = [each for each in root.iter("testcase") if each.get("name") == f"Of {kind}"]
        [failure] = [*case.iter("failure"), *case.iter("error")]
        assert (failure.get("type"), failure.get("message")) == (str(kind), message)
        [annotation] = [e for e in run.outlines if f"title=Of {kind} [{kind}]::" in e]
        assert annotation.endswith(f"::{gist} ({sentence})")
        [row] = [each for each in rows if f"**Of {kind}**" in each]
        assert row.endswith(f"{sentence}: {gist} | {kind} |")
        assert any(f"[{kind}] {reason}\n" in each.get("message", "") for each in ended)
        assert f"{sentence}{gist} ({MEANINGS[kind]})" in page
        assert any(line.startswith("FAILED ") and message in line for line in run.outlines)
        assert f"[{kind}] {reason}" in run.outlines
