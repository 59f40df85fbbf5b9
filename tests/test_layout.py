"""Tests of which module may know which: imports point one way, and nothing private is imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("connector_harness", "steps", "tests", "benchmarks", "conftest")
SHARED = (
    "connector_harness.documents",
    "connector_harness.redaction",
    "connector_harness.roles",
)
CONTRACT = (
    *SHARED,
    "connector_harness.contract",
    "connector_harness.differences",
    "connector_harness.named_documents",
    "connector_harness.schemas",
)
HIDING = (
    "connector_harness.named_secrets",
    "connector_harness.needles",
    "connector_harness.secret_forms",
    "connector_harness.token_shape",
)
"""What the redaction is made of, and the search for what went past it."""

PLAYING = ("connector_harness.control",)
"""Who plays the agent, what goes wrong on the way, and what controls a sandbox from outside."""

MAY_KNOW = {
    "connector_harness.client": (*SHARED, "connector_harness.client"),
    # Not even the redaction: what both sides shared could excuse the mistakes of both.
    "connector_harness.sandbox": ("connector_harness.documents", "connector_harness.sandbox"),
    "connector_harness.receiver": (
        *SHARED,
        "connector_harness.client.settings",
        "connector_harness.receiver",
    ),
    "connector_harness.redaction": ("connector_harness.documents", *HIDING),
    "connector_harness.plugin.leak_audit": (*SHARED, *HIDING, "connector_harness.plugin"),
    "connector_harness.plugin": (
        *CONTRACT,
        *PLAYING,
        "connector_harness.client",
        "connector_harness.plugin",
        "connector_harness.preview",
        "connector_harness.receiver",
        "connector_harness.report",
        "connector_harness.sandbox.server",
    ),
    # What the contract consists of, and what of it is in a document.
    "connector_harness.report.contract_file": (
        *SHARED,
        "connector_harness.schemas",
    ),
    "connector_harness.report.contract_items": (*CONTRACT, "connector_harness.report"),
    "connector_harness.report.contract_reader": (*CONTRACT, "connector_harness.report"),
    "connector_harness.report.coverage": (*CONTRACT, "connector_harness.report"),
    "connector_harness.report": (
        *SHARED,
        "connector_harness.plugin.labels",
        "connector_harness.plugin.spec",
        "connector_harness.report",
    ),
    # Brings both sides together without a network; so it knows them, and neither knows it.
    "connector_harness.preview": (
        *CONTRACT,
        "connector_harness.client",
        "connector_harness.preview",
        "connector_harness.receiver",
        "connector_harness.report.json_text",
        "connector_harness.sandbox",
    ),
    "connector_harness.control": (
        *SHARED,
        "connector_harness.client",
        "connector_harness.control",
        "connector_harness.receiver",
    ),
    # Asks pytest, in a process of its own, for what only that knows.
    "connector_harness.doctor": (
        *SHARED,
        *PLAYING,
        "connector_harness.client",
        "connector_harness.doctor",
        "connector_harness.receiver",
    ),
    "connector_harness": CONTRACT,
    "steps": (
        *CONTRACT,
        *PLAYING,
        "connector_harness.client",
        "connector_harness.receiver",
        "steps",
    ),
    "conftest": ("steps",),
    "benchmarks": OURS,
    "tests": OURS,
}
"""What each part may import of ours; the first row that a module is under counts."""

TEST_TOOLS = ("pytest", "pytest_bdd", "allure", "allure_commons", "allure_pytest", "xdist")
PLUGIN, ADAPTER = "connector_harness.plugin", "connector_harness.plugin.bdd"


def under(module: str, *packages: str) -> bool:
    """Return whether *module* is one of *packages*, or inside one."""
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def module_name(file: Path) -> str:
    """Return the name of the module in *file*, relative to the root."""
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def named(file: Path, source: str) -> Iterator[tuple[int, str]]:
    """Yield each module or name that *source* imports, in full, with its line."""
    package = file.parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def is_forbidden(module: str, imported: str) -> bool:
    """Return whether *module* must not know *imported*."""
    if under(imported, "_pytest", "time.sleep"):
        return True
    if under(module, "connector_harness") and under(imported, "pytest_bdd"):
        return module != ADAPTER
    if under(module, "connector_harness") and under(imported, *TEST_TOOLS):
        return not under(module, PLUGIN)
    known = next(row for part, row in MAY_KNOW.items() if under(module, part))
    return under(imported, *OURS) and not any(under(imported, part) for part in known)


def findings(file: Path, source: str) -> list[str]:
    """Return what *source*, in *file* below the root, must not import or do."""
    module = module_name(file)
    imports = (
        (line, f"{module} must not import {name}")
        for line, name in named(file, source)
        if is_forbidden(module, name)
    )
    sleeps = (
        (node.lineno, "sleep where something can be awaited")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep"
    )
    return [f"{file.as_posix()}:{line}: {what}" for line, what in sorted([*imports, *sleeps])]


def sources() -> list[Path]:
    """Return every Python file of the project, below the root."""
    files = (file for part in OURS for file in [ROOT / f"{part}.py", *(ROOT / part).rglob("*.py")])
    return sorted(file.relative_to(ROOT) for file in files if file.is_file())


@pytest.mark.parametrize("file", sources(), ids=str)
def test_imports_point_one_way(file: Path) -> None:
    """A module imports only what its part may know, and never sleeps."""
    assert findings(file, (ROOT / file).read_text(encoding="utf-8")) == []


def test_every_part_is_looked_at() -> None:
    """Every part with a rule of its own has modules, so that no rule goes by an old name."""
    modules = {module_name(file) for file in sources()}

    assert [part for part in MAY_KNOW if not any(under(each, part) for each in modules)] == []
    assert ADAPTER in modules


PLANTED = {
    "client/a.py": [
        "import pytest",
        "from pytest_bdd import given",
        "import allure",
        "import connector_harness.sandbox.server",
        "from connector_harness import sandbox",
        "from connector_harness.plugin.bdd import Hooks",
        "from connector_harness.contract import Contract",
        "from ..sandbox import rules",
        "from .. import plugin",
        "def late():\n    import pytest",
    ],
    "client/__init__.py": ["from ..sandbox import rules"],
    "sandbox/a.py": [
        "import pytest",
        "from connector_harness.client import commands",
        "from connector_harness.contract import Contract",
        "from connector_harness.redaction import Redactor",
        "from connector_harness import plugin",
    ],
    "plugin/a.py": [
        "import pytest_bdd.parser",
        "from pytest_bdd import given",
        "from connector_harness.sandbox import rules",
        "from connector_harness.sandbox.state import Store",
        "import steps.batch",
        "from _pytest.python import Module",
    ],
    "plugin/bdd.py": ["import _pytest", "from _pytest import nodes"],
    "doctor/a.py": [
        "import pytest",
        "from connector_harness.plugin.endpoint import ENDPOINT",
        "from connector_harness.sandbox.server import start_sandbox",
    ],
    "contract.py": [
        "import pytest",
        "from connector_harness.client import commands",
        "import steps",
    ],
    "report/a.py": ["from connector_harness.client import commands"],
    "../steps/a.py": ["from connector_harness.sandbox import rules", "import tests.test_layout"],
    "../tests/a.py": [
        "from _pytest.pytester import Pytester",
        "from time import sleep",
        "import time\ntime.sleep(1)",
    ],
}
ALLOWED = {
    "client/a.py": ["from connector_harness.client import commands", "from . import tokens"],
    "client/__init__.py": ["from .commands import Batch"],
    "sandbox/a.py": [
        "from connector_harness.documents import JsonValue",
        "import time\ntime.time()",
    ],
    "plugin/a.py": ["import pytest", "from connector_harness.sandbox.server import start_sandbox"],
    "plugin/bdd.py": ["import pytest_bdd.parser"],
    "contract.py": ["from connector_harness.schemas import Compiler", "import pytestlike"],
    "../steps/a.py": ["from pytest_bdd import given", "from steps.batch import next_id"],
    "../tests/a.py": ["import connector_harness.sandbox.rules", "import time\nwait = time.sleep"],
}


def planted(table: dict[str, list[str]]) -> list[tuple[Path, str]]:
    """Return the cases of *table*, with their files below the root."""
    paths = {place: Path("connector_harness", place) for place in table}
    paths |= {place: Path(place[3:]) for place in table if place.startswith("../")}
    return [(paths[place], source) for place, each in table.items() for source in each]


@pytest.mark.parametrize(("file", "source"), planted(PLANTED))
def test_planted_fault_is_found(file: Path, source: str) -> None:
    """What a module must not know or do is one finding, at its line."""
    line = source.count("\n") + 1

    assert [each.partition(": ")[0] for each in findings(file, source)] == [f"{file}:{line}"]


@pytest.mark.parametrize(("file", "source"), planted(ALLOWED))
def test_what_is_allowed_is_no_finding(file: Path, source: str) -> None:
    """What a module may know passes."""
    assert findings(file, source) == []
