"""Discovery: which host serves which service."""

from collections.abc import Callable

import pytest

from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.api.discovery import SERVICES
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.state.tokens import Tokens
from connector_harness.sandbox.web.app import create_app
from tests.sandbox.callers import InProcess

ACCOUNT = "/api/account/70000001/service"


@pytest.mark.parametrize("form", ["baseURI.json?version=1.0", "baseURI?version=1.0", "baseURI"])
def test_every_service_is_listed_once(api: InProcess, form: str) -> None:
    """Both spellings of the path list each service with the host that was called."""
    entries = api("GET", f"{ACCOUNT}/{form}").json()["baseURIs"]

    assert [entry["service"] for entry in entries] == list(SERVICES)
    assert {entry["baseURI"] for entry in entries} == {"box.test:81"}


def test_service_with_a_host_of_its_own_is_named_there(
    account: Account, shared_tokens: Tokens
) -> None:
    """The others stay where discovery was asked."""
    sandbox = create_sandbox(Store(account), tokens=shared_tokens, hosts={"swift": "files.test:82"})
    api = InProcess(create_app(sandbox), app_token="", consumer_token="")
    entries = api("GET", f"{ACCOUNT}/baseURI.json").json()["baseURIs"]

    assert {each["service"] for each in entries if each["baseURI"] == "files.test:82"} == {"swift"}


@pytest.mark.parametrize("form", ["baseURI.json", "baseURI"])
def test_single_service_is_not_wrapped(api: InProcess, form: str) -> None:
    """Asked for one service, the API answers with its entry alone."""
    answer = api("GET", f"{ACCOUNT}/sentinel/{form}?version=1.0")

    entry = {"service": "sentinel", "account": "70000001", "baseURI": "box.test:81"}
    assert answer.json() == entry


@pytest.mark.parametrize("name", ["Sentinel", "nobody"])
def test_unknown_service_is_refused(api: InProcess, name: str) -> None:
    """Service names are case sensitive; an unknown one is a bad request."""
    answer = api("GET", f"{ACCOUNT}/{name}/baseURI.json?version=1.0")

    assert answer.status_code == 400
    assert answer.json()["body"]["details"] == f"service {name!r} does not exist"


@pytest.mark.parametrize("path", ["baseURI.json", "sentinel/baseURI.json"])
def test_unknown_account_is_refused(api: InProcess, path: str) -> None:
    """An account that does not exist has no services."""
    assert api("GET", f"/api/account/1/service/{path}").status_code == 401


def test_statuses_can_be_changed(assuming: Callable[[Assumptions], InProcess]) -> None:
    """What no page tells apart is an assumption."""
    api = assuming(Assumptions(unknown_account_status=400, unknown_service_status=401))

    assert api("GET", "/api/account/1/service/baseURI.json").status_code == 400
    assert api("GET", f"{ACCOUNT}/nobody/baseURI.json").status_code == 401
