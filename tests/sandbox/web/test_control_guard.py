"""Control routes are for programs on this machine, whatever a browser there is led to."""

import asyncio
import http.client
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.responses import PlainTextResponse

from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from connector_harness.sandbox.web.control_guard import ControlGuard
from connector_harness.sandbox.web.routes import CONTROL, ROUTES

CONTROLS = [(route.method, route.path) for route in ROUTES if route.service == CONTROL]
DISCOVERY = "/api/account/70000001/service/baseURI.json?version=1.0"
JSON = {"Content-Type": "application/json"}


def ask(sandbox: RunningSandbox, method: str, path: str, **headers: str | None) -> int:
    """Return the status of the answer to a call; a header that is None is left out."""
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port or 0, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    body = b"" if method in ("GET", "DELETE") else b"{}"
    own = {"Host": address.netloc, **(JSON if body else {}), "Content-Length": str(len(body))}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {**own, **named}.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(("method", "path"), CONTROLS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.test"},
        {"Host": "rebound.test:80"},
        {"Host": "localhost.rebound.test"},
        {"Host": "127.0.0.1.rebound.test"},
        {"Host": "10.0.0.1"},
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
def test_page_in_a_browser_is_refused(
    sandbox: RunningSandbox, method: str, path: str, headers: dict[str, str]
) -> None:
    """By whatever name it calls, and whichever route."""
    assert ask(sandbox, method, path, **headers) == 403


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None],
)
@pytest.mark.parametrize("path", [path for method, path in CONTROLS if method == "POST"])
def test_what_a_form_sends_is_refused(
    sandbox: RunningSandbox, path: str, media_type: str | None
) -> None:
    """Only JSON is asked about before it is sent."""
    assert ask(sandbox, "POST", path, Content_Type=media_type) == 415


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:1", "127.0.0.1:80", "127.8.9.10", "[::1]", "[::1]:8765"]
)
def test_programs_on_this_machine_get_in(sandbox: RunningSandbox, host: str) -> None:
    """By each of its names, with any port, and as a page that is typed in."""
    own = {"Sec_Fetch_Site": "none", "Content_Type": "application/json; charset=utf-8"}
    assert ask(sandbox, "POST", "/_sandbox/accounts", Host=host, **own) == 201
    assert ask(sandbox, "GET", "/_sandbox/journal", Host=host, Sec_Fetch_Site="none") == 200


@pytest.mark.parametrize("headers", [{"Host": "api.shop.test"}, {"Origin": "https://shop.test"}])
def test_api_is_open_to_any_name(sandbox: RunningSandbox, headers: dict[str, str]) -> None:
    """Clients of the API may call it as they like."""
    assert ask(sandbox, "GET", DISCOVERY, **headers) == 200


def guarded(peer: str, path: str = "/_sandbox/journal", **headers: str) -> int:
    """Return what the guard of a sandbox that others reach answers to *peer*."""
    app = ControlGuard(PlainTextResponse("in"), token="the-token-printed")

    async def call() -> int:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return (await client.get(path, headers=named)).status_code

    return asyncio.run(call())


SHOWN = "Bearer the-token-printed"


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("192.0.2.7", {}, 403),
        ("192.0.2.7", {"Host": "localhost"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer another"}, 403),
        ("192.0.2.7", {"Authorization": "the-token-printed"}, 403),
        ("192.0.2.7", {"Authorization": SHOWN}, 200),
        ("192.0.2.7", {"Authorization": SHOWN, "Host": "sandbox.test"}, 200),
        ("192.0.2.7", {"Authorization": SHOWN, "Origin": "https://elsewhere.test"}, 403),
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("127.0.0.1", {"Host": "sandbox.test"}, 403),
        ("127.0.0.1", {"Host": "sandbox.test", "Authorization": SHOWN}, 200),
        ("1270.0.0.1.test", {}, 403),
    ],
)
def test_other_machines_need_the_token(peer: str, headers: dict[str, Any], status: int) -> None:
    """Whatever they call this one; programs here do as ever."""
    assert guarded(peer, **headers) == status


def test_token_that_was_printed_is_the_key() -> None:
    """Where other machines are let in, whoever calls by another name shows it, and so do runs."""
    token = "a-token-of-mine"
    running = start_sandbox("--host", "0.0.0.0", "--control-token", token).ready()  # noqa: S104
    try:
        for name in ("localhost", "sandbox.test"):
            assert ask(running, "GET", "/_sandbox/journal", Host=name) == {"localhost": 200}.get(
                name, 403
            )
        shown = f"Bearer {token}"
        assert ask(running, "GET", "/_sandbox/journal", Host="x.test", Authorization=shown) == 200
    finally:
        running.stop()
