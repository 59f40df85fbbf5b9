"""Cucumber's messages: a run as a stream that other dashboards read.

One JSON object a line. Source: the JSON Schema of ``@cucumber/messages``, version `PROTOCOL`.
"""

import heapq
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from gherkin.ast_builder import AstBuilder
from gherkin.parser import Parser
from gherkin.pickles.compiler import Pickle
from gherkin.stream.id_generator import IdGenerator

from connector_harness.gherkin.feature import FeatureSyntaxError, parse_feature
from connector_harness.gherkin.placeholders import PickleCompiler
from connector_harness.report.cucumber.definitions import Definitions, Message
from connector_harness.report.cucumber.message_cases import MessageCase, moment
from connector_harness.report.cucumber.refused import RefusedCase
from connector_harness.results.files import write_whole
from connector_harness.results.reader import Refused, Results, Scenario
from connector_harness.results.record import FAILED

PROTOCOL: Final = "34.2.1"
"""The version of the messages."""

GHERKIN: Final = "text/x.cucumber.gherkin+plain"

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_messages(results: Results, file: Path) -> Path:
    """Write the messages of *results* to *file*, and return it."""
    return write_whole(file, "".join(f"{_line(each)}\n" for each in messages(results)))


def _line(message: Message) -> str:
    """Return *message* as JSON, in which no Base64 looks like a token.

    The bytes are masked; but in the letters of many, the beginning of one stands by chance.
    """
    line = _encode(message)
    is_encoded = message.get("attachment", {}).get("contentEncoding") == "BASE64"
    return line.replace("eyJ", r"e\u0079J") if is_encoded else line


def messages(results: Results) -> Iterator[Message]:
    """Yield the messages, in the order in which a run of Cucumber sends them.

    Features of which nothing ran are left out. What the AST and the pickles say is what the
    official parser makes of the features.
    """
    ids = IdGenerator()
    yield {"meta": _meta()}
    pickles: list[tuple[Scenario, Pickle]] = []
    for path, ran in _features(results).items():
        document, made = _gherkin(results.sources[path], path, ids)
        yield {"source": {"uri": path, "data": results.sources[path], "mediaType": GHERKIN}}
        yield {"gherkinDocument": document}
        # One with several parameters runs more than once.
        groups = groupby(ran, key=lambda each: each.spec.line)
        for (_, scenarios), pickle in zip(groups, made, strict=False):
            yield {"pickle": dict(pickle)}
            pickles.extend((each, pickle) for each in scenarios)
    refused: list[RefusedCase] = []
    for each in results.refused:
        told, cases = _refused(each, ids)
        yield from told
        refused += cases
    definitions = Definitions(results.definitions, ids)
    yield from definitions.messages()
    yield from _run(results, pickles, refused, definitions, ids)


def _meta() -> Message:
    version = importlib.metadata.version("connector-harness")
    return {
        "protocolVersion": PROTOCOL,
        "implementation": {"name": "connector-harness", "version": version},
        "runtime": {
            "name": platform.python_implementation(),
            "version": platform.python_version(),
        },
        "os": {"name": platform.system(), "version": platform.release()},
        "cpu": {"name": platform.machine()},
    }


def _features(results: Results) -> dict[str, list[Scenario]]:
    """Return the scenarios of each feature that ran, by path."""
    features: dict[str, list[Scenario]] = {}
    for scenario in results.scenarios:
        features.setdefault(scenario.feature.path, []).append(scenario)
    return {path: all_ for path, all_ in features.items() if any(each.results for each in all_)}


def _gherkin(source: str, path: str, ids: IdGenerator) -> tuple[Any, list[Pickle]]:
    """Return the AST of a feature and its pickles, with ids of this stream."""
    document = {**Parser(AstBuilder(ids)).parse(source), "uri": path}
    return document, PickleCompiler(ids).compile(document)  # type: ignore[arg-type]  # it has all of them


def _refused(refused: Refused, ids: IdGenerator) -> tuple[list[Message], list[RefusedCase]]:
    """Return what is told of a feature with findings, and its scenarios that are at fault."""
    path = refused.path
    told: list[Message] = [{"source": {"uri": path, "data": refused.source, "mediaType": GHERKIN}}]
    try:
        feature = parse_feature(refused.source, path)
    except FeatureSyntaxError as error:
        for line, what, _ in error.problems:
            place = {"uri": path, "location": {"line": line}}
            told.append({"parseError": {"source": place, "message": what}})
        return told, []
    document, made = _gherkin(refused.source, path, ids)
    told += [{"gherkinDocument": document}, *({"pickle": dict(each)} for each in made)]
    meant, cases = iter(refused.meant), []
    for scenario, pickle in zip(feature.scenarios if feature else (), made, strict=True):
        own = tuple(next(meant, ()) for _ in scenario.steps)
        cases.append(RefusedCase(path, scenario, pickle, own, ids))
    return told, [each for each in cases if each.is_at_fault]


def _run(
    results: Results,
    pickles: list[tuple[Scenario, Pickle]],
    refused: list[RefusedCase],
    definitions: Definitions,
    ids: IdGenerator,
) -> Iterator[Message]:
    """Yield what happened: the run, its test cases, and their steps."""
    run = ids.get_next_id()
    cases = [
        MessageCase(scenario, pickle, definitions, ids, results)
        for scenario, pickle in pickles
        if scenario.results
    ]
    cases.sort(key=lambda each: each.scenario.results[0].start)
    began = [each.start for case in cases for each in case.scenario.results]
    ended = [each.stop for case in cases for each in case.scenario.results]
    start = min([*began, *(each.start for each in results.runs)], default=0)
    stop = max([*ended, *(each.stop for each in results.runs)], default=0)
    yield {"testRunStarted": {"id": run, "timestamp": moment(start)}}
    for case in cases:
        yield from case.plan(run)
    yield from (each.plan(run, definitions) for each in refused)
    for each in refused:
        yield from each.events(start, results.problems)
    for case, number in _in_order(cases):
        yield from case.attempt(number)
    yield {
        "testRunFinished": {
            "testRunStartedId": run,
            "success": _is_green(results),
            "timestamp": moment(stop),
            **({"message": "\n".join(map(str, results.problems))} if results.problems else {}),
        }
    }


def _in_order(cases: Iterable[MessageCase]) -> Iterator[tuple[MessageCase, int]]:
    """Yield each attempt, the earliest first; those at one scenario stay in their own order."""
    attempts = (
        [(case, number) for number, _ in enumerate(case.scenario.results)] for case in cases
    )
    return heapq.merge(*attempts, key=lambda each: each[0].scenario.results[each[1]].start)


def _is_green(results: Results) -> bool:
    found = {each.status for each in results.scenarios} | {each.status for each in results.others}
    return not results.problems and found.isdisjoint(FAILED)
