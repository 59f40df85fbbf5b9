"""Runs of pytest as a user starts them, and what they leave behind."""

import base64
import contextlib
import html
import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from tests.endpoint.server import ACCOUNT, CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).parents[2]
SEED_FEATURE = "features/conversations/create_and_send.feature"
SEED_TITLE = "The first message opens the conversation"
TIMEOUT_S = 60


@dataclass(frozen=True)
class Run:
    """A run of pytest that has ended.

    Attributes:
        folder: Where it put its results.
        exit_code: How it ended.
        output: What it wrote to the terminal.
    """

    folder: Path
    exit_code: int
    output: str

    @cached_property
    def results(self) -> list[dict[str, Any]]:
        """The Allure results."""
        found = sorted((self.folder / "allure").glob("*-result.json"))
        return [json.loads(file.read_text(encoding="utf-8")) for file in found]

    @cached_property
    def cases(self) -> dict[str, ET.Element]:
        """The test cases of the JUnit file, by the path of the feature and the title."""
        suite = ET.parse(self.folder / "junit.xml").getroot()  # noqa: S314  # written by our run
        return {
            f"{case.get('classname')}::{case.get('name')}": case for case in suite.iter("testcase")
        }

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and content of every file it left, and its output."""
        yield "output", self.output.encode()
        for file in self.folder.rglob("*"):
            if file.is_file():
                yield file.name, file.name.encode() + b"\n" + file.read_bytes()


def arguments(folder: Path, *more: str) -> list[str]:
    """Return the command line of a run whose results go to *folder*."""
    where = [f"--alluredir={folder / 'allure'}", f"--junitxml={folder / 'junit.xml'}"]
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *where, *more]


def environment() -> dict[str, str]:
    """Return the environment of a run: the credentials, and nothing of the run we are in."""
    ours = ("PYTEST_", "CONNECTOR_", "COV_", "COVERAGE_", "GITHUB_", "GITLAB_", "TF_BUILD")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "CONNECTOR_ACCOUNT": ACCOUNT,
        "CONNECTOR_CLIENT_ID": CLIENT_ID,
        "CONNECTOR_CLIENT_SECRET": CLIENT_SECRET,
        "COLUMNS": "200",
    }


def run(folder: Path, *more: str, cwd: Path = ROOT, timeout_s: float = TIMEOUT_S) -> Run:
    """Run pytest with the arguments *more* and wait for its end."""
    ended = subprocess.run(  # noqa: S603  # our own command line
        arguments(folder, *more),
        cwd=cwd,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    return Run(folder, ended.returncode, ended.stdout)


@contextlib.contextmanager
def running(folder: Path, *more: str, cwd: Path = ROOT) -> Iterator["subprocess.Popen[str]"]:
    """Run pytest as the leader of a process group of its own, which is gone in the end."""
    process = subprocess.Popen(  # noqa: S603  # our own command line
        arguments(folder, *more),
        cwd=cwd,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def interrupt(process: "subprocess.Popen[str]", folder: Path) -> Run:
    """Press Ctrl-C, which the whole group hears, and wait until nobody writes any more."""
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=TIMEOUT_S)
    return Run(folder, process.returncode, output)


def make_project(folder: Path, settings: str) -> Path:
    """Make a project that shares the repository's features and steps but has more *settings*."""
    folder.mkdir()
    for name in ("steps", "schemas", "conftest.py"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "features").mkdir()
    for part in (ROOT / "features").iterdir():
        (folder / "features" / part.name).symlink_to(part)
    shared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(f"{shared}\n{settings}", encoding="utf-8")
    return folder


def line_of(text: str, feature: Path = ROOT / SEED_FEATURE) -> int:
    """Return the line of the first step *text* in *feature*."""
    lines = feature.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().endswith(text))


def forms(secret: str) -> list[str]:
    """Return how *secret* may look in a file."""
    raw = secret.encode()
    # Of Base64, without the letters that the secret shares with what stands around it.
    encoded = [
        base64.b64encode(before + raw).decode().rstrip("=")[start:-1]
        for before, start in ((b"", 0), (b"1", 2), (b"12", 3), (f"{CLIENT_ID}:".encode(), 0))
    ]
    encoded += [form.translate({ord("+"): "-", ord("/"): "_"}) for form in encoded]
    urls = [quote(secret), quote(secret, safe=""), quote_plus(secret)]
    codes = "".join(f"\\u{ord(letter):04x}" for letter in secret)
    plain = [secret, *urls, *(re.sub("%..", lambda code: code[0].lower(), url) for url in urls)]
    pages = [html.escape(secret), codes, raw.hex(), raw.hex().upper()]
    return [*plain, *pages, json.dumps(secret)[1:-1], *encoded, *(form[:10] for form in plain)]


def leaks(run: Run, tokens: list[str]) -> list[str]:
    """Return where *run* left the client secret, one of the *tokens*, or the begin of one."""
    hidden = [*forms(CLIENT_SECRET), *(form for token in tokens for form in forms(token))]
    return [
        f"{form!r} in {name}"
        for name, content in run.files()
        for form in hidden
        if form.encode() in content
    ]
