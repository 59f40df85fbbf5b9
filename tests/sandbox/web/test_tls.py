"""The sandbox over https."""

import os
import signal
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector_harness.sandbox.server import RunningSandbox, StartingSandbox, start_sandbox
from connector_harness.sandbox.web.serving import certified

DOMAINS = "/api/account/70000001/service/baseURI.json?version=1.0"


@pytest.fixture(scope="module")
def secure() -> Iterator[RunningSandbox]:
    """A sandbox that serves https in a process of its own."""
    running = start_sandbox("--tls").ready()
    yield running
    running.stop()


def _get(sandbox: RunningSandbox, address: str) -> httpx.Response:
    context = ssl.create_default_context(cafile=sandbox.ca_file)
    with httpx.Client(verify=context, trust_env=False, timeout=30) as client:
        return client.get(address)


def _starting(*arguments: str) -> tuple[StartingSandbox, Path]:
    starting = start_sandbox("--tls", *arguments)
    ca_file = starting.ready().ca_file
    assert ca_file is not None
    return starting, ca_file


def test_plain_client_trusts_the_named_authority(secure: RunningSandbox) -> None:
    """Whoever trusts the announced file and nothing else is served."""
    answer = _get(secure, f"{secure.url}{DOMAINS}")

    assert secure.url.startswith("https://127.0.0.1:")
    assert answer.status_code == 200


def test_name_of_this_machine_is_certified(secure: RunningSandbox) -> None:
    """The usual name of the listening address is as good as the address."""
    address = secure.url.replace("127.0.0.1", "localhost")

    assert _get(secure, f"{address}{DOMAINS}").status_code == 200


def test_others_do_not_trust_it(secure: RunningSandbox) -> None:
    """A client with the usual authorities refuses the certificate."""
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError, match="verify"):
        client.get(secure.url)


def test_file_tells_no_key(secure: RunningSandbox) -> None:
    """The file holds a certificate, and nothing to make others with."""
    assert secure.ca_file is not None
    text = secure.ca_file.read_text()

    assert text.startswith("-----BEGIN CERTIFICATE-----")
    assert "KEY" not in text


def test_file_is_removed_at_the_end() -> None:
    """Asked to end, it takes the file away itself."""
    starting, ca_file = _starting()

    os.kill(starting.pid, signal.SIGTERM)
    starting._process.wait(30)  # noqa: SLF001 - only before stop can its own doing be seen

    assert not ca_file.exists()
    starting.stop()


def test_file_of_a_killed_sandbox_is_removed() -> None:
    """Where the process could not remove the file, whoever started it does."""
    starting, ca_file = _starting()
    os.kill(starting.pid, signal.SIGKILL)

    starting.stop()

    assert not ca_file.exists()


def test_host_no_certificate_can_name_is_left_out() -> None:
    """A name with an underscore does not keep the other hosts from being certified."""
    with certified("my_host", "127.0.0.1") as tls:
        assert tls.ca_file.exists()

    assert not tls.ca_file.exists()
