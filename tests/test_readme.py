"""Tests of README.md: its commands are the ones CI runs, and what it names exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"\.?\w[\w.*-]*(?:/[\w.*-]+)*(?:/|\.(?:feature|json|md|py|toml|yml))|\.?\w+/[\w/]+")
# What a run or its reader makes, and a fresh clone therefore has not.
MADE = ("reports/", ".venv/", ".env", "features/../")


def commands(text: str) -> list[list[str]]:
    """Return the commands of each console block in *text*."""
    return [re.findall(r"^\$ (.*)$", block, re.MULTILINE) for block in BLOCK.findall(text)]


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the CI script of the project in *root* and return what came of it."""
    script = [str(root / ".ci" / "run"), *arguments]
    return subprocess.run(script, capture_output=True, text=True, check=False)
