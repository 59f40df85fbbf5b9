"""Texts of ordinary tests that no file can hold do not end the run."""

import pytest

from tests.project import PASSING, Project


@pytest.mark.parametrize("where", ["call", "setup"])
def test_half_a_pair_of_surrogates_costs_its_result_alone(project: Project, where: str) -> None:
    """The rest is written, and the run says what is missing."""
    project.feature(PASSING)
    fixture = "@pytest.fixture\ndef odd():\n    assert False, '\\udcf6'\n\n\n"
    test = "def test_odd(odd): pass" if where == "setup" else "def test_odd(): assert 0, '\\udcf6'"
    project.write("features/test_odd.py", f"import pytest\n\n\n{fixture}{test}\n")

    run = project.run_process()

    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert "INTERNALERROR" not in run.stdout.str()
    run.stdout.fnmatch_lines(["*results could not be written*no text: '\\udcf6'*"])
