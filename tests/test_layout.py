"""Tests of the rooms: which may import which, in one direction; nothing private is imported."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
PACKAGE: Final = "connector_harness"
OURS: Final = (PACKAGE, "steps", "tests", "benchmarks", "conftest")
JSON_TYPES: Final = f"{PACKAGE}.json_types"

MAY_IMPORT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "redaction": (),
        "wording": (),
        "gherkin": (),
        # Not even the redaction: what both sides shared could excuse the mistakes of both.
        "sandbox": (),
        "contract": ("redaction", "wording"),
        "client": ("redaction",),
        "receiver": ("client.settings", "wording"),
        "control": ("client", "receiver", "redaction"),
        "results": ("gherkin", "contract", "client.http.exchange", "redaction"),
        "report": ("results", "contract", "gherkin", "wording"),
        # Asks pytest, in a process of its own, for what only that knows.
        "doctor": ("client", "control", "receiver", "redaction"),
        "plugin": (
            *("redaction", "wording", "gherkin", "contract", "client", "receiver", "control"),
            *("results", "report", "sandbox.server"),
        ),
    }
)
"""What each room may import of ours, beside itself and the JSON types."""

STEPS: Final = ("client", "control", "receiver", "contract", "gherkin", "wording")

LAYERS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "plugin": (
            *(("options", "settings"), ("stash",), ("processes",), ("endpoint",), ("running",)),
            *(("failing",), ("collecting",), ("account", "telling", "allure")),
            ("ending", "preview"),
        ),
        "sandbox": (
            *(("http",), ("state",), ("rules", "faults"), ("webhooks",), ("api",)),
            *(("control",), ("web",)),
        ),
    }
)
"""The parts of a room, each of which may import those before it, and none of its own row."""

TEST_TOOLS: Final = ("pytest", "pytest_bdd", "allure", "allure_commons", "allure_pytest", "xdist")
ADAPTER: Final = f"{PACKAGE}.plugin.running.bdd"


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


def room(module: str) -> str:
    """Return the room of *module*: the first part below the package; empty for what is loose."""
    return module.removeprefix(f"{PACKAGE}.").partition(".")[0] if under(module, PACKAGE) else ""


def may_import(module: str) -> tuple[str, ...]:
    """Return the modules and packages of ours that *module* may import."""
    match module.partition(".")[0]:
        case "tests" | "benchmarks":
            return OURS
        case "conftest":
            return ("steps",)
        case "steps":
            return ("steps", JSON_TYPES, *(f"{PACKAGE}.{each}" for each in STEPS))
    allowed = (room(module), *MAY_IMPORT[room(module)]) if room(module) in MAY_IMPORT else ()
    return (JSON_TYPES, *(f"{PACKAGE}.{each}" for each in allowed))


def part(module: str) -> tuple[str, int] | None:
    """Return the part of a layered room that *module* is of, and its layer."""
    for each, layers in LAYERS.items():
        for height, names in enumerate(layers):
            for name in names:
                if under(module, f"{PACKAGE}.{each}.{name}"):
                    return f"{each}.{name}", height
    return None


def is_upwards(module: str, imported: str) -> bool:
    """Return whether *imported* lies above *module*, or beside it, in one layered room."""
    here, there = part(module), part(imported)
    if here is None or there is None or room(module) != room(imported):
        return False
    return here[0] != there[0] and here[1] <= there[1]


def is_forbidden(module: str, imported: str) -> bool:
    """Return whether *module* must not know *imported*."""
    if under(imported, "_pytest", "time.sleep"):
        return True
    if under(module, PACKAGE) and under(imported, "pytest_bdd"):
        return module != ADAPTER
    if under(module, PACKAGE) and under(imported, *TEST_TOOLS):
        return not under(module, f"{PACKAGE}.plugin")
    if not under(imported, *OURS):
        return False
    return not under(imported, *may_import(module)) or is_upwards(module, imported)


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


SOURCES: Final = {file: (ROOT / file).read_text(encoding="utf-8") for file in sources()}


def test_imports_point_one_way() -> None:
    """A module imports only what its room may know, and never sleeps."""
    found = {str(file): findings(file, source) for file, source in SOURCES.items()}

    assert {file: each for file, each in found.items() if each} == {}


def test_every_room_is_there() -> None:
    """Every room with a rule of its own has modules, so that no rule goes by an old name."""
    modules = {module_name(file) for file in SOURCES}
    parts = (f"{each}.{name}" for each, rows in LAYERS.items() for row in rows for name in row)
    places = [f"{PACKAGE}.{each}" for each in [*MAY_IMPORT, *parts]]

    assert [each for each in places if not any(under(module, each) for module in modules)] == []
    assert ADAPTER in modules


def crowded(files: Iterator[Path]) -> list[str]:
    """Return the folders of the package in which more than 15 modules lie."""
    folders = [file.parent for file in files if file.parts[0] == PACKAGE]
    counted = {folder: folders.count(folder) for folder in folders}
    return sorted(f"{folder} holds {count}" for folder, count in counted.items() if count > MOST)


MOST: Final = 15
"""How many modules, with its ``__init__``, a room holds at most."""


def test_no_room_is_crowded() -> None:
    """What grows past fifteen modules is two rooms."""
    assert crowded(iter(SOURCES)) == list(CROWDED)


CROWDED: Final[tuple[str, ...]] = ()
"""What is more than one room still."""


def test_sixteenth_module_is_found() -> None:
    """A room with one module too many is named, with its number."""
    sixteen = (Path(PACKAGE, "client", f"m{number}.py") for number in range(16))

    assert crowded(sixteen) == ["connector_harness/client holds 16"]


def imports(texts: Mapping[Path, str]) -> dict[str, set[str]]:
    """Return which modules of the package each of them imports as it is loaded."""
    modules = {module_name(file): file for file in texts if file.parts[0] == PACKAGE}
    found: dict[str, set[str]] = {}
    for module, file in modules.items():
        names = (name for _, name in named(file, texts[file]))
        targets = (each if each in modules else each.rpartition(".")[0] for each in names)
        found[module] = {each for each in targets if each in modules} - {module}
    return found


def circles(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the modules that lie on circles of imports, or between two circles."""
    left = {module: set(imported) for module, imported in graph.items()}
    while True:
        imported = set[str]().union(*left.values())
        ends = [each for each in left if not left[each] & left.keys() or each not in imported]
        if not ends:
            return sorted(left)
        for each in ends:
            del left[each]


def test_no_files_import_each_other_in_a_circle() -> None:
    """Whoever reads a module finds an end of what it needs."""
    assert circles(imports(SOURCES)) == []


def test_circle_is_found() -> None:
    """Two modules that import each other are named, and who only imports them is not blamed."""
    texts = {
        Path(PACKAGE, "client", "a.py"): "from connector_harness.client import b",
        Path(PACKAGE, "client", "b.py"): "from connector_harness.client.a import A",
        Path(PACKAGE, "client", "c.py"): "import json",
    }

    assert circles(imports(texts)) == ["connector_harness.client.a", "connector_harness.client.b"]


def height(module: str) -> int:
    """Return how far up a module of the client lies; all others lie below."""
    for height, part in ((1, "client.http"), (3, "client.reading"), (2, "client")):
        if under(module, f"{PACKAGE}.{part}"):
            return height
    return 0


def rising(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of the client that import what lies above them."""
    inside = {module: each for module, each in graph.items() if room(module) == "client"}
    return [m for m, each in inside.items() if any(height(m) < height(other) for other in each)]


def test_client_stands_on_its_http() -> None:
    """HTTP knows no endpoint, and a connector not what reads back by it."""
    assert rising(imports(SOURCES)) == []


def test_rising_import_is_found() -> None:
    """A module of HTTP that knows the settings of an endpoint is named."""
    texts = {
        Path(PACKAGE, "client", "http", "a.py"): "from connector_harness.client.b import B",
        Path(PACKAGE, "client", "b.py"): "from connector_harness.client.http import c",
        Path(PACKAGE, "client", "http", "c.py"): "import json",
    }

    assert rising(imports(texts)) == ["connector_harness.client.http.a"]


def pairs(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Return which rooms import each other, and which parts of the plugin."""
    folders = {module: module_folder(module, graph) for module in graph}
    found = set()
    for module, imported in graph.items():
        for here, there in ((folders[module], folders[other]) for other in imported):
            ends = frozenset((here[0], there[0]))
            if ends == {"plugin"}:
                ends = frozenset((here[1], there[1]))
            if len(ends) > 1 and all(ends):
                found.add(ends)
    return found


def module_folder(module: str, graph: Mapping[str, set[str]]) -> tuple[str, str]:
    """Return the room of *module* and its part there; empty where it lies loose."""
    names = module.split(".")[1:]
    is_package = any(other.startswith(f"{module}.") for other in graph)
    room_, part_, *_ = [*(names if is_package else names[:-1]), "", ""]
    return room_, part_


def test_few_rooms_know_each_other() -> None:
    """An arrow between rooms is a promise, and there are few."""
    assert len(pairs(imports(SOURCES))) <= MOST_PAIRS


MOST_PAIRS: Final = 55


PLANTED: Final = {
    "client/a.py": [
        "import pytest",
        "from pytest_bdd import given",
        "import allure",
        "import connector_harness.sandbox.server",
        "from connector_harness import sandbox",
        "from connector_harness.plugin.running.bdd import Hooks",
        "from connector_harness.contract.contract import Contract",
        "from ..sandbox import rules",
        "from .. import plugin",
        "def late():\n    import pytest",
    ],
    "client/__init__.py": ["from ..sandbox import rules"],
    "sandbox/a.py": [
        "import pytest",
        "from connector_harness.client import commands",
        "from connector_harness.contract.contract import Contract",
        "from connector_harness.redaction.redactor import Redactor",
        "from connector_harness import plugin",
    ],
    "sandbox/state/a.py": ["from connector_harness.sandbox.api import files"],
    "sandbox/rules/a.py": ["from connector_harness.sandbox.faults.faults import Faults"],
    "plugin/a.py": [
        "import pytest_bdd.parser",
        "from pytest_bdd import given",
        "from connector_harness.sandbox.rules import rules",
        "from connector_harness.sandbox.state.state import Store",
        "import steps.batch",
        "from _pytest.python import Module",
    ],
    "plugin/running/bdd.py": ["import _pytest", "from _pytest import nodes"],
    "plugin/endpoint/a.py": ["from connector_harness.plugin.failing.classify import failure_class"],
    "plugin/account/a.py": ["from connector_harness.plugin.telling import terminal"],
    "doctor/a.py": [
        "import pytest",
        "from connector_harness.plugin.endpoint.endpoint import ENDPOINT",
        "from connector_harness.sandbox.server import start_sandbox",
    ],
    "contract/contract.py": [
        "import pytest",
        "from connector_harness.client import commands",
        "import steps",
    ],
    "receiver/a.py": ["from connector_harness.client.connector import Connector"],
    "report/a.py": [
        "from connector_harness.client import commands",
        "import connector_harness.plugin",
    ],
    "../steps/a.py": [
        "from connector_harness.sandbox.rules import rules",
        "from connector_harness.plugin import options",
        "import tests.test_layout",
    ],
    "../tests/a.py": [
        "from _pytest.pytester import Pytester",
        "from time import sleep",
        "import time\ntime.sleep(1)",
    ],
}
ALLOWED: Final = {
    "client/a.py": ["from connector_harness.client import commands", "from . import tokens"],
    "client/__init__.py": ["from .commands import Batch"],
    "sandbox/a.py": [
        "from connector_harness.json_types import JsonValue",
        "import time\ntime.time()",
    ],
    "sandbox/api/a.py": ["from connector_harness.sandbox.rules import rules"],
    "plugin/a.py": ["import pytest", "from connector_harness.sandbox.server import start_sandbox"],
    "plugin/running/bdd.py": ["import pytest_bdd.parser"],
    "plugin/failing/a.py": ["from connector_harness.plugin.running.scenario import ScenarioRun"],
    "contract/contract.py": [
        "from connector_harness.contract.schemas import Compiler",
        "import pytestlike",
    ],
    "receiver/a.py": ["from connector_harness.client.settings import Endpoint"],
    "../steps/a.py": ["from pytest_bdd import given", "from steps.batch import next_id"],
    "../tests/a.py": [
        "import connector_harness.sandbox.rules.rules",
        "import time\nwait = time.sleep",
    ],
}


def planted(table: Mapping[str, list[str]]) -> list[tuple[Path, str]]:
    """Return the cases of *table*, with their files below the root."""
    paths = {place: Path(PACKAGE, place) for place in table}
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
