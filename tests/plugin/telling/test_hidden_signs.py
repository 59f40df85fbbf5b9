"""What is not seen, in whatever a feature names, steers no terminal and turns no line round."""

import json
import unicodedata
from pathlib import Path

import pytest

from tests.project import Project

SIGNS = "a\x07b\x08c\x1b]8;;http://e.test\x07d\x1b[31me\u202ef\u2066g\u200eh\u200fi\u061cj\u200bk\ufeffl\u2028m\x9bn"

FILE = "features/x\x1b[31my\u202ez.feature"

HOSTILE = f"""
    @tag\u202e @s\x1b[32m
    Feature: F{SIGNS}
      About {SIGNS}

      Rule: R{SIGNS}

        @own\u200f
        Scenario: S{SIGNS}
          Given a basket
          When "{SIGNS}" is added
          Then the basket holds 3

        Scenario: It says
          Given it says it
          Then the basket holds 0

        Scenario Outline: O
          Given a basket
          When "<n>" is added
          Then the basket holds 1

          Examples: E{SIGNS}
            | n       |
            | {SIGNS} |
            | plain   |

        Scenario: K{SIGNS}
          Given it skips
          Then the basket holds 0
"""

STEPS = f"""
    SIGNS = {SIGNS!a}


    @given("it says it", target_fixture="basket")
    def says_it():
        print(SIGNS)
        raise ValueError(SIGNS)


    @given("it skips", target_fixture="basket")
    def skips():
        pytest.skip(SIGNS)
"""


def hidden(text: str) -> list[str]:
    """Return the lines of *text* with a sign that is not seen."""
    categories = {"Cc", "Cf", "Zl", "Zp"}
    return [
        ascii(line)
        for line in text.split("\n")
        if any(unicodedata.category(sign) in categories for sign in line.replace("\t", " "))
    ]


@pytest.fixture
def hostile(project: Project) -> Project:
    """A project whose feature has them wherever it has names."""
    project.steps(STEPS)
    project.feature(HOSTILE, FILE)
    return project


@pytest.mark.parametrize(
    "args",
    [
        "",
        "-v",
        "-vv -o verbosity_test_cases=1",
        "-n 1 -v -o verbosity_test_cases=1",
        "-rA",
        "--collect-only",
        "--collect-only -q",
        "--steps",
        "--spec-check",
        "--setup-show",
        "--full-trace",
        "--tb=line",
        "--durations=2 -vv",
    ],
)
def test_terminal_is_steered_by_nobody(hostile: Project, args: str) -> None:
    """By no title, row, tag, file or error, whichever of pytest's lines has it."""
    run = hostile.run_process(*args.split())

    text = run.stdout.str() + run.stderr.str()
    assert (run.ret in {0, 1}, hidden(text)) == (True, [])


def test_colours_are_the_terminals_own(hostile: Project) -> None:
    """Those of pytest stay, and no name brings others."""
    text = hostile.run_process("--color=yes", "-rA", "-v").stdout.str()

    assert "\x1b[31mFAILED" in text
    assert "\x1b[31my" not in text
    assert "\x1b]" not in text


def test_unsound_feature_steers_nothing(project: Project) -> None:
    """Nor do findings."""
    project.feature(f"Feature: F\n  Scenario: {SIGNS}\n    Given {SIGNS}\n", FILE)

    assert hidden(project.run_process().stdout.str()) == []


@pytest.mark.parametrize("system", ["GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI"])
def test_documents_show_what_is_not_seen(
    hostile: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str
) -> None:
    """Every output for people has it spelled out, and none is turned round by it."""
    monkeypatch.setenv(system, "true")
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    text = hostile.run_process().stdout.str()

    files = [*hostile.root.glob("reports/*.*"), *([summary] if summary.exists() else [])]
    texts = [text, *(file.read_text(encoding="utf-8") for file in files)]
    texts += [json.dumps(each, ensure_ascii=False) for each in hostile.results()]
    assert len(texts) > 6
    assert [hidden(each) for each in texts] == [[]] * len(texts)
    assert "\\u202e" in (hostile.root / "reports/spec.html").read_text(encoding="utf-8")


PASTING = """
    import os

    import pytest

    pytest_plugins = ["shop_steps"]


    @pytest.hookimpl(trylast=True)
    def pytest_configure(config):
        reporter = config.pluginmanager.getplugin("terminalreporter")
        write, told = reporter._tw.write, config.invocation_params.dir / "pasted.txt"

        def teed(text, **style):
            write(text, **style)
            with told.open("a") as file:
                file.write(text)

        reporter._tw.write = teed


    def pytest_terminal_summary(terminalreporter):
        terminalreporter.write_line(f"it is {os.environ['CONNECTOR_CLIENT_SECRET']}")
"""


def test_who_listens_to_the_terminal_hears_no_secret(project: Project) -> None:
    """As pytest's own --pastebin does, which sends it away."""
    project.write("conftest.py", PASTING)
    project.feature("Feature: F\n  Scenario: S\n    Given a basket\n    Then the basket holds 0\n")

    project.run_process()

    assert "it is ***" in (project.root / "pasted.txt").read_text(encoding="utf-8")
