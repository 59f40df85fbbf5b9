"""Settings come from where they should, and every problem is named in one message."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from connector_harness.client.settings import (
    LIVE_PERSON,
    Endpoint,
    ReceiverSettings,
    Secret,
    SettingsError,
    endpoint_name,
    load_endpoint,
    personal_data,
    settings_table,
)

CREDENTIALS = {
    "CONNECTOR_ACCOUNT": "70000001",
    "CONNECTOR_CLIENT_ID": "client-7",
    "CONNECTOR_CLIENT_SECRET": "secret-of-client-7",
}
TABLE = "[tool.connector_harness.endpoints.staging]\n"


@dataclass
class Sandbox:
    """A sandbox as settings need it."""

    url: str = "http://127.0.0.1:4711"
    account: str = "90000001"
    client_id: str = "sandbox-client"
    client_secret: str = field(default="sandbox-secret", repr=False)


Configure = Callable[..., Path]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """Write the files of a root folder, and return it."""

    def write(pyproject: str = "", dotenv: str = "") -> Path:
        (tmp_path / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        if dotenv:
            (tmp_path / ".env").write_text(dotenv, encoding="utf-8")
        return tmp_path

    return write


def complaint(
    rootdir: Path, environ: dict[str, str] | None = None, name: str | None = "staging"
) -> str:
    """Return the message with which loading an endpoint fails."""
    with pytest.raises(SettingsError) as caught:
        load_endpoint(
            rootdir=rootdir, environ=CREDENTIALS if environ is None else environ, name=name
        )
    return str(caught.value)


def test_default_is_the_sandbox(tmp_path: Path) -> None:
    """With no settings at all, everything comes from the sandbox."""
    endpoint = load_endpoint(rootdir=tmp_path, environ=CREDENTIALS, sandbox=Sandbox())
    assert endpoint == Endpoint(
        name="sandbox",
        account="90000001",
        client_id="sandbox-client",
        client_secret=Secret("sandbox-secret"),
        address="http://127.0.0.1:4711",
        discovery="http://127.0.0.1:4711",
    )


def test_choice_of_the_endpoint(configure: Configure) -> None:
    """The command line beats the environment, which beats .env, which beats pyproject.toml."""
    root = configure('[tool.connector_harness]\nendpoint = "in-file"', "CONNECTOR_ENDPOINT=dotenv")
    environ = {"CONNECTOR_ENDPOINT": "variable"}
    chosen = [
        endpoint_name(rootdir=root, environ=environ, name="line"),
        endpoint_name(rootdir=root, environ=environ, name=None),
        endpoint_name(rootdir=root, environ={"CONNECTOR_ENDPOINT": ""}, name=None),
    ]
    (root / ".env").unlink()
    chosen.append(endpoint_name(rootdir=root, environ={}, name=None))
    assert chosen == ["line", "variable", "dotenv", "in-file"]


def test_sandbox_may_name_campaigns(configure: Configure) -> None:
    """The sandbox's table adds names and timeouts; account and address stay the sandbox's."""
    root = configure(
        "[tool.connector_harness.endpoints.sandbox]\n"
        'account = "1"\nread_timeout_s = 2\ncampaigns = { spring = "31001/31077" }'
    )
    endpoint = load_endpoint(rootdir=root, environ={}, sandbox=Sandbox())
    assert (endpoint.account, endpoint.read_timeout_s) == ("90000001", 2)
    assert endpoint.campaigns == {"spring": "31001/31077"}


def test_sandbox_that_is_not_running(tmp_path: Path) -> None:
    """Choosing the sandbox without one running is a problem like any other."""
    assert "no sandbox is running" in complaint(tmp_path, name=None)


def test_address_as_a_name(tmp_path: Path) -> None:
    """An address serves everything, discovery included."""
    endpoint = load_endpoint(rootdir=tmp_path, environ=CREDENTIALS, name="http://127.0.0.1:9999/")
    assert endpoint.address == endpoint.discovery == "http://127.0.0.1:9999"
    assert endpoint.client_secret.get_secret_value() == "secret-of-client-7"


@pytest.mark.parametrize("name", ["http://me:hidden@127.0.0.1", "http://192.0.2.1", "https://h/p"])
def test_unusable_address(tmp_path: Path, name: str) -> None:
    """An address that must not be called is refused without showing a password."""
    message = complaint(tmp_path, name=name)
    assert "the address is not usable" in message
    assert "hidden" not in message


def test_named_endpoint(configure: Configure) -> None:
    """A table sets what it names; the rest keeps its default."""
    root = configure(TABLE + 'account = "1"\nproduction = true\nhosts = { idp = "idp.test" }')
    environ = {**CREDENTIALS, "CONNECTOR_ACCOUNT": ""}
    endpoint = load_endpoint(rootdir=root, environ=environ, name="staging")
    assert (endpoint.account, endpoint.production) == ("1", True)
    assert (endpoint.address, endpoint.discovery) == (None, LIVE_PERSON)
    assert endpoint.hosts == {"idp": "https://idp.test"}


def test_environment_beats_files(configure: Configure) -> None:
    """An account in the environment beats one in .env, which beats the table's."""
    root = configure(TABLE + 'account = "1"', "CONNECTOR_ACCOUNT=2\nCONNECTOR_CLIENT_ID=dotenv")
    environ = {**CREDENTIALS, "CONNECTOR_CLIENT_ID": ""}
    endpoint = load_endpoint(rootdir=root, environ=environ, name="staging")
    assert (endpoint.account, endpoint.client_id) == ("70000001", "dotenv")


def test_secret_is_hidden(tmp_path: Path) -> None:
    """No repr or text of an endpoint shows the secret."""
    endpoint = load_endpoint(rootdir=tmp_path, environ={}, sandbox=Sandbox())
    assert "sandbox-secret" not in f"{endpoint!r} {endpoint.client_secret}"


def test_everything_missing_in_one_message(configure: Configure) -> None:
    """Each missing setting is named with where it was looked for and what to do."""
    head, *problems = complaint(configure(TABLE), {}).splitlines()
    assert head.endswith("(chosen on the command line) cannot be used: 3 problems in its settings")
    assert problems == [
        "  CONNECTOR_ACCOUNT is missing",
        "     at: the environment, .env, the endpoint's table",
        (
            '     next: write account = "…" in the endpoint\'s table, or set CONNECTOR_ACCOUNT in '
            "the environment or in an uncommitted .env"
        ),
        "  CONNECTOR_CLIENT_ID is missing",
        "     at: the environment, .env",
        "     next: set CONNECTOR_CLIENT_ID in the environment or in an uncommitted .env",
        "  CONNECTOR_CLIENT_SECRET is missing",
        "     at: the environment, .env",
        "     next: set CONNECTOR_CLIENT_SECRET in the environment or in an uncommitted .env",
    ]


def test_account_in_a_table_of_almost_the_same_name(configure: Configure) -> None:
    """Where the head of one of an endpoint's tables is misspelt, that table is named."""
    text = TABLE.replace("staging", "stagnig") + 'account = "1"\n'
    receiver = '[tool.connector_harness.endpoints.staging.receiver]\nlisten = "127.0.0.1:8443"'

    message = complaint(configure(text + receiver), {**CREDENTIALS, "CONNECTOR_ACCOUNT": ""})

    assert "the endpoint's table; there is a table 'stagnig' besides" in message


def test_one_problem_does_not_make_another(configure: Configure) -> None:
    """A wrong setting beside the account does not make the account count as missing."""
    environ = {**CREDENTIALS, "CONNECTOR_ACCOUNT": ""}
    message = complaint(configure(TABLE + 'account = "1"\nskils = {}'), environ)
    assert "1 problem in" in message
    assert "skils is no setting of an endpoint; the closest is 'skills'" in message


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('client_secret = "in-the-open"', "client_secret stands in a file that is committed"),
        ('client_id = "in-the-open"', "client_id stands in a file that is committed"),
        ('acount = "1"', "acount is no setting of an endpoint; the closest is 'account'"),
        ('read_timeout_s = "in-the-open"', "read_timeout_s: Input should be a valid number"),
        ("read_timeout_s = 0", "read_timeout_s: Input should be greater than 0"),
        ("total_timeout_s = inf", "total_timeout_s: Input should be a finite number"),
        ("retry_after_budget_s = -1", "retry_after_budget_s: Input should be greater than or"),
        ("wait_s = 0", "wait_s: Input should be greater than 0"),
        ("max_concurrent = 0", "max_concurrent: Input should be greater than or equal to 1"),
        ("max_concurrent = 1.5", "max_concurrent: Input should be a valid integer"),
        ("requests_per_second = 0", "requests_per_second: Input should be greater than or equal"),
        ('discovery = "http://h.test"', "discovery: plain http is allowed to this machine only"),
        ('hosts = { idp = "u:in-the-open@h" }', "hosts.idp: an address carries no user name"),
        ('allowed_domains = ["*.a.test"]', "allowed_domains.0: a domain is a host name"),
        ('allowed_domains = ["a.test:443"]', "allowed_domains.0: a domain is a host name"),
        ("allowed_domains = []", "allowed_domains: List should have at least 1 item"),
        ('address = "https://256.0.0.1"', "address: the host is neither a name nor an address"),
        ('agent = "desk"', "agent: an agent is"),
        ('read_back = "memory"', "read_back: Input should be 'messaging-rest' or 'history'"),
        ('campaigns = { spring = "x" }', "campaigns.spring: a campaign is its id, as"),
        ('campaigns = { spring = "1/2/3" }', "campaigns.spring: a campaign is its id, as"),
        ('skills = { billing = "x" }', "skills.billing: a skill is its id, as"),
        ('ca_file = "none.pem"', "ca_file 'none.pem' cannot be used: No such file"),
        ('ca_file = "pyproject.toml"', "ca_file 'pyproject.toml' cannot be used"),
    ],
)
def test_wrong_setting(configure: Configure, line: str, what: str) -> None:
    """A wrong or unknown setting is named, with the reason and without its value."""
    message = complaint(configure(TABLE + line))
    assert f"  {what}" in message
    assert "in-the-open" not in message


def test_wrong_account(configure: Configure) -> None:
    """An account that no variable beats is checked like the rest of the table."""
    environ = {**CREDENTIALS, "CONNECTOR_ACCOUNT": ""}
    message = complaint(configure(TABLE + "account = 70000001"), environ)
    assert "1 problem in" in message
    assert "  account: Input should be a valid string" in message


def test_allowed_domains(configure: Configure) -> None:
    """The domains of discovered hosts can be named, also addresses; case does not matter."""
    line = 'allowed_domains = ["Example.test", "192.0.2.7", "[2001:db8::7]"]'
    endpoint = load_endpoint(rootdir=configure(TABLE + line), environ=CREDENTIALS, name="staging")
    assert endpoint.allowed_domains == ["example.test", "192.0.2.7", "[2001:db8::7]"]


def test_limits(configure: Configure) -> None:
    """Calls are not limited unless the table says so, and then as it says."""
    root = configure(f"{TABLE}max_concurrent = 2\nrequests_per_second = 0.5")
    limited = load_endpoint(rootdir=root, environ=CREDENTIALS, name="staging")
    free = load_endpoint(rootdir=configure(TABLE), environ=CREDENTIALS, name="staging")
    assert (limited.max_concurrent, limited.requests_per_second) == (2, 0.5)
    assert (free.max_concurrent, free.requests_per_second) == (None, None)


def test_unknown_endpoint(configure: Configure) -> None:
    """An unknown name is answered with the known ones and the closest."""
    message = complaint(configure(TABLE), name="stagin")
    assert "no endpoint has the name 'stagin'; the closest is 'staging'" in message
    assert "known: staging, sandbox" in message


def test_unlike_any_endpoint(configure: Configure) -> None:
    """A name like no other is not given a closest one."""
    assert "no endpoint has the name 'xyz'\n" in complaint(configure(TABLE), name="xyz")


@pytest.mark.parametrize("where", ["environment", "dotenv"])
def test_misspelt_variable(configure: Configure, where: str) -> None:
    """A variable that is nearly a setting is taken for a slip; others are none of ours."""
    slip = {"CONNECTOR_CLIENT_SECRT": "x", "CONNECTOR_COLOUR": "red"}
    dotenv = "CONNECTOR_CLIENT_SECRT=x" if where == "dotenv" else ""
    environ = CREDENTIALS | (slip if where == "environment" else {})
    message = complaint(configure(TABLE, dotenv), environ)
    assert "1 problem in" in message
    assert "CONNECTOR_CLIENT_SECRT is no setting; the closest is CONNECTOR_CLIENT_SECRET" in message


@pytest.mark.parametrize("variable", ["CONNECTOR_CLIENT_SECRET", "CONNECTOR_HISTORY_TOKEN"])
def test_secret_too_short_to_mask(configure: Configure, variable: str) -> None:
    """A secret that could not be kept out of a report is refused."""
    message = complaint(configure(TABLE), {**CREDENTIALS, variable: "short"})
    assert f"{variable} has fewer than 6 characters, too few to be masked" in message
    assert "short" not in message


@pytest.mark.parametrize(
    ("pyproject", "what"),
    [
        ("[tool.connector_harness", "pyproject.toml cannot be read"),
        ("tool = 1", "pyproject.toml cannot be read"),
        ("[tool.connector_harness]\nendpoint = 7", "endpoint = 7 is no name of an endpoint"),
        ("[tool]\nconnector_harness = 7", "endpoint = 7 is no name of an endpoint"),
        ("[tool.connector_harness]\nendpoints = 7", "endpoints is no table"),
        ("[tool.connector_harness.endpoints]\nsandbox = 7", "the table: Input should be"),
        ('[tool.connector_harness]\nendpiont = "x"', "endpiont is no setting; the closest is"),
    ],
)
def test_broken_file(configure: Configure, pyproject: str, what: str) -> None:
    """A file that makes no sense is named, with what is wrong in it."""
    assert what in complaint(configure(pyproject), name=None)


def test_file_is_read_once(configure: Configure) -> None:
    """Whoever asks for the table gets the same, until the file changes."""
    file = configure('[tool.connector_harness]\nendpoint = "one"') / "pyproject.toml"
    assert settings_table(file) is settings_table(file)
    file.write_text('[tool.connector_harness]\nendpoint = "another"', encoding="utf-8")
    assert settings_table(file) == {"endpoint": "another"}


def test_personal_data(configure: Configure) -> None:
    """The members whose values are personal are those that the settings name, or the usual ones."""
    named = configure('[tool.connector_harness]\npersonal_data = ["phone", "lastName"]')
    assert personal_data(named) == ("phone", "lastName")
    assert personal_data(configure("")) == ("phone", "email", "mail", "mobileNum")


@pytest.mark.parametrize("value", ["1", '"phone"', "[1]", '[""]'])
def test_wrong_personal_data(configure: Configure, value: str) -> None:
    """What is no list of names is refused, and shown as it stands there."""
    wrong = configure(f"[tool.connector_harness]\npersonal_data = {value}")
    with pytest.raises(SettingsError, match=r"is no list of member names\n  at: pyproject\.toml"):
        personal_data(wrong)


def test_dotenv_that_is_no_text(configure: Configure) -> None:
    """A .env that cannot be read is named, and not quoted."""
    root = configure(TABLE)
    (root / ".env").write_bytes(b"CONNECTOR_ACCOUNT=\xff\xfe")
    assert ".env cannot be read: UnicodeDecodeError" in complaint(root)


def test_misspelt_service_is_a_problem(configure: Configure) -> None:
    """A host for a service that nobody has would leave the right one to discovery."""
    root = configure(TABLE + 'hosts = { sentinl = "https://127.0.0.1:1" }\n')

    with pytest.raises(SettingsError, match="no service has the name 'sentinl'; known: sentinel"):
        load_endpoint(rootdir=root, environ=CREDENTIALS, name="staging")


RECEIVER = '[tool.connector_harness.endpoints.staging.receiver]\nlisten = "0.0.0.0:8443"\n'


@pytest.fixture
def certified(tmp_path: Path) -> Path:
    """A root folder with a certificate and its key in ``tls/``."""
    folder = tmp_path / "tls"
    folder.mkdir()
    issued = trustme.CA().issue_cert("hooks.example.test")
    issued.cert_chain_pems[0].write_to_path(folder / "chain.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return tmp_path


def lock(file: Path, password: bytes) -> None:
    """Lock the private key in *file*."""
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.BestAvailableEncryption(password),
    )
    file.write_bytes(locked)


def test_who_plays_the_agent_and_what_reads_back(configure: Configure) -> None:
    """An endpoint's table names both; the token for the history search is a secret."""
    rootdir = configure(TABLE + 'agent = "our_agents.desk:agent"\nread_back = "history"')
    environ = CREDENTIALS | {"CONNECTOR_HISTORY_TOKEN": "token-of-a-user"}

    endpoint = load_endpoint(rootdir=rootdir, environ=environ, name="staging")

    assert (endpoint.agent, endpoint.read_back) == ("our_agents.desk:agent", "history")
    assert endpoint.history_token == Secret("token-of-a-user")
    assert "token-of-a-user" not in repr(endpoint)


def test_history_without_its_token(configure: Configure) -> None:
    """The history search takes another token than a connector has; its lack is named."""
    message = complaint(configure(TABLE + 'read_back = "history"'), CREDENTIALS)

    assert 'read_back = "history" needs CONNECTOR_HISTORY_TOKEN' in message


def test_no_receiver_unless_told(configure: Configure) -> None:
    """An endpoint whose table says nothing about a receiver has none."""
    root = configure(TABLE)
    assert load_endpoint(rootdir=root, environ=CREDENTIALS, name="staging").receiver is None


def test_receiver(configure: Configure, certified: Path) -> None:
    """A receiver listens somewhere, is reached at an origin, and has its files in the root."""
    root = configure(
        RECEIVER + 'public_address = "hooks.example.test"\n'
        'certificate = "tls/chain.pem"\nkey = "tls/key.pem"'
    )
    endpoint = load_endpoint(rootdir=root, environ=CREDENTIALS, name="staging")
    assert endpoint.receiver == ReceiverSettings(
        listen="0.0.0.0:8443",
        public_address="https://hooks.example.test",
        certificate=certified / "tls" / "chain.pem",
        key=certified / "tls" / "key.pem",
    )


def test_receiver_at_an_address_of_the_newer_kind(configure: Configure) -> None:
    """An IPv6 address loses its brackets."""
    root = configure(RECEIVER.replace("0.0.0.0", "[::1]"))  # noqa: S104  # what is replaced
    endpoint = load_endpoint(rootdir=root, environ=CREDENTIALS, name="staging")
    assert endpoint.receiver == ReceiverSettings(listen="[::1]:8443")
    assert (endpoint.receiver.host, endpoint.receiver.port) == ("::1", 8443)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("", "receiver.listen: Field required"),
        ('listen = "8443"', "receiver.listen: an address to listen on is host:port"),
        ('listen = ":8443"', "receiver.listen: an address to listen on is host:port"),
        ('listen = "::1:8443"', "receiver.listen: an address to listen on is host:port"),
        ('listen = "[::1:8443"', "receiver.listen: an address to listen on is host:port"),
        ('listen = "h:65536"', "receiver.listen: a port is a number from 0 to 65535"),
        ('listen = "h:https"', "receiver.listen: a port is a number from 0 to 65535"),
        ('listen = "h:0"\npublic_address = "http://h.test"', "receiver.public_address: plain http"),
        ('listen = "h:0"\npublic_address = "https://h.test/p"', "receiver.public_address: an addr"),
        ('listen = "h:0"\ncertificate = "none.pem"', "receiver.certificate 'none.pem' cannot be"),
        ('listen = "h:0"\nkey = "none.pem"', "receiver.key is of no use alone"),
        (
            'listen = "h:0"\ncertificate = "pyproject.toml"',
            "receiver.certificate 'pyproject.toml' cannot be used: [SSL",
        ),
        (
            'listen = "h:0"\ncertificate = "tls/chain.pem"\nkey = "tls/other.pem"',
            "receiver.certificate 'chain.pem' with 'other.pem' cannot be used: No such file",
        ),
        ('listem = "h:0"', "receiver.listem is no setting of an endpoint; the closest is 'rec"),
    ],
)
def test_wrong_receiver(configure: Configure, certified: Path, lines: str, what: str) -> None:
    """A wrong setting of the receiver is named as any other."""
    assert certified
    table = "[tool.connector_harness.endpoints.staging.receiver]\n"
    assert f"  {what}" in complaint(configure(table + lines))


@pytest.mark.parametrize("where", ["environment", "table"])
def test_proxy(configure: Configure, where: str) -> None:
    """A table names a proxy; a variable may add user and password, which nobody gets to see."""
    address = (
        "http://user:word%20of%2Fuser@proxy.test:3128"
        if where == "environment"
        else "http://p.te:1"
    )
    lines = 'proxy = "http://p.te:1"'
    environ = CREDENTIALS | ({"CONNECTOR_PROXY": address} if where == "environment" else {})

    endpoint = load_endpoint(rootdir=configure(TABLE + lines), environ=environ, name="staging")

    assert endpoint.proxy == Secret(address)
    assert "word%20" not in repr(endpoint)
    assert ("word of/user" in endpoint.secrets) is (where == "environment")


CERTIFICATE = TABLE + 'client_certificate = "tls/chain.pem"\n'


def test_client_certificate(configure: Configure, certified: Path) -> None:
    """A table names the certificate; its key, and what opens that, stand in the environment."""
    environ = CREDENTIALS | {"CONNECTOR_CLIENT_KEY": "tls/key.pem"}
    lock(certified / "tls/key.pem", b"opens-the-key")
    environ["CONNECTOR_CLIENT_KEY_PASSWORD"] = "opens-the-key"

    endpoint = load_endpoint(rootdir=configure(CERTIFICATE), environ=environ, name="staging")

    assert endpoint.client_certificate == certified / "tls/chain.pem"
    assert endpoint.client_key == certified / "tls/key.pem"
    assert "opens-the-key" in endpoint.secrets
    assert "opens-the-key" not in repr(endpoint)


@pytest.mark.parametrize(
    ("text", "environ", "what"),
    [
        (TABLE + 'proxy = "socks5://p.te:1"', {}, "proxy: a proxy is http, a host and a port, as"),
        (TABLE + 'proxy = "http://p.te"', {}, "proxy: a proxy is http, a host and a port, as"),
        (
            TABLE + 'proxy = "http://u:hidden@p.te:1"',
            {},
            "proxy stands in a file that is committed",
        ),
        (TABLE, {"PROXY": "http://u:hid@p.te:1"}, "CONNECTOR_PROXY has fewer than 6 characters"),
        (TABLE + 'client_key = "tls/key.pem"', {}, "client_key stands in a file that is committed"),
        (TABLE, {"CLIENT_KEY": "tls/key.pem"}, "CONNECTOR_CLIENT_KEY is of no use alone"),
        (CERTIFICATE, {}, "client_certificate 'chain.pem' cannot be used: [SSL"),
        (
            CERTIFICATE,
            {"CLIENT_KEY": "tls/other.pem"},
            "client_certificate 'chain.pem' with 'other.pem' cannot be used: the key is that of",
        ),
    ],
)
def test_wrong_way(
    configure: Configure, certified: Path, text: str, environ: dict[str, str], what: str
) -> None:
    """What is wrong with a proxy, a certificate or its key is named, before anything is called."""
    other = trustme.CA().issue_cert("client.test").private_key_pem
    other.write_to_path(certified / "tls/other.pem")
    named = {f"CONNECTOR_{name}": value for name, value in environ.items()}

    message = complaint(configure(text), CREDENTIALS | named)

    assert f"  {what}" in message
    assert "hidden" not in message


def test_key_with_a_password(configure: Configure, certified: Path) -> None:
    """A locked key is refused, and nobody is asked for its password."""
    lock(certified / "tls/key.pem", b"hidden")
    lines = 'certificate = "tls/chain.pem"\nkey = "tls/key.pem"'
    assert "'chain.pem' with 'key.pem' cannot be used" in complaint(configure(RECEIVER + lines))


def test_neighbours_of_a_misspelt_receiver_setting(configure: Configure) -> None:
    """A misspelt setting of the receiver is answered with the settings of the receiver."""
    message = complaint(configure(RECEIVER + 'publik_address = "https://h.test"'))
    known = "receiver.listen, receiver.public_address, receiver.certificate, receiver.key"
    assert f"next: use one of: {known}" in message
