"""The runs in which the cases fail, and what they leave behind, without what differs each time."""

import re
from pathlib import Path

from tests.endpoint.conftest import TIMEOUTS
from tests.endpoint.runs import ROOT, Run, make_project, run
from tests.endpoint.server import Fault, RecordingServer
from tests.failing.cases import CASES, CONFTEST, GOOD, WITH_AN_AGENT, Case

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"

VOLATILE = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"\b(in|after) \d+(\.\d+)? (m?s)\b", r"\1 N \3"),
    (r"^ +-?\d+\.\d+ s  \(the waiting begins\)\n", ""),
    (r"^ +-?\d+\.\d+ s  ", "      N s  "),
    (r"\b(steps/\w+|conftest)\.py:\d+", r"\1.py:LINE"),
    (r"/account/\d+/", "/account/ACCOUNT/"),
    (r'"brandId":"\d+"', '"brandId":"ACCOUNT"'),
)
"""What differs from run to run or with every edit of the steps, and what stands for it."""


def normalised(text: str) -> str:
    """Return *text* without what is volatile."""
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text.strip("\n") + "\n"


def right(case: Case) -> Fault:
    """Return the fault of *case*; what changes nothing where it has none."""
    return case.fault or (lambda answer, _: answer)


def failing_project(folder: Path, feature: str, settings: str = "") -> Path:
    """Make a project that has the good *feature*, and once more for each case of it."""
    project = make_project(folder, settings)
    (project / "conftest.py").unlink()
    conftest = (ROOT / "conftest.py").read_text(encoding="utf-8")
    (project / "conftest.py").write_text(conftest + CONFTEST, encoding="utf-8")
    good = (HERE / feature).read_text(encoding="utf-8")
    texts = {name: mutated(good, case) for name, case in CASES.items() if case.feature == feature}
    place = project / "features" / "failing"
    place.mkdir()
    for name, text in {**texts, "good": good}.items():
        (place / f"{name}.feature").write_text(text, encoding="utf-8")
    return project


def mutated(good: str, case: Case) -> str:
    """Return the feature of *case*: *good*, changed in one place if at all."""
    assert good.count(case.was) == 1 or not case.was
    return good.replace(case.was, case.becomes) if case.was else good


def run_against_a_server(folder: Path) -> Run:
    """Run the cases whose endpoint is a server of the tests' own, each meeting its fault."""
    names = [name for name, case in CASES.items() if case.feature == GOOD]
    sending = [name for name in names if "step" not in name and "set_up" not in name]
    with RecordingServer() as server:
        for case in (CASES[name] for name in sending):
            server.will_fail("conversation", *[right(case)] * case.times)
        table = f'[tool.connector_harness.endpoints.own]\naddress = "{server.url}"\n{TIMEOUTS}'
        project = failing_project(folder / "project", GOOD, table)
        paths = [f"features/failing/{name}.feature" for name in [*names, "good"]]
        return run(folder / "results", *paths, "--endpoint", "own", cwd=project)


def run_against_the_sandbox(folder: Path) -> Run:
    """Run the cases that need an agent."""
    project = failing_project(folder / "project", WITH_AN_AGENT)
    return run(folder / "results", "features/failing", cwd=project)
