"""`pytest --steps`: prints the catalogue of sentences instead of running anything."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from connector_harness.gherkin.catalogue import Catalogue, Parameter, Sentence, catalogue
from connector_harness.gherkin.feature import FeatureSpec, FeatureSyntaxError, read_feature
from connector_harness.plugin.collecting.collection import SPEC, FeatureFile, relative

_SHOWN = 12


class StepListing:
    """Prints the catalogue once everything is collected.

    Features with findings count as well: who looks for a sentence may have half of one written.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._files: dict[Path, None] = {}
        self._problems: list[str] = []
        self._reporter: pytest.TerminalReporter | None = None
        self._is_complete = False

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Let nobody else write where JSON is to be."""
        plugins = config.pluginmanager
        self._reporter = plugins.getplugin("terminalreporter")
        if self._config.getoption("--steps") == "json" and self._reporter is not None:
            plugins.unregister(self._reporter)

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """Note which features there are."""
        if isinstance(collector, FeatureFile):
            self._files[collector.path] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected."""
        if report.failed:
            self._problems.append(str(report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool:
        """Run nothing."""
        self._is_complete = True
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Print the catalogue as JSON, and end well: the features are not judged here."""
        if not self._is_complete:
            return
        session.exitstatus = pytest.ExitCode.OK
        if self._config.getoption("--steps") == "json" and self._reporter is not None:
            self._reporter.write_line(self._catalogue().json(self._problems))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the catalogue for people."""
        if self._is_complete:
            terminalreporter.section("steps")
            for line in text_of(self._catalogue()):
                terminalreporter.line(line)

    def _catalogue(self) -> Catalogue:
        return catalogue(
            self._config.stash[SPEC].index, list(self._features()), self._config.rootpath
        )

    def _features(self) -> Iterator[tuple[FeatureSpec, Path]]:
        for file in self._files:
            try:
                feature = read_feature(file, relative(file, self._config.rootpath))
            except FeatureSyntaxError:
                continue
            if feature is not None:
                yield feature, file


def text_of(found: Catalogue) -> Iterator[str]:
    """Yield the lines that show a catalogue."""
    for keyword, sentences in groupby(found.sentences, key=lambda each: each.keyword):
        yield from (keyword.capitalize(), "")
        for sentence in sentences:
            yield from _lines(sentence)
            yield ""
    count, unused = len(found.sentences), found.unused
    yield f"{count} sentence(s), {len(unused)} unused in {found.features} feature(s)"
    yield from (f"unused: {each.pattern}  ({each.file}:{each.line})" for each in unused)


def _lines(sentence: Sentence) -> Iterator[str]:
    mark = "" if sentence.uses else "UNUSED  "
    yield f"  {mark}{sentence.pattern}"
    for parameter in sentence.parameters:
        yield f"      {parameter.name}: {_in_words(parameter)}"
    if sentence.table is not None:
        yield f"      table below: {sentence.table.advice or 'rows as the step reads them'}"
    if sentence.takes_text:
        yield "      text below: any"
    times = {0: "not used", 1: "used once"}.get(
        len(sentence.uses), f"used {len(sentence.uses)} times"
    )
    yield f"      {sentence.file}:{sentence.line}, {times}"


def _in_words(parameter: Parameter) -> str:
    words = parameter.type
    if parameter.accepts:
        shown = ", ".join(f'"{each}"' for each in parameter.accepts[:_SHOWN])
        more = len(parameter.accepts) - _SHOWN
        words += f", one of {shown}" + (f" and {more} more" if more > 0 else "")
    if parameter.folder:
        words += f" ({parameter.folder})"
    if parameter.advice:
        words += f": {parameter.advice}"
    return words
