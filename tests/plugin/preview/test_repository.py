"""The preview of this repository's golden path is kept, and the same each time."""

import re
import subprocess
import sys

import pytest

from tests.endpoint.runs import ROOT, environment

KEPT = "reports/preview/features/golden_path.md"
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def page() -> str:
    """The page that is made now; it is the one that is kept, or the test fails and it stays."""
    before = (ROOT / KEPT).read_text(encoding="utf-8")
    ended = subprocess.run(  # our own command line
        [sys.executable, "-m", "pytest", "-q", "--preview", "features/golden_path.feature"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    made = (ROOT / KEPT).read_text(encoding="utf-8")
    (ROOT / KEPT).write_text(before, encoding="utf-8")
    return made


def test_kept_page_is_up_to_date(page: str) -> None:
    """What a review sees is what is sent; after a change, `pytest --preview` writes it."""
    assert page == (ROOT / KEPT).read_text(encoding="utf-8")


def test_every_scenario_is_shown_to_its_end(page: str) -> None:
    """Nothing of the golden path is left out."""
    assert " from here on:**" not in page
    assert page.count("\n## ") == 12


def test_no_value_of_the_moment_is_left(page: str) -> None:
    """No random id, no token and no time of today stands in a page."""
    assert re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", page) == []
    assert re.findall(r"eyJ[\w-]+|\b1[789]\d{8}\b|localhost|127\.0\.0\.1", page) == []
