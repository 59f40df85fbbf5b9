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
    """Return a feature with a scenario that fails for each of *kinds*, four lines apart."""
    scenarios = "".join(
        f"  Scenario: {number} is {kind}\n    Given a basket\n    Then it is {kind}\n\n"
        for number, kind in enumerate(kinds, 1)
    )
    return f"Feature: F\n{scenarios}"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "workers"])
@pytest.mark.parametrize(
    "kinds",
    [[*FailureClass, FailureClass.SPEC], *([each] * 2 for each in FailureClass)],
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

    count = len(kinds)
    assert red_in_every_output(project, run) == (count, count)
    counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in FailureClass if kind in kinds)
    assert f"failed by class: {counted}" in run.outlines
    reports = project.root / "reports"
    root = ET.parse(reports / "junit.xml").getroot()  # noqa: S314 - written by this very run
    failures = [each["status"] for each in project.results()].count("failed")
    for each in (root, root[0]):
        numbers = [each.get(name) for name in ("tests", "failures", "errors")]
        assert numbers == [str(count), str(failures), str(count - failures)]
    html = (reports / "spec.html").read_text(encoding="utf-8")
    page = unescape(re.sub("<[^>]+>", "", html))
    # Without the escapes of Markdown.
    rows = (reports / "summary.md").read_text(encoding="utf-8").replace("\\", "").splitlines()
    assert f"| 0 | {count} | 0 | 0 | 0 |" in rows
    lines = (project.root / "messages.ndjson").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    ended = [e["testStepFinished"]["testStepResult"] for e in told if "testStepFinished" in e]
    categories = json.loads((project.results_folder / "categories.json").read_text("utf-8"))
    for number, kind in enumerate(kinds, 1):
        name, sentence = f"{number} is {kind}", f"Then it is {kind}"
        [allure] = [each for each in project.results() if each["name"] == name]
        message = allure["statusDetails"]["message"]
        assert message.startswith(f"[{kind}] ")
        assert {"name": "failureClass", "value": kind} in allure["labels"]
        sorted_in = [e["name"] for e in categories if re.fullmatch(e["messageRegex"], message)]
        assert sorted_in == [f"{kind}: {MEANINGS[kind]}"]
        reason = message.removeprefix(f"[{kind}] ").partition(f" ({sentence}")[0]
        # Where it does not follow the class it begins a sentence.
        gist = reason[:1].upper() + reason[1:]
        [case] = [each for each in root.iter("testcase") if each.get("name") == name]
        [failure] = case.iter({"failed": "failure", "broken": "error"}[allure["status"]])
        assert (failure.get("type"), failure.get("message")) == (str(kind), message)
        for text in (failure.text, case.findtext("system-out")):
            assert f"[{kind}] {reason}\n" in f"{text}\n"
        [annotation] = [e for e in run.outlines if f"title={name} [{kind}]::" in e]
        assert annotation.startswith(f"::error file=features/shop.feature,line={4 * number},")
        assert annotation.endswith(f"::{gist} ({sentence})")
        [row] = [each for each in rows if f"**{name}**" in each]
        assert row.endswith(f"{sentence}: {gist} | {kind} |")
        alike = kinds.count(kind)
        whys = [e for e in ended if f"[{kind}] {reason}\n" in e.get("message", "")]
        ways = [(each["status"], each["exception"]["type"]) for each in whys]
        assert ways == [("FAILED", kind)] * alike
        # Once in the list at the top, once below its scenario.
        assert page.count(f"{sentence}{gist} ({MEANINGS[kind]})") == 2 * alike
        assert any(line.startswith("FAILED ") and message in line for line in run.outlines)
        assert run.outlines.count(f"[{kind}] {reason}") == alike
