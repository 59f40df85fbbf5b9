"""Tests of README.md: its first commands are those that CI runs, and the paths it names exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# A relative path has a slash or a known suffix; media types and addresses look much the same.
PATH = re.compile(
    r"(?!application/|text/|image/)\.?[\w*][\w.*-]*"
    r"(?:(?:/[\w.*-]+)+/?|/|(?<=\.)(?:env|feature|ini|json|md|py|toml|ya?ml))(?::\d+|::.*)?"
)
MADE = ("reports/", ".venv/", ".env", "features/returns.feature", "features/data/profiles/parcel_")
"""What a run or its reader makes, so that a fresh clone has not got it."""


def commands(text: str) -> list[list[str]]:
    """Return the commands of each console block in *text*."""
    return [re.findall(r"^\$ (.*)$", block, re.MULTILINE) for block in BLOCK.findall(text)]


def paths(text: str) -> list[str]:
    """Return the words between backticks, code blocks aside, that look like paths."""
    spans = re.findall("`([^`]+)`", FENCED.sub("", text))
    words = (word for span in spans for word in span.split())
    return [word for word in words if PATH.fullmatch(word)]


def exists(path: str) -> bool:
    """Return whether *path* is there, from the root or, as parts are named, in the package."""
    pattern = path.partition(":")[0].rstrip("/")
    return any(any(folder.glob(pattern)) for folder in (ROOT, ROOT / "connector_harness"))


def ci(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the CI script of the project in *root* and return what came of it."""
    script = [str(root / ".ci" / "run"), *arguments]
    return subprocess.run(  # noqa: S603 - our own script
        script, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project with our CI script and a README of its own."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    return tmp_path


def readme(*blocks: str, kind: str = "console") -> str:
    """Return a README with *blocks* of commands and what they print."""
    return "".join(f"Text.\n\n```{kind}\n{block}\n```\n" for block in blocks)


def test_first_two_blocks_are_what_ci_runs() -> None:
    """One command in each of the first two console blocks does all, and CI runs these two."""
    first, second = commands((ROOT / "README.md").read_text(encoding="utf-8"))[:2]
    printed = ci(ROOT, "--print")

    assert (len(first), len(second)) == (1, 1)
    assert printed.stdout.splitlines() == first + second


def test_paths_of_the_readme_exist() -> None:
    """A path that the README names is there, or is made by a run."""
    named = paths((ROOT / "README.md").read_text(encoding="utf-8"))

    assert "features/" in named
    assert [path for path in named if not exists(path) and not path.startswith(MADE)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see `gone.md`", ["gone.md"]),
        ("see `pytest features/gone.feature:10`", ["features/gone.feature:10"]),
        ("see `gone/`, `.gone/run`", ["gone/", ".gone/run"]),
        ("see `gone/**/*.feature`", ["gone/**/*.feature"]),
        ("`GET /_sandbox/journal`, `http://127.0.0.1:9999`, `ms.PublishEvent`, `text/plain`", []),
        ("gone.md\n```\n`gone.md`\n```\n", []),
    ],
)
def test_missing_paths_are_found(text: str, found: list[str]) -> None:
    """What looks like a path is looked for; routes, addresses and types are not."""
    assert paths(text) == found
    assert not any(exists(path) for path in found)


def test_ci_prints_the_commands_without_running_them(clone: Path) -> None:
    """The commands are those of the console blocks, without output, other blocks or later ones."""
    shell = readme("$ touch other", kind="sh")
    console = readme("$ touch a && echo '$ b'\n$5 is no prompt", "$ touch \\b  c", "$ touch d")
    (clone / "README.md").write_text(shell + console)
    printed = ci(clone, "--print")

    assert printed.stdout.splitlines() == ["touch a && echo '$ b'", "touch \\b  c"]
    assert [each.name for each in clone.iterdir() if each.is_file()] == ["README.md"]


def test_ci_runs_the_commands_in_the_root(clone: Path) -> None:
    """Both commands run, in order, in the project's root; input of the first is not the second."""
    (clone / "README.md").write_text(readme("$ cat && touch made", r"$ printf '%s\n' *\e"))
    ran = ci(clone)

    assert ran.returncode == 0
    assert ran.stdout.splitlines() == [
        "$ cat && touch made",
        r"$ printf '%s\n' *\e",
        "made",
    ]


def test_ci_stops_at_the_first_failure(clone: Path) -> None:
    """The second command does not run after a failure, which is the result."""
    (clone / "README.md").write_text(readme("$ (exit 3); echo on", "$ touch made"))

    assert ci(clone).returncode == 3
    assert not (clone / "made").exists()


@pytest.mark.parametrize("blocks", [[], ["$ true"], ["no command"]])
def test_ci_needs_two_commands(clone: Path, blocks: list[str]) -> None:
    """A README without two commands is a failure, not a success without checks."""
    (clone / "README.md").write_text(readme(*blocks))
    ran = ci(clone)

    assert ran.returncode == 1
    assert "README.md has no two console commands" in ran.stdout + ran.stderr


def test_readme_is_short() -> None:
    """Who wants to know more is led to a page of its own."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_of_the_pages_exist(page: Path) -> None:
    """A page of the documentation names no path that is not there."""
    named = paths(page.read_text(encoding="utf-8"))

    assert [path for path in named if not exists(path) and not path.startswith(MADE)] == []


def test_readme_has_no_gap_to_fill() -> None:
    """No figure is left as a mark to be replaced."""
    assert "@@" not in (ROOT / "README.md").read_text(encoding="utf-8")
