"""The editor finds each sentence's definition, by Cucumber's own language server.

What asks the server is skipped where there is no Node or no npm registry.
``CONNECTOR_LANGUAGE_SERVER`` may name a folder with ``@cucumber/language-server``, installed with
``--install-strategy=nested``, already.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.endpoint.runs import ROOT, environment

pytestmark = pytest.mark.whole_run

SCRIPT = Path(__file__).with_name("language_server.js")
SETTINGS = ROOT / ".vscode" / "settings.json"
SERVER = "@cucumber/language-server@1.7.0"
PATIENCE_S = 180
PLACEHOLDER = re.compile(r"\{(\w+(?::[^{}]*)?)\}")
DECORATORS = 4
"""How many lines of decorators one function may have."""


@pytest.fixture(scope="module")
def sentences() -> list[dict[str, Any]]:
    """The catalogue of this repository."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--steps=json"]
    ended = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=True)  # noqa: S603  # our own
    found: list[dict[str, Any]] = json.loads(ended.stdout)["sentences"]
    return found


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the language server."""
    if shutil.which("node") is None or (npm := shutil.which("npm")) is None:
        pytest.skip("no Node: node and npm are needed for Cucumber's language server")
    if named := os.environ.get("CONNECTOR_LANGUAGE_SERVER"):
        return Path(named) / "node_modules"
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    command += ["--install-strategy=nested", "--prefix", str(folder), SERVER]
    try:
        subprocess.run(command, check=True, timeout=PATIENCE_S, capture_output=True)  # noqa: S603 - our own words
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"npm cannot install {SERVER}")
    return folder / "node_modules"


def asked(modules: Path, settings: Path) -> dict[str, Any]:
    """Return what the server says of this repository with *settings*."""
    node = shutil.which("node") or "node"
    ended = subprocess.run(  # noqa: S603  # our own script
        [node, str(SCRIPT), str(modules), str(ROOT), str(settings)],
        capture_output=True,
        check=True,
        timeout=PATIENCE_S,
    )
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


@pytest.fixture(scope="module")
def told(modules: Path) -> dict[str, Any]:
    """What the server says with the settings of the repository."""
    return asked(modules, SETTINGS)


def test_each_placeholder_has_a_parameter_type(sentences: list[dict[str, Any]]) -> None:
    """The extension takes no sentence whose placeholders it does not know.

    Whoever writes a new one adds it to the settings: `.+` for a text.
    """
    types = json.loads(SETTINGS.read_bytes())["cucumber.parameterTypes"]
    wanted = {name for each in sentences for name in PLACEHOLDER.findall(each["pattern"])}

    assert [each["name"] for each in types] == sorted(wanted)


def test_no_sentence_is_undefined(told: dict[str, Any]) -> None:
    """No feature has a line underlined."""
    assert {path: found for path, found in told["diagnostics"].items() if found} == {}
    assert len(told["diagnostics"]) == len(list((ROOT / "features").rglob("*.feature")))


def test_definition_is_where_the_harness_finds_it(
    told: dict[str, Any], sentences: list[dict[str, Any]]
) -> None:
    """From a sentence the editor goes to the function that runs it."""
    places = {use: (each["file"], int(each["line"])) for each in sentences for use in each["uses"]}
    links = {
        f"{path}:{line}": targets
        for path, lines in told["definitions"].items()
        for line, targets in lines.items()
        if targets
    }

    assert [use for use, targets in links.items() if not is_among(places[use], targets)] == []
    # Of some lines of outlines, only a row tells what they mean.
    assert len(links) > 0.95 * len(places)


def is_among(place: tuple[str, int], targets: list[str]) -> bool:
    """Return whether one of *targets* is the function at *place*, or one of its decorators."""
    split = (target.rpartition(":") for target in targets)
    return any(
        file == place[0] and 0 <= int(line) - place[1] <= DECORATORS for file, _, line in split
    )


def test_without_parameter_types_most_is_undefined(modules: Path, tmp_path: Path) -> None:
    """Whoever asks the server would hear of what it does not find."""
    settings = json.loads(SETTINGS.read_bytes())
    del settings["cucumber.parameterTypes"]
    bare = tmp_path / "settings.json"
    bare.write_text(json.dumps(settings), encoding="utf-8")

    assert sum(map(len, asked(modules, bare)["diagnostics"].values())) > 100
