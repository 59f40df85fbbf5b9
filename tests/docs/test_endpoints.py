"""What the page about endpoints shows is what happens on a deployment that nobody knows."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import trustme

from connector_harness.client.settings import (
    IN_A_RECEIVER,
    IN_A_TABLE,
    LIVE_PERSON,
    VARIABLES,
    Endpoint,
)
from connector_harness.control.routes import SandboxControl
from connector_harness.control.sandbox_agent import SandboxAgent
from connector_harness.sandbox.webhooks.subscriptions import SUBSCRIPTIONS
from tests.docs.desk import PASSWORD, Desk
from tests.docs.page import Page, Shown, filled, is_like, plain
from tests.docs.ssh_host import ssh_host, write_ssh
from tests.endpoint.runs import ROOT, environment, make_project
from tests.ports import free_port
from tests.stranger.project import receiver_of_readme
from tests.stranger.running import Stranger, stranger

PAGE = Page(ROOT / "docs" / "endpoints.md")
PATIENCE_S = 120
ACCOUNT, PUBLIC = "70000001", "https://hooks.example.test"
RECEIVER, TUNNEL, RUNNER = "127.0.0.1:8443", "127.0.0.1:9443", "10.0.0.7:8443"
OUTSIDE = "ssh "
"""How a command begins that does not end by itself."""


@dataclass(frozen=True)
class Reader:
    """Somebody who follows the page.

    Attributes:
        folder: Where they work.
        account: The deployment that they have an account of.
        environ: What they have set.
        values: What they put in the place of the page's values.
    """

    folder: Path
    account: Stranger
    environ: Mapping[str, str]
    values: Mapping[str, str]

    def type(self, command: str) -> tuple[int, str]:
        """Return how a command ended, and what it printed, with the page's values."""
        ended = subprocess.run(  # noqa: S603  # what our own page says
            ["/bin/bash", "-c", filled(command, self.values)],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        theirs = {
            self.account.discovery: LIVE_PERSON,
            **{used: shown for shown, used in self.values.items()},
        }
        return ended.returncode, filled(ended.stdout, theirs)


@pytest.fixture(scope="module")
def values() -> dict[str, str]:
    """The addresses of this machine in the place of the page's."""
    used = {name: f"127.0.0.1:{free_port()}" for name in (RECEIVER, TUNNEL)}
    return {**used, RUNNER: used[RECEIVER]}


@pytest.fixture(scope="module")
def account(values: Mapping[str, str]) -> Iterator[Stranger]:
    """The deployment; its webhooks go to where the tunnel begins."""
    with stranger(receiver=f"http://{values[TUNNEL]}") as running:
        yield running


@pytest.fixture(scope="module")
def desk(account: Stranger) -> Iterator[Desk]:
    """The agent desk of the account."""
    control = SandboxControl(account.control, account.account)
    desk = Desk(SandboxAgent(control))
    yield desk
    desk.close()
    control.close()


@pytest.fixture(scope="module")
def reader(
    tmp_path_factory: pytest.TempPathFactory,
    account: Stranger,
    desk: Desk,
    values: Mapping[str, str],
) -> Reader:
    """Somebody who has written the settings as the page says."""
    used = {**values, PUBLIC: account.public_address, ACCOUNT: account.account}
    folder = make_project(tmp_path_factory.mktemp("endpoints") / "project", "")
    (folder / "docs").symlink_to(ROOT / "docs")
    there = f'\\g<0>\ndiscovery = "{account.discovery}"\nca_file = "{account.ca_file}"'
    tables = re.sub(r"^account = .*$", there, "\n".join(PAGE.blocks("toml")), flags=re.MULTILINE)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{filled(tables, used)}")
    [dotenv] = PAGE.blocks("ini")
    for name, value in (("ID", account.client_id), ("SECRET", account.client_secret)):
        dotenv = re.sub(f"(?<=CLIENT_{name}=).*", value, dotenv)
    (folder / ".env").write_text(dotenv, encoding="utf-8")
    inherited = {k: v for k, v in environment().items() if not k.startswith("CONNECTOR_")}
    more = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "80",
        "DESK_URL": desk.url,
        "DESK_USER": "ada",
        "DESK_PASSWORD": PASSWORD,
    }
    return Reader(folder, account, {**inherited, **more}, used)


@pytest.fixture(scope="module")
def tunnel(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tunnel, opened by the page's own command."""
    [shown] = [each for each in PAGE.commands() if each.command.startswith(OUTSIDE)]
    with ssh_host() as host:
        bin_ = tmp_path_factory.mktemp("ssh") / "bin"
        write_ssh(bin_, host)
        command = ["/bin/sh", "-c", f"exec {filled(shown.command, reader.values)}"]
        path = f"{bin_}{os.pathsep}{os.environ['PATH']}"
        with subprocess.Popen(command, env={**os.environ, "PATH": path}) as process:  # noqa: S603  # ours
            assert host.has_tunnel.wait(PATIENCE_S)
            yield
            process.terminate()


@pytest.mark.usefixtures("tunnel")
@pytest.mark.whole_run
def test_commands_print_what_the_page_shows(reader: Reader) -> None:
    """One after the other, each with the exit code that its output lets expect."""
    typed = [each for each in PAGE.commands() if not each.command.startswith(OUTSIDE)]

    found = [_difference(shown, *reader.type(shown.command)) for shown in typed]

    assert len(typed) >= 8
    assert "\n\n".join(filter(None, found)) == ""


def _difference(shown: Shown, code: int, came: str) -> str:
    codes = {"ERROR: ": 4, "  FAILED ": 1}
    expected = next((code for mark, code in codes.items() if f"\n{mark}" in shown.output), 0)
    if code == expected and (not shown.output or is_like(came, shown.output)):
        return ""
    return f"$ {shown.command}\nexit code {code}\n{plain(came)}"


@pytest.mark.parametrize("number", [0, 1], ids=["tunnel", "same network"])
@pytest.mark.usefixtures("tunnel")
def test_nginx_hands_on(reader: Reader, tmp_path: Path, number: int) -> None:
    """What nginx makes of the page's settings is right for the doctor, certificate included."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    authority, public = trustme.CA(), f"127.0.0.1:{free_port()}"
    certificate = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    certificate.write_to_path(str(tmp_path / "hooks.pem"))
    server, *lines = PAGE.blocks("nginx")
    line = [*re.findall(r"^ *proxy_pass .*\n", server, re.MULTILINE), *lines][number]
    server = filled(re.sub(r"^ *proxy_pass .*\n", line, server, flags=re.MULTILINE), reader.values)
    server = re.sub(r"/etc/ssl/\S+;", "hooks.pem;", server.replace("443 ssl", f"{public} ssl"))
    (tmp_path / "nginx.conf").write_text(_NGINX.replace("SERVER", server), encoding="utf-8")
    told = _told_of(reader, f"https://{public}", authority.cert_pem.bytes(), tmp_path)

    with subprocess.Popen([nginx, "-p", tmp_path, "-c", "nginx.conf"]) as process:  # noqa: S603  # ours
        _, came = told.type("python -m connector_harness.doctor --endpoint staging --yes --json")
        process.terminate()

    checks = {each["check"]: each for each in json.loads(came)["checks"]}
    assert checks["public address"]["told"].startswith(f"https://{public}/notifications reaches")


_NGINX = """\
pid nginx.pid;
daemon off;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
SERVER
}
"""


def _told_of(reader: Reader, public_address: str, trusted: bytes, folder: Path) -> Reader:
    """Return the same reader, whose receiver is reached at another address."""
    (folder / "trusted.pem").write_bytes(reader.account.ca_file.read_bytes() + trusted)
    text = (reader.folder / "pyproject.toml").read_text(encoding="utf-8")
    text = text.replace(reader.account.public_address, public_address)
    text = text.replace(str(reader.account.ca_file), str(folder / "trusted.pem"))
    (folder / "pyproject.toml").write_text(text.replace('agent = "our', '#"'), encoding="utf-8")
    shutil.copy(reader.folder / ".env", folder)
    return Reader(folder, reader.account, reader.environ, {})


def test_receiver_is_that_of_the_readme() -> None:
    """Both show the same table, which the runs against the stranger use."""
    [staging, *_] = map(tomllib.loads, PAGE.blocks("toml"))
    table = tomllib.loads(receiver_of_readme(RECEIVER, PUBLIC))

    endpoints = [each["tool"]["connector_harness"]["endpoints"] for each in (staging, table)]
    assert endpoints[0]["staging"]["receiver"] == endpoints[1]["staging"]["receiver"]


def test_settings_are_all_there_are() -> None:
    """The table of settings names each with its default, and no other."""
    defaults = {each.name: each.default for each in fields(Endpoint)}
    expected = {f"`{name}`": _default(name, defaults[name]) for name in IN_A_TABLE}
    expected |= {f"`receiver.{name}`": "–" for name in IN_A_RECEIVER}  # noqa: RUF001  # as below

    assert {name: default for name, default, _ in PAGE.rows("setting")} == expected


def _default(name: str, default: object) -> str:
    if isinstance(default, bool | str):
        return f"`{str(default).lower()}`"
    if isinstance(default, float):
        return f"{default:g} s" if name.endswith("_s") else f"{default:g}"
    return "–"  # noqa: RUF001  # what the table has for nothing


def test_variables_are_all_there_are() -> None:
    """So does the table of variables."""
    named = {name for row in PAGE.rows("variable") for name in re.findall(r"CONNECTOR_\w+", row[0])}

    assert named == set(VARIABLES.values())


def test_manifest_subscribes_to_everything() -> None:
    """Each type of webhook has the address at which the receiver listens."""
    [manifest] = PAGE.blocks("json")
    webhooks = json.loads(manifest)["capabilities"]["webhooks"]

    told: dict[str, object] = {
        name: {"endpoint": f"{PUBLIC}/notifications"} for name in SUBSCRIPTIONS
    }
    lines = ",\n".join(f"{' ' * 6}{json.dumps(name)}: {json.dumps(told[name])}" for name in told)
    assert webhooks == {"retry": webhooks["retry"], **told}, f"the page needs\n{lines}"


def test_every_check_of_the_doctor_is_explained() -> None:
    """What the transcript shows has a row that says what to do."""
    [transcript] = [each.output for each in PAGE.commands() if ".doctor" in each.command]
    checks = re.findall(r"^[✓✗–] (.{17}\S?)", transcript, re.MULTILINE)  # noqa: RUF001  # its marks

    assert [each.strip() for each in checks] == [row[0] for row in PAGE.rows("`✗` at")]


def test_messages_are_those_of_the_code() -> None:
    """What it says where something is odd stands in the code."""
    sources = (ROOT / "connector_harness").rglob("*.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources)

    assert [row[0] for row in PAGE.rows("it says") if row[0].strip("`") not in code] == []
