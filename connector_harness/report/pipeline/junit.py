"""The JUnit file: a suite for each feature, a test case for each scenario."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from connector_harness.report.chat.transcript_text import moment_of
from connector_harness.report.page.lacking import lacking
from connector_harness.results.failed import Failed, latest
from connector_harness.results.files import write_whole
from connector_harness.results.properties import of_result, properties
from connector_harness.results.reader import Result, Results, Scenario, Status
from connector_harness.results.scenario_text import story

NAME: Final = "junit.xml"
"""The name of the file."""

NOT_RUN: Final = "not run: the run ended before it"
"""Why a scenario was skipped that was planned and did not run."""

_SUBJECT: Final = ("endpoint", "address", "account")
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OUTCOMES: Final = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
_ELEMENTS: Final[dict[Status, str]] = {"failed": "failure", "broken": "error"}


def write_junit(results: Results, file: Path) -> Path:
    """Write the JUnit file of *results*, and return it.

    Raises:
        OSError: It cannot be written.
    """
    root = junit(results)
    ET.indent(root)
    return write_whole(file, f"{_DECLARATION}{ET.tostring(root, encoding='unicode')}\n")


def write_findings(findings: Sequence[Failed], file: Path) -> Path:
    """Write the JUnit file of a run that *findings* kept from beginning, and return it.

    Raises:
        OSError: It cannot be written.
    """
    root = ET.Element("testsuites")
    for path, found in groupby(findings, key=lambda each: each.path):
        suite = _suite(path, [_finding(each) for each in found])
        suite.set("file", _clean(path))
        root.append(suite)
    _sum(root, [*root])
    ET.indent(root)
    return write_whole(file, f"{_DECLARATION}{ET.tostring(root, encoding='unicode')}\n")


def _finding(finding: Failed) -> ET.Element:
    case = _case(f"{finding.title}, line {finding.line}", _classname(finding.path))
    case.set("file", _clean(finding.path))
    case.set("line", str(finding.line))
    case.set("time", "0.000")
    ET.SubElement(case, "error", {"message": _clean(finding.reason), "type": finding.kind})
    return case


_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def junit(results: Results) -> ET.Element:
    """Return the document.

    It holds what ran, and what was planned and did not run; scenarios that nobody asked for are
    left out. Ordinary tests of the run have suites of their own, by module. What was under test
    stands in the properties of every suite.
    """
    planned = {id_ for run in results.runs for id_ in run.not_run}
    root = ET.Element("testsuites")
    for feature in results.features:
        chosen = [each for each in results.of(feature) if each.results or each.full_name in planned]
        if chosen:
            suite = _suite(feature.title or feature.path, [_scenario(each) for each in chosen])
            suite.set("file", _clean(feature.path))
            _date(suite, [each.result for each in chosen if each.result])
            root.append(suite)
    for module, tests in _modules(results.strays).items():
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


def _date(suite: ET.Element, results: Sequence[Result]) -> None:
    """Note when a suite began, and on which machine."""
    began = moment_of(min((each.start for each in results), default=0))
    if results and began:
        suite.set("timestamp", f"{began:%Y-%m-%dT%H:%M:%S}")
    host = next((host for each in results for host in each.labels("host")), "")
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
    _describe(case, properties(scenario), scenario.result)
    ET.SubElement(case, "system-out").text = _clean(story(scenario))
    return case


def _classname(path: str) -> str:
    return path.removesuffix(".feature").replace("/", ".")


def _test(result: Result, module: str) -> ET.Element:
    """Return the test case of an ordinary test."""
    case = _case(result.name, module)
    _describe(case, of_result(result), result)
    return case


def _case(name: str, classname: str) -> ET.Element:
    return ET.Element("testcase", {"name": _clean(name), "classname": _clean(classname)})


def _describe(case: ET.Element, named: Iterable[tuple[str, str]], result: Result | None) -> None:
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


def _outcome(result: Result | None) -> Iterator[ET.Element]:
    """Yield the element that says that a test did not pass, if it did not."""
    if result is None or result.status == "not run":
        yield ET.Element("skipped", {"message": NOT_RUN})
        return
    details = result.raw.get("statusDetails") or {}
    kind = next(iter(result.labels("failureClass")), result.status)
    if result.status == "skipped":
        yield ET.Element("skipped", {"message": _clean(result.message.removeprefix("Skipped: "))})
    elif result.status in _ELEMENTS:
        message = _muted(result.message) if result.is_excused else result.message
        about = {"message": _clean(message), "type": _clean(kind)}
        problem = ET.Element("skipped" if result.is_excused else _ELEMENTS[result.status], about)
        problem.text = _clean(str(details.get("trace", ""))) or None
        yield problem


def _muted(message: str) -> str:
    """Return why a failure does not count, and what it is: the other way round from Allure's."""
    reason, _, told = message.rpartition("\n")
    return f"{told.rpartition(': ')[0]}: {reason}" if reason else message


def _modules(tests: Iterable[Result]) -> dict[str, list[Result]]:
    """Return ordinary tests by module; of several results of one, the latest."""
    modules: dict[str, list[Result]] = {}
    for test in latest(tests):
        modules.setdefault(test.full_name.partition("#")[0] or "tests", []).append(test)
    return modules


def _clean(text: str) -> str:
    """Return *text* with what XML cannot hold spelled out."""
    return _ILLEGAL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
