"""A Then that no longer judges anything cannot make a run green."""

import ast
from pathlib import Path

import pytest

from tests.endpoint.runs import ROOT, run

THEN = "it_is_accepted_with_number"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a Then of which nothing but its sentence is left."""
    for name in ("features", "schemas", "conftest.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "steps").mkdir()
    for file in (ROOT / "steps").glob("*.py"):
        (tmp_path / "steps" / file.name).write_bytes(file.read_bytes())
    answer = tmp_path / "steps" / "answer.py"
    answer.write_text(emptied(answer.read_text(encoding="utf-8"), THEN), encoding="utf-8")
    return tmp_path


def emptied(source: str, function: str) -> str:
    """Return *source* with nothing but the docstring left in *function*."""
    tree = ast.parse(source)
    [found] = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function
    )
    found.body = found.body[:1]
    return ast.unparse(tree)


def test_then_that_does_nothing_turns_the_run_red(project: Path) -> None:
    """The run stops before it begins, and names the sentence and the function."""
    ended = run(project, "features/messages/writing.feature", cwd=project)

    assert ended.exit_code == pytest.ExitCode.INTERRUPTED
    assert "a step that expects nothing: Then it is accepted with number 0" in ended.output
    assert f"next: let {THEN} (steps/answer.py:" in ended.output
