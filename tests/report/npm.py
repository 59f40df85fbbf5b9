"""Packages of npm that tests drive other people's programs with."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 180


def chromium() -> str:
    """Return the browser; without one the test is skipped."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")


def install(folder: Path, *packages: str) -> Path:
    """Return a folder with *packages*; without npm or its registry the test is skipped.

    ``CONNECTOR_NODE_MODULES`` may name a folder that has them already.

    Args:
        folder: Where they are installed.
        packages: Their names, each with its version.
    """
    if shutil.which("node") is None or (npm := shutil.which("npm")) is None:
        pytest.skip("no Node: node and npm are needed")
    named = os.environ.get("CONNECTOR_NODE_MODULES")
    if named:
        return Path(named)
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    try:
        subprocess.run([*command, *packages], check=True, timeout=PATIENCE_S, capture_output=True)  # noqa: S603 - our own words
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"npm cannot install {' and '.join(packages)}")
    return folder


def node(script: Path, *arguments: str) -> str:
    """Return what *script* prints; it has to succeed."""
    command = [shutil.which("node") or "node", str(script), *arguments]
    run = subprocess.run(command, check=False, timeout=PATIENCE_S, capture_output=True, text=True)  # noqa: S603 - ours
    assert run.returncode == 0, run.stderr
    return run.stdout
