"""Findings beside the feature files, told as those in feature files are."""

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path

import pytest

from connector_harness.gherkin.guard import Finding
from connector_harness.plugin.collecting.collection import relative
from connector_harness.plugin.failing.reason import is_own
from connector_harness.plugin.running.exchange_recorder import EVIDENCE


def tell_project_findings(config: pytest.Config) -> None:
    """Report the findings in schemas and code, which keep the run from beginning."""
    found: dict[str, list[Finding]] = {}
    for each in (*_in_schemas(config), *_in_code(config.rootpath)):
        found.setdefault(each.path, []).append(each)
    report_findings(config, found)


def report_findings(config: pytest.Config, found: Mapping[str, list[Finding]]) -> None:
    """Report what was *found* in each file, which keeps the run from beginning."""
    for path, findings in found.items():
        report = pytest.CollectReport(path, "failed", "\n".join(map(str, findings)), [])
        vars(report)["findings"] = [astuple(each) for each in findings]
        config.hook.pytest_collectreport(report=report)


def _in_schemas(config: pytest.Config) -> Iterator[Finding]:
    for file, what in config.stash[EVIDENCE].findings:
        path = relative(file, config.rootpath)
        yield Finding(path, _line(file, what), what, "correct the schema")


def _line(file: Path, what: str) -> int:
    """Return the line of *file* that *what*, which begins with a pointer, is about."""
    pointer, _, _ = what.partition(": ")
    text, at = file.read_text(encoding="utf-8", errors="replace"), 0
    for step in pointer.split("/")[1:] if pointer.startswith("#") else ():
        name = json.dumps(step.replace("~1", "/").replace("~0", "~"))
        # An item has no name.
        found = re.compile(rf"{re.escape(name)}\s*:").search(text, at)
        at = found.end() if found else at
    return text.count("\n", 0, at) + 1


def _in_code(rootpath: Path) -> Iterator[Finding]:
    """Yield each module of the project whose asserts check nothing, for Python leaves them out.

    pytest makes other code of the asserts in test modules and plugins, which goes on checking.
    """
    if not sys.flags.optimize:
        return
    for module in [*sys.modules.values()]:
        file = Path(getattr(module, "__file__", None) or "")
        is_rewritten = "@pytest_ar" in vars(module)
        if not is_rewritten and file.suffix == ".py" and is_own(file, rootpath):
            tree = ast.parse(file.read_bytes())
            lines = [each.lineno for each in ast.walk(tree) if isinstance(each, ast.Assert)]
            if lines:
                yield Finding(
                    relative(file, rootpath),
                    min(lines),
                    "an assert that checks nothing: Python runs with -O, and leaves it out",
                    "unset PYTHONOPTIMIZE, and run python without -O",
                )
