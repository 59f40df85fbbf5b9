"""A run that is red for another reason than a scenario says why, in every output."""

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import pytest

from tests.project import FAILING, PASSING, SECRET, Project


@dataclass(frozen=True)
class Reason:
    """What makes a run red.

    Attributes:
        words: What every output says of it, in letters that no format escapes.
        conftest: What a project's conftest.py adds.
        args: The command line.
        files: What is written besides, by path; to one that is there it is added.
        unset: The variable of the environment that is missing.
        code: The exit code; with workers that is not always the same.
    """

    words: str
    conftest: str = ""
    args: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    unset: str = ""
    code: tuple[int, ...] = (1,)


HEAD = """
    import os

    import pytest

    pytest_plugins = ["shop_steps"]
    IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

"""
JAMMED = "the till is jammed"


def broken(hook: str, condition: str = "True") -> str:
    """Return a hook that breaks."""
    return f"""
    def pytest_{hook}():
        if {condition}:
            raise RuntimeError("the till is jammed")
    """


LEAKS = """
    @pytest.fixture(autouse=True)
    def leaks():
        with open("reports/note.html", "w") as file:
            file.write(os.environ["CONNECTOR_CLIENT_SECRET"])
"""
LATE = """
    def pytest_sessionfinish(session):
        from connector_harness.plugin.running.notifications import REMAINDER, Unclaimed

        if IS_WORKER or not session.config.option.numprocesses:
            told = session.config.stash.setdefault(REMAINDER, Unclaimed())
            told.late.append("the message of number 3 is off")
"""
TEAR_DOWN = """
    @pytest.fixture(scope="session", autouse=True)
    def till():
        yield
        raise RuntimeError("the till is jammed")
"""
WRAPPED = """
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish():
        yield
        if not IS_WORKER:
            raise RuntimeError("the till is jammed")
"""
BAR = """
    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(session):
        done = yield
        session.testsfailed += not IS_WORKER
        return done
"""
BAR_AT_THE_END = """
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(session):
        done = yield
        session.exitstatus = 9
        return done
"""
LEAVES = """
    def pytest_{}():
        pytest.exit("enough for today", returncode=7)
"""
DIES = """
    def pytest_{}():
        if os.environ.get("PYTEST_XDIST_WORKER") == "gw0":
            os._exit(3)
"""
STOPS = """
    def pytest_runtest_logreport(sent=[]):
        import signal

        if not IS_WORKER and not sent:
            sent.append(1)
            os.kill(os.getpid(), signal.{})
"""
WARNS = """
    @pytest.fixture(autouse=True)
    def warns():
        import warnings

        warnings.warn("old", stacklevel=1)
"""
ENDPOINTS = """
[tool.connector_harness.endpoints.here]
address = "http://127.0.0.1:9"
"""
TELLS = """
    def pytest_{}():
        raise {}(os.environ["CONNECTOR_CLIENT_SECRET"])
"""

EITHER = {
    "leak": Reason("the leak audit found secrets", LEAKS),
    "late notification": Reason("the message of number 3 is off", LATE),
    "tear-down": Reason(JAMMED, TEAR_DOWN),
    "tear-down after a stop": Reason(
        JAMMED, TEAR_DOWN, ("-x",), {"features/a.feature": FAILING}, code=(1, 2)
    ),
    "sessionfinish": Reason(JAMMED, broken("sessionfinish", "not IS_WORKER")),
    "sessionfinish of others": Reason(JAMMED, WRAPPED),
    "terminal_summary": Reason(JAMMED, broken("terminal_summary")),
    "unconfigure": Reason(JAMMED, broken("unconfigure", "not IS_WORKER")),
    "configure": Reason("internal error", broken("configure", "not IS_WORKER"), code=(3,)),
    "sessionstart": Reason(JAMMED, broken("sessionstart", "not IS_WORKER"), code=(3,)),
    "modifyitems": Reason(JAMMED, broken("collection_modifyitems"), code=(3, 1)),
    "collection_finish": Reason(JAMMED, broken("collection_finish"), code=(3, 1)),
    "protocol": Reason(JAMMED, broken("runtest_protocol"), code=(3, 1)),
    "logreport": Reason(JAMMED, broken("runtest_logreport", "not IS_WORKER"), code=(3,)),
    "worker that is gone": Reason(
        "a worker was lost",
        broken("runtest_logreport", "not IS_WORKER").replace(
            'RuntimeError("the till is jammed")', 'OSError("cannot send (already closed?)")'
        ),
        code=(3,),
    ),
    "bar": Reason("exit code 1", BAR),
    "bar at the end": Reason("exit code 9", BAR_AT_THE_END, code=(9,)),
    "warnings": Reason("exit code 6", WARNS, ("--max-warnings=0", "-Wdefault"), code=(6,)),
    "Ctrl-C": Reason("the run was stopped", STOPS.format("SIGINT"), code=(2,)),
    "SIGTERM": Reason("SIGTERM asked the run to end", STOPS.format("SIGTERM"), code=(2,)),
    "exit": Reason("enough for today", LEAVES.format("runtest_teardown"), code=(7, 2, 3)),
    "exit at the end": Reason("enough for today", LEAVES.format("sessionfinish"), code=(7,)),
    "finding": Reason(
        "no step definition for",
        files={"features/a.feature": PASSING.replace("a basket", "a bucket")},
        code=(2,),
    ),
    "broken module": Reason(
        "No module named", files={"features/test_a.py": "import nothing\n"}, code=(2,)
    ),
    "sentences that do not load": Reason(
        "SyntaxError", files={"shop_steps.py": "\ndef f(:\n"}, code=(3,)
    ),
    "sentences without a module": Reason(
        "No module named", files={"shop_steps.py": "\nimport nothing\n"}, code=(3,)
    ),
    "an assert that always holds": Reason(
        "assertion is always true", files={"shop_steps.py": "\nassert (1 == 2, 3)\n"}, code=(3,)
    ),
    "a conftest.py that does not load": Reason(
        "No module named", "\n    import nothing\n", code=(4,)
    ),
    "no such endpoint": Reason("no endpoint has the name", args=("--endpoint=gone",), code=(4,)),
    "no account": Reason(
        "is missing",
        args=("--endpoint=here",),
        files={"pyproject.toml": ENDPOINTS},
        unset="CONNECTOR_ACCOUNT",
        code=(4,),
    ),
    "no address": Reason("the address is not usable", args=("--endpoint=http://a b",), code=(4,)),
    "settings of no use": Reason(
        "is no list of member names",
        files={"pyproject.toml": "\n[tool.connector_harness]\npersonal_data = 7\n"},
        code=(4,),
    ),
    "settings that cannot be read": Reason("cannot be read", files={".env": "\ud800"}, code=(4,)),
    "nothing to compare with": Reason("no folder", args=("--since=gone",), code=(4,)),
    "no part": Reason("is no part of a whole", args=("--shard=7",), code=(4,)),
    "no such path": Reason(
        "file or directory not found", args=("features", "features/gone.feature"), code=(4, 5)
    ),
}
WORKERS = {
    "sessionfinish of a worker": Reason(JAMMED, broken("sessionfinish", "IS_WORKER")),
    "exit at the end of a worker": Reason(
        "enough for today", LEAVES.format("sessionfinish"), code=(7,)
    ),
    "death at the beginning": Reason("worker gw0 was lost", DIES.format("sessionstart")),
    "death in the collection": Reason("was lost", DIES.format("collection_finish"), code=(1, 3)),
    "death at the end": Reason("worker gw0 was lost", DIES.format("sessionfinish")),
}
RUNS = [
    *(pytest.param(reason, (), id=name) for name, reason in EITHER.items()),
    *(
        pytest.param(reason, ("-n2",), id=f"{name}, workers")
        for name, reason in (EITHER | WORKERS).items()
    ),
]


def told(project: Project, run: pytest.RunResult) -> dict[str, str]:
    """Return what each output says is wrong, by its name; nothing where that is green."""
    reports = project.root / "reports"
    page = (reports / "spec.html").read_text(encoding="utf-8")
    headline = page.partition("<h1>")[2].partition("</h1>")[0]
    is_red = "failed" in headline or ", but " in headline
    errors = ET.parse(reports / "junit.xml").iterfind(".//error")  # noqa: S314 - ours
    lines = (project.root / "m.ndjson").read_text(encoding="utf-8").splitlines()
    is_green = json.loads(lines[-1])["testRunFinished"]["success"]
    terminal = f"{run.stdout}\n{run.stderr}"
    return {
        # Below the line that counts what has passed.
        "terminal": terminal.rpartition(" passed in ")[2],
        "document": page * is_red,
        "JUnit": "\n".join(error.get("message", "") for error in errors),
        "messages": "\n".join(lines) * (not is_green),
        "annotations": "\n".join(line for line in run.outlines if line.startswith("::error ")),
        "summary": (project.root / "summary").read_text(encoding="utf-8"),
    }


@pytest.mark.parametrize(("reason", "workers"), RUNS)
def test_reason_stands_in_every_output(
    project: Project, monkeypatch: pytest.MonkeyPatch, reason: Reason, workers: tuple[str, ...]
) -> None:
    """Each has the words, in the place of what it said of the run before, which was green."""
    # That of the tests' own run.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.root / "summary"))
    project.steps("")
    project.feature(PASSING)
    project.feature(PASSING.replace("A basket", "Another"), "features/b.feature")
    project.run("--messages=m.ndjson", "-p", "no:xdist")
    (project.root / "summary").unlink()
    project.write("conftest.py", f"{HEAD}{reason.conftest}")
    for path, text in reason.files.items():
        file = project.root / path
        known = file.read_text(encoding="utf-8") if file.is_file() else ""
        file.write_bytes((known + text).encode(errors="surrogatepass"))
    monkeypatch.delenv(reason.unset or "NOTHING", raising=False)

    run = project.run_process("--messages=m.ndjson", *reason.args, *workers)

    assert run.ret in reason.code
    assert [output for output, text in told(project, run).items() if reason.words not in text] == []


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one-process", "worker"])
@pytest.mark.parametrize(
    ("hook", "error"),
    [
        ("runtest_teardown", "pytest.exit.Exception"),
        ("runtest_logreport", "RuntimeError"),
        ("collection_finish", "pytest.UsageError"),
        ("sessionstart", "RuntimeError"),
        ("sessionfinish", "ValueError"),
        ("terminal_summary", "RuntimeError"),
        ("unconfigure", "OSError"),
    ],
)
def test_secret_in_a_reason_is_masked(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    hook: str,
    error: str,
    workers: tuple[str, ...],
) -> None:
    """Whatever ends a run with the secret in its words, it stands in no output and no file."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.root / "summary"))
    project.write("conftest.py", HEAD + TELLS.format(hook, error))
    project.feature(PASSING)

    run = project.run_process("--messages=m.ndjson", *workers)

    files = [each for each in project.root.rglob("*[!y]") if each.is_file()]
    texts = {each.name: each.read_text(encoding="utf-8", errors="replace") for each in files}
    texts["terminal"] = run.stdout.str() + run.stderr.str()
    assert [name for name, text in texts.items() if SECRET in text] == []
    assert "***" in told(project, run)["document"]
