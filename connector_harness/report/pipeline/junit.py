"""The JUnit file: a suite for each feature, a test case for each scenario."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from connector_harness.gherkin.written_lines import spelled_out
from connector_harness.report.chat.transcript_text import moment_of
from connector_harness.report.page.rendering import NO_THEN
from connector_harness.report.pipeline.failures import RUN, ReportedFailure, wrong
from connector_harness.results.files import write_whole
from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import FAILED, MARKS, Attempt, RecordedScenario, Status
from connector_harness.results.totals import lacking

NOT_RUN: Final = "not run: the run ended before it"
"""Why a scenario was skipped that was planned and did not run."""

_SUBJECT: Final = ("endpoint", "address", "account")
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OUTCOMES: Final = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))

TAG: Final = "tag"
"""The name of the property that holds a tag."""

_PLACED: Final = frozenset(
    {
        *("epic", "feature", "story", "parentSuite", "suite", "subSuite", "package"),
        *("framework", "language", "host", "thread"),
    }
)
"""Labels that say where a test stands or what ran it, which is told in other ways."""


def write_junit(results: Results, file: Path) -> Path:
    """Write the JUnit file of *results*, and return it."""
    root = junit(results)
    ET.indent(root)
    return write_whole(file, f"{_DECLARATION}{ET.tostring(root, encoding='unicode')}\n")


def _findings(found: Iterable[ReportedFailure]) -> Iterator[ET.Element]:
    """Yield a suite for each file with findings, and one for what is in none."""
    for path, group in groupby(found, key=lambda each: each.path):
        suite = _suite(path or RUN, [_finding(each) for each in group])
        if path:
            suite.set("file", _clean(path))
        yield suite


def _finding(finding: ReportedFailure) -> ET.Element:
    case = _case(finding.title, _classname(finding.path or RUN))
    if finding.path:
        case.set("name", _clean(f"{finding.title}, line {finding.line}"))
        case.set("file", _clean(finding.path))
        case.set("line", str(finding.line))
    case.set("time", "0.000")
    ET.SubElement(case, "error", {"message": _clean(finding.reason), "type": finding.kind or "run"})
    return case


_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def junit(results: Results) -> ET.Element:
    """Return the document.

    What is wrong with the run comes first, as errors. Then what ran, and what was planned and did
    not run; scenarios that nobody asked for are left out. Ordinary tests of the run have suites of
    their own, by module. What was under test stands in the properties of every suite.
    """
    planned = {*results.not_run}
    root = ET.Element("testsuites")
    root.extend(_findings(wrong(results.problems)))
    for feature in results.features:
        chosen = [each for each in results.of(feature) if each.results or each.full_name in planned]
        if chosen:
            suite = _suite(feature.title or feature.path, [_scenario(each) for each in chosen])
            suite.set("file", _clean(feature.path))
            _date(suite, [each.result for each in chosen if each.result])
            root.append(suite)
    for module, group in groupby(
        results.others, lambda each: each.full_name.partition("#")[0] or "tests"
    ):
        tests = list(group)
        suite = _suite(module, [_test(each, module) for each in tests])
        _date(suite, tests)
        root.append(suite)
    whole = [
        *((name, text) for name, text in results.environment.items() if name in _SUBJECT),
        *(each for run in results.runs for each in run.properties),
        *((f"skipped: needs {need}", str(count)) for need, count in lacking(results)),
    ]
    for suite in root:
        suite[:0] = _properties(whole)
    _sum(root, [*root.iter("testsuite")])
    return root


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": _clean(name), "tests": str(len(cases))})
    for total, outcome in _OUTCOMES:
        suite.set(total, str(sum(case.find(outcome) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    suite.extend(cases)
    return suite


def _date(suite: ET.Element, results: Sequence[Attempt]) -> None:
    """Note when a suite began, and on which machine."""
    began = moment_of(min((each.start for each in results), default=0))
    if results and began:
        suite.set("timestamp", f"{began:%Y-%m-%dT%H:%M:%S}")
    host = next((each.host for each in results if each.host), "")
    if host:
        suite.set("hostname", _clean(host))


def _sum(root: ET.Element, suites: Sequence[ET.Element]) -> None:
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', 0)) for suite in suites):.3f}")


def _scenario(scenario: Scenario) -> ET.Element:
    """Return the test case of a scenario."""
    path = scenario.feature.path
    case = _case(scenario.spec.name, _classname(path))
    case.set("file", _clean(path))
    case.set("line", str(scenario.spec.line))
    _describe(case, _known(scenario), scenario.result)
    ET.SubElement(case, "system-out").text = _clean(story(scenario))
    return case


def _classname(path: str) -> str:
    return path.removesuffix(".feature").replace("/", ".")


def _test(result: Attempt, module: str) -> ET.Element:
    """Return the test case of an ordinary test."""
    case = _case(result.title, module)
    _describe(case, _known_of(result), result)
    return case


def _case(name: str, classname: str) -> ET.Element:
    return ET.Element("testcase", {"name": _clean(name), "classname": _clean(classname)})


def _known(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield what is known of a scenario by name: its tags, its labels, its links, its attempts."""
    yield from ((TAG, tag) for tag in scenario.spec.tags)
    if not scenario.spec.expects:
        yield "worth a look", NO_THEN
    yield from _known_of(scenario.result) if scenario.result else ()
    if scenario.retries:
        yield "attempts", str(len(scenario.results))


def _known_of(result: Attempt) -> Iterator[tuple[str, str]]:
    yield from ((each.name, each.value) for each in result.labels if each.name not in _PLACED)
    yield from ((each.kind or "link", each.url or each.name) for each in result.links)


def _describe(case: ET.Element, named: Iterable[tuple[str, str]], result: Attempt | None) -> None:
    """Add what is known by name, how long it took, and how it ended."""
    case.set("time", f"{result.duration_ms / 1000 if result else 0:.3f}")
    case.extend(_properties(named))
    case.extend(_outcome(result))


def _properties(named: Iterable[tuple[str, str]]) -> list[ET.Element]:
    """Return the element that holds names and values, if there are any; each pair once."""
    pairs = list(dict.fromkeys(named))
    held = ET.Element("properties")
    for name, value in pairs:
        ET.SubElement(held, "property", {"name": _clean(name), "value": _clean(value)})
    return [held] if pairs else []


def _outcome(result: Attempt | None) -> Iterator[ET.Element]:
    """Yield the element that says that a test did not pass, if it did not."""
    if result is None or result.status is Status.NOT_RUN:
        yield ET.Element("skipped", {"message": NOT_RUN})
    elif result.status is Status.SKIPPED:
        yield ET.Element("skipped", {"message": _clean(result.message)})
    elif result.status in FAILED:
        yield _problem(result)


def _problem(result: Attempt) -> ET.Element:
    """Return the element of what failed; where that does not count, it says so first."""
    name = "failure" if result.status is Status.FAILED else "error"
    message, kind = result.message, str(result.status)
    if isinstance(result, RecordedScenario):
        kind = result.failure.kind if result.failure and result.failure.kind else kind
        if result.quarantine is not None and result.is_excused:
            name, message = "skipped", f"{result.quarantine.words}: {message}"
    problem = ET.Element(name, {"message": _clean(message), "type": _clean(kind)})
    problem.text = _clean(result.trace) or None
    return problem


def _clean(text: str) -> str:
    """Return *text* with what XML cannot hold, and what is not seen, spelled out."""
    return spelled_out(_ILLEGAL.sub(lambda found: f"\\x{ord(found[0]):02x}", text))


def story(scenario: Scenario) -> str:
    """Return the steps of *scenario* with their results, and the failure text if it failed.

    An earlier attempt is told in one line.
    """
    lines = [*_heading(scenario), *_steps(scenario)]
    for number, each in enumerate(scenario.retries, 1):
        lines.append(f"attempt {number}: {each.status}, {each.message.partition(chr(10))[0]}")
    why = scenario.result.why if scenario.result else ""
    return "\n".join([*lines, *(["", why] if why else [])])


def _heading(scenario: Scenario) -> Iterator[str]:
    spec, feature = scenario.spec, scenario.feature
    yield f"{feature.keyword}: {feature.title}  ({feature.path}:{spec.line})"
    if spec.rule is not None:
        yield f"{spec.rule.keyword}: {spec.rule.title}"
    yield f"Scenario: {spec.name}"


def _steps(scenario: Scenario) -> Iterator[str]:
    if scenario.result is None:
        for step in scenario.spec.steps:
            yield f"  {MARKS[Status.NOT_RUN]}  {step.keyword} {step.text}"
        return
    for each in scenario.result.steps:
        took = "" if each.status is Status.NOT_RUN else f"  ({each.duration_ms / 1000:.3f} s)"
        yield f"{each.marked}{took}"
