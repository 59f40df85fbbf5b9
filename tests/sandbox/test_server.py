"""The sandbox as a process: started, used and stopped."""

import http.client
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from connector_harness.sandbox.__main__ import main
from connector_harness.sandbox.server import (
    RunningSandbox,
    SandboxError,
    StartingSandbox,
    bind,
    start_sandbox,
    url_of,
)

PATIENCE_S = 30
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs ``python -m connector_harness.sandbox`` with pipes, and leaves none behind."""
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "connector_harness.sandbox", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.communicate)
            stack.callback(process.terminate)
            return process

        yield start


def _read_lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


def _connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)


def test_first_lines_tell_how_to_use_it(run: Run) -> None:
    """Address, account, credentials and a command to paste; the address can be called at once."""
    process = run("--account", "1", "--client-id", "app", "--client-secret", "a b")
    lines = _read_lines(process, 5)
    url = lines[0].removeprefix("sandbox: ")

    assert _status(url, DOMAINS) == 200
    assert url.startswith("http://127.0.0.1:")
    assert lines[1:4] == ["account: 1", "client id: app", "client secret: a b"]
    assert lines[4] == (
        "CONNECTOR_ACCOUNT=1 CONNECTOR_CLIENT_ID=app CONNECTOR_CLIENT_SECRET='a b' "
        f"pytest --endpoint {url}"
    )
    process.terminate()
    assert process.communicate(timeout=PATIENCE_S)[1] == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_quickly(run: Run, number: signal.Signals) -> None:
    """It ends without complaint, and without the second that is given to busy clients."""
    # A busy machine may take that second for something else.
    assert any(_seconds_to_end(run(), number) < 0.9 for _ in range(10))


def _seconds_to_end(process: "subprocess.Popen[str]", number: signal.Signals) -> float:
    connection = _connect(_read_lines(process, 1)[0].removeprefix("sandbox: "))
    connection.request("GET", "/")
    connection.getresponse().read()
    started_s = time.monotonic()

    process.send_signal(number)
    process.wait(PATIENCE_S)

    elapsed_s = time.monotonic() - started_s
    connection.close()
    assert (process.returncode, process.communicate()[1]) == (0, "")
    return elapsed_s


def test_tls_names_its_authority_last_and_waits_for_nobody(run: Run) -> None:
    """It ends, and quietly, while a client that trusts the file keeps a connection."""
    process = run("--tls", "--account", "le1", "--client-secret", "s")
    lines = _read_lines(process, 6)
    url, ca_file = lines[0].removeprefix("sandbox: "), lines[4].removeprefix("ca file: ")
    domains = f"{url}/api/account/le1/service/baseURI.json?version=1.0"
    assert (lines[3], lines[5]) == ("client secret: s", f"curl --cacert {ca_file} '{domains}'")
    context = ssl.create_default_context(cafile=ca_file)
    address = urlsplit(url).netloc
    connection = http.client.HTTPSConnection(address, timeout=PATIENCE_S, context=context)
    connection.request("GET", "/")
    connection.getresponse().read()

    process.terminate()
    errors = process.communicate(timeout=PATIENCE_S)[1]

    connection.close()
    assert (process.returncode, errors) == (0, "")


def _status(url: str, path: str) -> int:
    connection = _connect(url)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


JOURNAL, DOMAINS = "/_sandbox/journal", "/api/account/1/service/baseURI.json"


def test_control_routes_are_left_out(run: Run) -> None:
    """Asked to, it serves nothing but the API."""
    url = _read_lines(run("--no-control", "--account", "1"), 1)[0].removeprefix("sandbox: ")

    assert (_status(url, JOURNAL), _status(url, DOMAINS)) == (404, 200)


def test_control_routes_have_a_port_of_their_own(run: Run) -> None:
    """It is named on the second line, is plain http, serves nothing of the API, and is gone."""
    process = run("--tls", "--no-control", "--control-port", "0", "--account", "1")
    url = _read_lines(process, 2)[1].removeprefix("control: ")
    assert url.startswith("http://127.0.0.1:")
    assert (_status(url, JOURNAL), _status(url, DOMAINS)) == (200, 404)

    process.terminate()
    errors = process.communicate(timeout=PATIENCE_S)[1]

    assert (process.returncode, errors) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        _connect(url).connect()


def test_end_of_input_ends_it(run: Run) -> None:
    """When whoever holds its standard input is gone, it goes too."""
    process = run("--stop-with-stdin")
    _read_lines(process, 1)

    assert process.communicate(timeout=PATIENCE_S)[1] == ""
    assert process.returncode == 0


def test_input_is_ignored_unless_asked_for(run: Run) -> None:
    """Run by hand in the background, it outlives its standard input."""
    process = run()
    _read_lines(process, 1)
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None

    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)


@pytest.mark.parametrize("option", ["--port", "--control-port"])
def test_port_in_use_is_one_message(run: Run, option: str) -> None:
    """A taken port is told in words, with what to do."""
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        process = run(option, str(port))
        errors = process.communicate(timeout=PATIENCE_S)[1]

    assert process.returncode == 1
    assert errors.startswith(f"sandbox: cannot listen on '127.0.0.1' port {port}: ")
    assert errors.splitlines()[1:] == [f"  next: choose another {option}, or 0 for a free one"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--port", "65536"), "'65536' is no port; next: give 0 to 65535"),
        (("--port", "x"), "'x' is no port; next: give 0 to 65535"),
        (("--account", "a/b"), "'a/b' is no account; next: give digits only"),
        (("--client-secret", ""), "empty or not printable; next: give one line of text"),
        (("--client-id", "a\nb"), "empty or not printable; next: give one line of text"),
        (("--assume", "most_field=1"), "'most_field' is not known; close: most_fields"),
        (("--assumptions", "nosuch.toml"), "assumptions cannot be read: "),
        (("--nonsense",), "unrecognized arguments: --nonsense"),
    ],
)
def test_wrong_option_is_explained(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    """A wrong option ends it before it serves anything."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert message in capsys.readouterr().err


def test_what_is_assumed_can_be_said(run: Run) -> None:
    """What the command line says is assumed from the first call on."""
    process = run("--assume", "unknown_account_status=400")
    url = _read_lines(process, 1)[0].removeprefix("sandbox: ")

    assert _status(url, "/api/account/2/service/baseURI.json") == 400


def test_other_machines_are_warned_of(run: Run) -> None:
    """An address that others can reach is served, with a warning."""
    process = run("--host", "0.0.0.0")  # noqa: S104
    _, token, *_, command = _read_lines(process, 6)
    process.terminate()

    assert f"CONNECTOR_SANDBOX_TOKEN={token.removeprefix('control token: ')} " in command
    assert "pytest --endpoint http://127.0.0.1:" in command

    errors = process.communicate(timeout=PATIENCE_S)[1]
    assert errors.startswith("warning: http://0.0.0.0:")
    assert errors.endswith(" can be reached from other machines\n")


def test_verbose_says_why(run: Run) -> None:
    """Asked to, it tells each refusal with its reason, and no secret."""
    process = run("--verbose", "--client-secret", "secret-of-mine")
    connection = _connect(_read_lines(process, 1)[0].removeprefix("sandbox: "))
    path = "/sentinel/api/account/70000001/app/token?v=1.0&grant_type=client_credentials"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, "client_id=secret-of-mine&client_secret=x", form)
    connection.getresponse()
    connection.close()
    process.terminate()

    errors = process.communicate(timeout=PATIENCE_S)[1]
    assert "because no client '***' with this secret in account '70000001'" in errors
    assert "secret-of-mine" not in errors


def test_running_sandbox_is_described(sandbox: RunningSandbox) -> None:
    """The harness gets address and credentials; the text form keeps the secret."""
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert (sandbox.account, len(sandbox.client_id)) == ("70000001", 36)
    assert sandbox.client_secret not in repr(sandbox)


def test_interrupt_in_the_terminal_spares_it(sandbox: RunningSandbox) -> None:
    """Ctrl-C reaches the harness only, which then stops its sandbox in order."""
    assert os.getsid(sandbox.pid) == sandbox.pid


def test_stopped_sandbox_is_gone() -> None:
    """After stop the process has ended and nothing listens; stopping again is fine."""
    running = start_sandbox().ready()
    running.stop()
    running.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)
    with pytest.raises(ConnectionRefusedError):
        _connect(running.url).connect()


def test_failed_start_tells_its_last_words() -> None:
    """A sandbox that ends at once is reported with what it said."""
    with pytest.raises(SandboxError) as failure:
        start_sandbox("--port", "none").ready()

    message = str(failure.value).splitlines()
    assert message[0] == "the sandbox ended with exit code 2 before it said its address"
    assert "'none' is no port" in message[-2]
    assert message[-1] == "  next: run it by hand: python -m connector_harness.sandbox --verbose"


def test_silent_start_is_given_up() -> None:
    """A process that says nothing is stopped when the time is over."""
    silent = StartingSandbox([sys.executable, "-c", "import sys; sys.stdin.read()"])

    with pytest.raises(SandboxError, match=r"did not say its address within 0\.2 s\n.*nothing"):
        silent.ready(0.2)

    with pytest.raises(ProcessLookupError):
        os.kill(silent.pid, 0)


def test_deaf_process_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that does not heed the signal is ended by force."""
    monkeypatch.setattr("connector_harness.sandbox.server.STOP_TIMEOUT_S", 0.2)
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print('client secret: x', flush=True)"
    stubborn = StartingSandbox([sys.executable, "-c", f"{deaf}; signal.pause()"])
    stubborn._reader.join()  # noqa: SLF001

    stubborn.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(stubborn.pid, 0)


def test_orphan_ends_by_itself() -> None:
    """When the process that started it is killed, the sandbox ends without being told."""
    program = (
        "import os, sys; from connector_harness.sandbox.server import start_sandbox; "
        "running = start_sandbox().ready(); print(running.url, flush=True); "
        "os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)  # noqa: S603
    host, _, port = parent.stdout.decode().strip().removeprefix("http://").partition(":")

    with socket.socket() as witness:
        witness.settimeout(5)
        if witness.connect_ex((host, int(port))) == 0:
            # Connected before it closed: its end then ends the connection.
            assert select.select([witness], [], [], 5)[0]


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [("", "main", "{home}"), ("/x", "main", "/x:{home}"), ("/x", "site-packages", "/x")],
)
def test_child_finds_the_package(
    monkeypatch: pytest.MonkeyPatch, given: str, name: str, expected: str
) -> None:
    """The child looks where this process found the package, last, unless it is installed."""
    from connector_harness.sandbox import server  # noqa: PLC0415

    monkeypatch.setattr(server, "__file__", f"/home/{name}/connector_harness/sandbox/server.py")
    monkeypatch.setenv("PYTHONPATH", given)

    assert server._environment()["PYTHONPATH"] == expected.format(home=f"/home/{name}")  # noqa: SLF001


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_url_can_be_called(host: str, shown: str) -> None:
    """The address of a bound socket is a URL, with IPv6 addresses in brackets."""
    try:
        bound = bind(host, 0)
    except OSError:
        pytest.skip(f"this machine has no {host}")

    with bound:
        assert url_of(bound) == f"http://{shown}:{bound.getsockname()[1]}"


def test_harness_side_is_cheap_to_import() -> None:
    """Starting a sandbox needs none of what serving one needs."""
    program = (
        "import sys; import connector_harness.sandbox.server; "
        "print([n for n in ('uvicorn', 'starlette', 'jwt', 'cryptography') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)  # noqa: S603

    assert result.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])  # noqa: S104
def test_address_that_is_printed_can_be_called(run: Run, host: str, shown: str) -> None:
    """Who listens everywhere is called here, by the address and by the command."""
    lines = _read_lines(run("--host", host, "--account", "1"), 6)
    url = lines[0].removeprefix("sandbox: ")

    assert url.startswith(f"http://{shown}:")
    assert lines[-1].endswith(f" pytest --endpoint {url}")
    assert _status(url, DOMAINS) == 200


def test_authorities_that_are_not_there_are_not_needed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app may ask for webhooks, though the environment names certificates that are missing."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/authorities.pem")
    url, account = (line.partition(": ")[2] for line in _read_lines(run(), 2))
    webhooks = {"ms.MessagingEventNotification.ContentEvent": {"endpoint": "http://127.0.0.1:9/"}}
    document = {"account": account, "capabilities": {"webhooks": webhooks}}
    connection = _connect(url)
    of_json = {"Content-Type": "application/json"}
    connection.request("POST", "/_sandbox/webhooks", json.dumps(document), of_json)
    status = connection.getresponse().status
    connection.close()

    assert status == 201
