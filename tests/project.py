"""A small project of its own, in which the plugin runs as in any other."""

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

ADDRESS = "http://127.0.0.1:9"
"""An endpoint that needs no sandbox; plain steps send nothing, so nothing has to listen there."""

SECRET = "the-secret-of-this-shop"

CREDENTIALS = {
    "CONNECTOR_ACCOUNT": "70000001",
    "CONNECTOR_CLIENT_ID": "client-7",
    "CONNECTOR_CLIENT_SECRET": SECRET,
}

PYPROJECT = """
    [tool.pytest]
    strict = true
    testpaths = ["features"]
    pythonpath = ["."]
    filterwarnings = [
        "error",
        "ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning",
    ]
    addopts = [
        "-ra", "--import-mode=importlib", "-p", "connector_harness.plugin",
        # Loaded inside of another run they are loaded again after it, and that one breaks.
        "-p", "no:anyio", "-p", "no:hypothesispytest",
        # It keeps a socket and a thread of each run for as long as the process lives.
        "-p", "no:rerunfailures",
    ]
"""

STEPS = '''
    """The sentences of a shop."""

    from pytest_bdd import given, parsers, step, then, when


    @given("a basket", target_fixture="basket")
    def a_basket(seen):
        seen.append("basket")
        return []


    @when(parsers.parse('"{name}" is added'))
    def is_added(basket, name):
        basket.append(name)


    @when("these are added:")
    def these_are_added(basket, datatable):
        basket.extend(name for name, in datatable)


    @when("the note is written:", target_fixture="note")
    def the_note_is_written(docstring):
        return docstring


    @then(parsers.parse("the basket holds {count:d}"))
    def the_basket_holds(basket, count):
        assert len(basket) == count, f"the basket holds {len(basket)}, not {count}"


    import pytest


    @pytest.fixture
    def seen(pytestconfig):
        # Of what steps in another process tell nobody hears.
        return getattr(pytestconfig.pluginmanager.get_plugin("seen"), "values", [])
'''

PASSING = """
    Feature: A basket

      Scenario: One thing
        Given a basket
        When "tea" is added
        Then the basket holds 1
"""

FAILING = """
    Feature: A basket

      Scenario: Too few
        Given a basket
        When "tea" is added
        Then the basket holds 3
        And the basket holds 1
"""

SCHEMA = """
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://example.test/thing.json",
  "properties": {"phone": {"type": "string"}}
}
"""
"""A schema of some request."""

RERUNS = ("-p", "rerunfailures", "--reruns")
"""Options before a number: what fails is tried again as often."""

SECOND_TRY = """
    import pathlib


    @then("it holds at the second try")
    def it_holds_at_the_second_try():
        file = pathlib.Path("tried")
        tried = file.exists()
        file.touch()
        assert tried, "not yet"
"""
"""A sentence that does not hold before it is said a second time."""


def marking(mark: str) -> str:
    """Return a conftest.py that gives every scenario a mark of pytest's."""
    return f"""
    import pytest

    pytest_plugins = ["shop_steps"]


    def pytest_collection_modifyitems(items):
        for item in items:
            item.add_marker(pytest.mark.{mark})
    """


class Seen:
    """A plugin that lets the steps of an inner run tell the test what they saw."""

    __name__ = "seen"

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.values: list[Any] = []


class Project:
    """A folder with a ``pyproject.toml``, the sentences of a shop and what a test adds.

    Args:
        pytester: Makes the folder and runs pytest there.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        """Write the files that every project has."""
        self.pytester = pytester
        self.root = pytester.path
        self.seen: list[Any] = []
        self.write("pyproject.toml", PYPROJECT)
        self.write("conftest.py", 'pytest_plugins = ["shop_steps"]\n')
        self.write("shop_steps.py", STEPS)

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project, indented as the test likes it."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return file

    def feature(self, text: str, path: str = "features/shop.feature") -> Path:
        """Write a feature file; its first line is the first that is not empty."""
        return self.write(path, text)

    def steps(self, text: str) -> None:
        """Add step definitions to those of the shop."""
        file = self.root / "shop_steps.py"
        file.write_text(
            f"{file.read_text(encoding='utf-8')}\n\n{textwrap.dedent(text)}", encoding="utf-8"
        )

    def run(self, *args: str, endpoint: str = ADDRESS) -> pytest.RunResult:
        """Run pytest in this process; workers are others, where what steps see is lost."""
        seen = Seen()
        self.seen = seen.values
        return self.pytester.runpytest_inprocess("--endpoint", endpoint, *args, plugins=[seen])

    def run_process(self, *args: str) -> pytest.RunResult:
        """Run pytest in a process of its own, where what steps see is lost."""
        return self.pytester.runpytest_subprocess("--endpoint", ADDRESS, *args, timeout=60)

    @property
    def results_folder(self) -> Path:
        """Where plain pytest leaves the Allure results."""
        return self.root / "reports" / "allure-results"

    def results(self, folder: Path | None = None) -> list[dict[str, Any]]:
        """Return the Allure results in the order of their start, then of their names."""
        files = (folder or self.results_folder).glob("*-result.json")
        results = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        return sorted(results, key=lambda result: (result["start"], result["fullName"]))

    def result(self) -> dict[str, Any]:
        """Return the one Allure result there is."""
        [result] = self.results()
        return result

    def attachment(self, entry: dict[str, str]) -> str:
        """Return the text of an attachment."""
        return (self.results_folder / entry["source"]).read_text(encoding="utf-8")


def names(run: pytest.RunResult) -> list[str]:
    """Return the node ids that `pytest --co -q` lists."""
    return [line for line in run.outlines if ".feature::" in line]


def findings(run: pytest.RunResult) -> list[str]:
    """Return what the guard wrote, a finding an entry, its second line after a line break."""
    pattern = r"^(?:E +)?(features/\S+:\d+: .+)\n(?:E +)? *(next: .+)$"
    found = re.findall(pattern, run.stdout.str(), re.MULTILINE)
    return ["\n".join(finding) for finding in found]
