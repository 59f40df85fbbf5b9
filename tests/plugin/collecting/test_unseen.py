"""Feature files that a run passes by are named at its end."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project import PASSING, Project


def unseen(run: pytest.RunResult) -> list[str]:
    """Return what is said not to run, a place and the reason an entry."""
    return re.findall(r"^(features\S*.*: not run: .+)$", run.stdout.str(), re.MULTILINE)


@pytest.fixture
def seen(project: Project) -> Project:
    """A project with a feature that runs."""
    project.feature(PASSING)
    return project


SKIPPED = ("build", "dist", "node_modules", "venv", ".hidden", "CVS", "shop.egg")


@pytest.mark.parametrize("folder", SKIPPED)
def test_folder_that_pytest_skips(seen: Project, folder: str) -> None:
    """Its features are counted, with the setting that skips it and how to agree to that."""
    for name in ("a", "b"):
        seen.feature(PASSING, f"features/{folder}/deep/{name}.feature")

    run = seen.run()

    run.assert_outcomes(passed=1)
    [line] = unseen(run)
    assert f"features/{folder}: not run: 2 feature files (deep/a.feature, deep/b.feature)" in line
    assert "norecursedirs" in line
    run.stdout.fnmatch_lines([f"*next: move * or say --ignore=features/{folder}"])


def test_virtual_environment(seen: Project) -> None:
    """One is skipped for what is in it, whatever its name."""
    seen.write("features/tools/pyvenv.cfg", "")
    seen.feature(PASSING, "features/tools/a.feature")

    [line] = unseen(seen.run())

    assert line.endswith("a feature file (a.feature), for pytest skips virtual environments")


@pytest.mark.parametrize(
    "name",
    [
        *("x.Feature", "x.FEATURE", "x.features", "x.featur", "x.faeture", "x.feature.txt"),
        *("x.feature.md", "x.feature ", ".feature", "x.feature."),
    ],
)
def test_name_that_is_nearly_one(seen: Project, name: str) -> None:
    """It is named, with the name that it should have."""
    seen.feature(PASSING, f"features/{name}")

    run = seen.run()

    run.assert_outcomes(passed=1)
    assert unseen(run) == [f"features/{name}: not run: it is not called something.feature"]
    stem = name.partition(".")[0] or "a_name"
    run.stdout.fnmatch_lines([f"*next: rename it, as {stem}.feature"])


def test_nothing_but_near_misses(project: Project) -> None:
    """They are named where ordinary tests are all that runs, too."""
    project.write("tests/test_it.py", "def test_it():\n    pass\n")
    project.feature(PASSING, "features/x.Feature")

    run = project.run("tests", "features")

    run.assert_outcomes(passed=1)
    assert len(unseen(run)) == 1


def leading(target: str) -> Callable[[Path], None]:
    """Return what makes a link to *target*."""
    return lambda place: place.symlink_to(target)


@pytest.mark.parametrize(
    ("name", "make", "why"),
    [
        ("x.feature", leading("nowhere"), "a link that leads to 'nowhere': No such file"),
        ("x.feature", leading("x.feature"), "a link that leads in a circle: "),
        ("more", leading("../elsewhere"), "a link that leads to '../elsewhere': No such file"),
        ("back", leading("."), "a link to a folder around it"),
        ("x.feature", os.mkfifo, "it is no ordinary file"),
    ],
    ids=["dangling", "to-itself", "dangling-folder", "to-its-folder", "pipe"],
)
def test_what_is_no_file(seen: Project, name: str, make: Callable[[Path], None], why: str) -> None:
    """What cannot be read is named with the reason, and all else runs once."""
    make(seen.root / "features" / name)

    run = seen.run()

    run.assert_outcomes(passed=1)
    [line] = unseen(run)
    assert line.startswith(f"features/{name}: not run: {why}")


def test_file_that_cannot_be_read_is_a_finding(project: Project) -> None:
    """The run does not begin."""
    project.feature(PASSING, "features/a.feature")
    # Nobody can read it from its beginning, not even root.
    (project.root / "features" / "x.feature").symlink_to("/proc/self/mem")

    run = project.run()

    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["*features/x.feature:1: cannot be read: Input/output error"])


@pytest.mark.parametrize(
    "options",
    [
        ("--ignore=features/build", "--ignore=features/x.Feature", "--ignore=features/back"),
        ("--ignore-glob=*/build", "--ignore-glob=*.Feature", "--ignore-glob=*/back"),
        ("features/shop.feature",),
    ],
    ids=["ignored", "ignored-by-a-pattern", "not-asked-for"],
)
def test_what_was_not_asked_for_is_not_named(seen: Project, options: tuple[str, ...]) -> None:
    """What is left out on purpose is not missed."""
    seen.feature(PASSING, "features/build/a.feature")
    seen.feature(PASSING, "features/x.Feature")
    (seen.root / "features" / "back").symlink_to(".")

    run = seen.run(*options)

    run.assert_outcomes(passed=1)
    assert unseen(run) == []


def test_what_is_something_else_is_not_named(seen: Project) -> None:
    """Folders without features, copies that editors keep and other files are none."""
    seen.write("features/build/data.json", "{}")
    seen.write("features/creature.txt", "")
    seen.write("features/shop.feature~", "")
    seen.write("features/.shop.feature.swp", "")
    (seen.root / "features" / "x.json").symlink_to("nowhere")

    assert unseen(seen.run()) == []


@pytest.mark.parametrize("option", ["--spec-check", "-n2"])
def test_they_are_named_once_however_the_run_goes(seen: Project, option: str) -> None:
    """A check of the spec names them too, and several workers name them once."""
    seen.feature(PASSING, "features/build/a.feature")

    assert len(unseen(seen.run(option))) == 1


def test_link_to_a_folder_of_features_is_followed(project: Project) -> None:
    """Features that all stand behind a link inside of the folder run as any others."""
    project.feature(PASSING, "shared/shop.feature")
    (project.root / "features").mkdir()
    (project.root / "features" / "shared").symlink_to("../shared")
    (project.root / "features" / "again").symlink_to("../features")

    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize("path", ["", "/shop.feature", "/shop.feature:3"])
@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("nowhere", "a link that leads to 'nowhere': No such file or directory"),
        ("features", "a link that leads in a circle: Too many levels of symbolic links"),
    ],
)
def test_folder_that_leads_nowhere(project: Project, target: str, why: str, path: str) -> None:
    """The link at fault is named, where pytest would say that nothing is there."""
    (project.root / "features").symlink_to(target)

    run = project.run(*([f"features{path}"] if path else []))

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: features: {why}", "  next: mend the link, or remove it"])


def test_file_instead_of_a_folder(project: Project) -> None:
    """A file that has the name of the folder is not passed by as if it were not there."""
    project.feature(PASSING, "features")

    run = project.run()

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(
        ["ERROR: features: a file, where testpaths mean a folder", "  next: move it into a folder"]
    )
