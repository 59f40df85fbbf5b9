"""What is recorded for a run as a whole is read from where pytest has put it."""

from pathlib import Path

import pytest

from connector_harness.plugin.ending.documents import suite_properties

WRITTEN = """
<testsuites><testsuite>
  <properties><property name="build" value="7"/></properties>
  <testcase><properties><property name="order" value="66"/></properties></testcase>
</testsuite></testsuites>
"""


def test_properties_of_the_suite_are_read(tmp_path: Path) -> None:
    """Those of a test case are its own."""
    file = tmp_path / "junit.xml"
    file.write_text(WRITTEN)

    assert suite_properties(file) == (("build", "7"),)


@pytest.mark.parametrize("text", ["", "<testsuites>"])
def test_half_a_file_has_none(tmp_path: Path, text: str) -> None:
    """Why it is none has been told by pytest."""
    file = tmp_path / "junit.xml"
    file.write_text(text)

    assert suite_properties(file) == ()
    assert suite_properties(tmp_path / "gone.xml") == ()
