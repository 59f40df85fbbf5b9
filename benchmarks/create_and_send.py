"""What the harness costs: 1,000 create-and-send scenarios against a bare httpx loop.

Both send the same requests to the same sandbox, in turn: a consumer token and a batch for each
scenario. Figures are CPU and wall time of the whole process, the interpreter's start included.
The sandbox runs in a process of its own and is not counted, nor is the first run of a project,
which compiles its modules and checks its schema files. Neither closes the conversations it opens.

What the documents cost that are made at a run's end (`documents.py` has more of that) is measured
by making them once more, for all rows and for one, and told apart. The bar is for all of it.

    python benchmarks/create_and_send.py [--rows 1000] [--rounds 5]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector_harness.sandbox.server import RunningSandbox, start_sandbox

ROOT = Path(__file__).parents[1]
CPU_BAR = 3.0
DOCUMENTS = (sys.executable, "-m", "connector_harness.report", "--out", "documents")
GROWTH_BAR = 3.05

FEATURE = """Feature: Many shoppers write for the first time

  Scenario Outline: Shopper <number> writes
    Given the profile "web visitor"
    And the conversation request "web campaign"
    And the first message "Hello from shopper <number>"
    When the connector sends the batch
    Then every command is accepted in order
    And a conversation is open
    And the first message has number 0

    Examples:
      | number |
"""

LOOP = """
import json, os, sys, httpx
url, account, client_id, secret, rows, batch = sys.argv[1:]
batch = json.loads(batch)
with httpx.Client() as client:
    app = client.post(
        f"{url}/sentinel/api/account/{account}/app/token?v=1.0&grant_type=client_credentials",
        data={"client_id": client_id, "client_secret": secret},
    ).json()["access_token"]
    for row in range(int(rows)):
        consumer = client.post(
            f"{url}/api/account/{account}/consumer?v=1.0",
            json={"ext_consumer_id": f"loop-{os.getpid()}-{row}"},
            headers={"Authorization": app},
        ).json()["token"]
        batch[2]["body"]["event"]["message"] = f"Hello from shopper {row}"
        answer = client.post(
            f"{url}/api/account/{account}/messaging/consumer/conversation?v=3",
            json=batch,
            headers={"Authorization": app, "X-LP-ON-BEHALF": consumer},
        )
        assert answer.status_code == 200 and answer.json()[2]["body"]["sequence"] == 0
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of one process."""

    cpu_s: float
    wall_s: float


def mean(one: Cost, other: Cost) -> Cost:
    """Return what lies between two costs."""
    return Cost((one.cpu_s + other.cpu_s) / 2, (one.wall_s + other.wall_s) / 2)


def measure(command: Sequence[str], *, cwd: Path, environ: dict[str, str]) -> Cost:
    """Run *command* and return what it cost.

    Compiled modules are kept, as they are wherever the environment does not forbid it.

    Raises:
        SystemExit: It failed; what it printed is shown.
    """
    environ = {name: environ[name] for name in environ if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as output:
        start = os.times().elapsed
        process = subprocess.Popen(command, cwd=cwd, env=environ, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = os.times().elapsed - start
        if status != 0:
            output.seek(0)
            raise SystemExit(output.read().decode())
    return Cost(usage.ru_utime + usage.ru_stime, wall_s)


def project(folder: Path, rows: int) -> Path:
    """Make a project in *folder* that shares all but the feature with this one."""
    for name in ("conftest.py", "pyproject.toml", "schemas", "steps"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "features").mkdir()
    (folder / "features" / "data").symlink_to(ROOT / "features" / "data")
    table = "".join(f"      | {row} |\n" for row in range(rows))
    (folder / "features" / "many.feature").write_text(FEATURE + table, encoding="utf-8")
    return folder


def seed_batch(account: str) -> str:
    """Return the batch that the scenarios send, as JSON text."""
    data = ROOT / "features" / "data"
    batch = []
    for kind, file in (
        ("userprofile.SetUserProfile", "profiles/web_visitor.json"),
        ("cm.ConsumerRequestConversation", "conversation_requests/web_campaign.json"),
    ):
        named = json.loads((data / file).read_text(encoding="utf-8"))
        batch.append({"kind": "req", "id": named["id"], "type": kind, "body": named["body"]})
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": ""}
    batch.append({"kind": "req", "id": "3", "type": "ms.PublishEvent", "body": {"event": event}})
    return json.dumps(batch).replace("{accountid}", account)


def harness(sandbox: RunningSandbox, rows: int, folder: Path) -> tuple[Cost, float]:
    """Return what the harness costs for *rows* scenarios, run in *folder*.

    The second figure is what the documents take of it, in seconds of CPU time.
    """
    environ = os.environ | {
        "CONNECTOR_ACCOUNT": sandbox.account,
        "CONNECTOR_CLIENT_ID": sandbox.client_id,
        "CONNECTOR_CLIENT_SECRET": sandbox.client_secret,
    }
    home = project(Path(tempfile.mkdtemp(dir=folder)), rows)
    options = ("-q", "--endpoint", sandbox.url, "--keep-conversations")
    command = [sys.executable, "-m", "pytest", *options]
    first = f"features/many.feature:{len(FEATURE.splitlines()) + 1}"
    measure([*command, first], cwd=home, environ=environ)
    least = measure(DOCUMENTS, cwd=home, environ=environ)
    cost = measure(command, cwd=home, environ=environ)
    most = measure(DOCUMENTS, cwd=home, environ=environ)
    results = len(list((home / "reports" / "allure-results").glob("*-result.json")))
    if results != rows:
        raise SystemExit(f"{results} results for {rows} scenarios")
    return cost, most.cpu_s - least.cpu_s


def loop(sandbox: RunningSandbox, rows: int) -> Cost:
    """Return what a bare httpx loop costs for the same requests."""
    given = (sandbox.url, sandbox.account, sandbox.client_id, sandbox.client_secret)
    command = [sys.executable, "-c", LOOP, *given, str(rows), seed_batch(sandbox.account)]
    return measure(command, cwd=ROOT, environ=dict(os.environ))


def rounds(count: int, rows: int, folder: Path) -> Iterator[tuple[Cost, Cost, float, Cost]]:
    """Yield what the loop, the harness, its documents, and three times the rows cost, in turn.

    The loop is measured before the harness and after it, for the machine is seldom alone.

    Nothing is deleted in between: ext4 looks at every inode freed in the last minutes before it
    gives out a new one, so a file made just after thousands were deleted costs twenty times more.
    """
    for _ in range(count):
        starting = start_sandbox()
        try:
            sandbox = starting.ready()
            before = loop(sandbox, rows)
            ours, documents_s = harness(sandbox, rows, folder)
            after = loop(sandbox, rows)
            thrice, _ = harness(sandbox, 3 * rows, folder)
            yield mean(before, after), ours, documents_s, thrice
        finally:
            starting.stop()


def main() -> None:
    """Measure in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cpu, documents, wall, growth = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for bare, ours, documents_s, thrice in rounds(options.rounds, options.rows, Path(folder)):
            cpu.append(ours.cpu_s / bare.cpu_s)
            documents.append(documents_s / bare.cpu_s)
            wall.append(ours.wall_s / bare.wall_s)
            growth.append(thrice.cpu_s / ours.cpu_s)
            print(
                f"loop {bare.cpu_s:.2f} s CPU, harness {ours.cpu_s:.2f} s, documents of it "
                f"{documents_s:.2f} s, three times the rows {thrice.cpu_s:.2f} s; "
                f"CPU {cpu[-1]:.2f}, wall {wall[-1]:.2f}, "
                f"growth {growth[-1]:.2f}"
            )
    print(f"CPU       {statistics.median(cpu):.2f} times the loop (bar {CPU_BAR})")
    print(f"documents {statistics.median(documents):.2f} of that")
    print(f"wall      {statistics.median(wall):.2f} times the loop")
    print(f"growth    {statistics.median(growth):.2f} for three times the rows (bar {GROWTH_BAR})")
    if statistics.median(cpu) > CPU_BAR or statistics.median(growth) > GROWTH_BAR:
        raise SystemExit("over the bar")


if __name__ == "__main__":
    main()
