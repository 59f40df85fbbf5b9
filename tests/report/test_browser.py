"""The living document as it is used: in a browser, by keyboard, on a phone.

Skipped where there is no Node, no Chromium, or no npm registry. ``CONNECTOR_NODE_MODULES`` may
name a folder that has ``playwright-core`` and ``axe-core`` already.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from connector_harness.report.making import document_makers
from connector_harness.results.contract_file import CONTRACT_FILE
from connector_harness.results.reader import read_results
from tests.report.conversations import Talk
from tests.report.covered import CONTRACT
from tests.report.edits import edit
from tests.report.npm import chromium, install, node
from tests.report.runs import write_run

SCRIPT = Path(__file__).with_name("browser.js")
PACKAGES = ("playwright-core@1", "axe-core@4")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages that drive the browser."""
    return install(tmp_path_factory.mktemp("npm"), *PACKAGES)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of a run with a failure and a conversation."""
    folder = tmp_path_factory.mktemp("run")
    write_run(folder, failed=("One parcel",))
    card = {"type": "vertical", "elements": [{"type": "button", "title": "Yes"}]}
    talk = Talk().say("Hello", 0).say_in_vain("Hello?", status=400)
    talk.hear({"type": "RichContentEvent", "content": card}, 1, role="ASSIGNED_AGENT")
    for name in ("One parcel", "A parcel to Rome", "A parcel to Oslo"):
        edit(folder, name, lambda record: record.steps.insert(-1, talk.step))
    (folder / CONTRACT_FILE).write_text(json.dumps(CONTRACT.document), encoding="utf-8")
    return dict(document_makers(read_results(folder), folder))["document"]()


@pytest.fixture(scope="module")
def seen(document: Path, modules: Path) -> dict[str, Any]:
    """What a reader can do with the document."""
    link = "parcels-a-parcel-to-oslo"
    found: dict[str, Any] = json.loads(node(SCRIPT, str(document), link, str(modules), chromium()))
    return found


@pytest.mark.parametrize("view", ["light", "dark", "phone"])
def test_everybody_can_use_it(seen: dict[str, Any], view: str) -> None:
    """Nothing serious is found, with everything unfolded, and nothing is wider than the screen."""
    assert seen[view] == {"serious": [], "overflow": 0}


def test_link_leads_to_its_row(seen: dict[str, Any]) -> None:
    """A link that was sent shows the row that it names."""
    assert seen["link"]


def test_filters_narrow_the_document(seen: dict[str, Any]) -> None:
    """By result, by tag and by text only what fits is left."""
    found = seen["filter"]

    assert found["all"] == 2
    assert (found["failed"], found["slow"]) == (["One parcel"], ["One parcel"])
    assert (found["oslo"], found["told"]) == (["A parcel to <place>"], "2 scenarios")


def test_it_can_be_read_without_javascript(seen: dict[str, Any]) -> None:
    """Nothing but the filter is missing."""
    assert seen["plain"] == {"scenarios": 2, "filter": 0, "numbers": 3}


def test_link_unfolds_what_it_leads_to(seen: dict[str, Any]) -> None:
    """From the numbers of a call one comes to its answers, folded as they were."""
    assert seen["unfolded"] == {"before": 0, "after": 1}
