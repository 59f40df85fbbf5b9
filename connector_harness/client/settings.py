"""The settings of the endpoint under test: read once, every problem named at once."""

import functools
import re
import ssl
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Protocol, TypeAlias
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.dataclasses import dataclass
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    SettingsConfigDict,
)

from connector_harness.client.http.origins import bare_host, origin
from connector_harness.client.http.settings import CHECKED, HttpSettings
from connector_harness.redaction.own_words import is_own_word
from connector_harness.redaction.redactor import PERSONAL_DATA, SHORTEST

LIVE_PERSON: Final = "https://api.liveperson.net"
"""Where the Domain API lives. Source: API facts §1."""

SANDBOX: Final = "sandbox"
"""The name of the endpoint that needs no settings."""

SERVICES: Final = (
    "asyncMessagingEnt",
    "sentinel",
    "idp",
    "swift",
    "swiftDomain",
    "accountConfigReadWrite",
    "msgHist",
    "mtlsGateway",
    "messagingRestApiDomain",
)
"""The services that have a host. Source: API facts §1."""

Secret: TypeAlias = SecretStr
"""A text that shows itself only when asked to."""

_TABLE: Final = "[tool.connector_harness]"
_LAST_PORT: Final = 65535
_WHOSE: Final = {
    "client_secret": "use the secret of the app installation",
    "history_token": "use the token of a user who may read the history",
    "sandbox_token": "start the sandbox with another token",
    "client_key_password": "lock the key with another password",
    "proxy": "use another password at the proxy",
}


class SettingsError(Exception):
    """The settings name no usable endpoint; the message lists every problem."""


class SandboxAccount(Protocol):
    """A running sandbox and one account in it."""

    @property
    def url(self) -> str:
        """The sandbox's origin."""

    @property
    def account(self) -> str:
        """The account id."""

    @property
    def client_id(self) -> str:
        """The app installation's id."""

    @property
    def client_secret(self) -> str:
        """The app installation's secret."""


def _known(service: str) -> str:
    if service not in SERVICES:
        close = get_close_matches(service, SERVICES, n=1) or SERVICES
        raise ValueError(f"no service has the name {service!r}; known: {', '.join(close)}")
    return service


def _domain(name: str) -> str:
    host = bare_host(name)
    if host is None or host != name.lower():
        raise ValueError("a domain is a host name like example.test, without *, scheme or port")
    return host


def _listening(address: str) -> str:
    host, colon, port = address.rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or (":" in host) is not is_bracketed:
        raise ValueError("an address to listen on is host:port, as 0.0.0.0:8443 or [::]:8443")
    if not port.isdecimal() or int(port) > _LAST_PORT:
        raise ValueError(f"a port is a number from 0 to {_LAST_PORT}")
    return address


def _matching(pattern: str, what: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(what)
        return text

    return AfterValidator(check)


_Origin: TypeAlias = Annotated[str, AfterValidator(origin)]
_Service: TypeAlias = Annotated[str, AfterValidator(_known)]
_Domain: TypeAlias = Annotated[str, AfterValidator(_domain)]
_Campaign: TypeAlias = Annotated[
    str,
    _matching(
        r"[0-9]+(/[0-9]+)?",
        'a campaign is its id, as "31001", or that and its engagement\'s, as "31001/31077"',
    ),
]
_Agent: TypeAlias = Annotated[
    str,
    _matching(
        r"manual|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*",
        'an agent is "manual", or "module:factory" as "our_agents.desk:agent"',
    ),
]
_Skill: TypeAlias = Annotated[str, _matching(r"-?[0-9]+", 'a skill is its id, as "4711"')]


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class ReceiverSettings:
    """Where the webhook receiver listens, and how the endpoint reaches it.

    Attributes:
        listen: The address to listen on, as ``127.0.0.1:8443``; port 0 for a free one.
        public_address: The origin under which the endpoint reaches it; None if there is none.
        certificate: The certificate chain to serve https with; None for plain http, as behind a
            tunnel or proxy that speaks https itself.
        key: The certificate's private key; None if it is in the same file.
    """

    listen: Annotated[str, AfterValidator(_listening)]
    public_address: _Origin | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def host(self) -> str:
        """The address to listen on, without its port."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.listen.rpartition(":")[2])


WAIT_S: Final = 10.0
"""How long something is waited for, in seconds, where nobody says otherwise."""


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Endpoint(HttpSettings):
    """The deployment under test and the account used there, and how it is called.

    Attributes:
        name: What the settings call it; an address is its own name.
        account: The account (brand) id.
        client_id: The app installation's id.
        client_secret: The app installation's secret.
        address: One origin that serves every service; None when services have their own.
        discovery: The origin of the Domain API.
        hosts: Origins by service name; they win over *address* and discovery.
        allowed_domains: The domains in which discovered hosts must lie, beside this machine; None
            for the discovery address itself and those of LivePerson.
        retry_after_budget_s: The longest that a throttled call pauses in sum, in seconds, and the
            longest that it is held while others are throttled.
        max_concurrent: The most calls at once, over all processes of a run; None for any number.
        requests_per_second: The most calls that begin in a second, over all processes of a run;
            None for any number.
        wait_s: How long a step waits for what it expects to come, in seconds.
        production: Whether real consumers and agents are there.
        campaigns: Campaign ids by name, as ``"campaign"`` or ``"campaign/engagement"``.
        skills: Skill ids by name.
        receiver: Where the webhook receiver listens; None where nothing is said about it.
        agent: Who plays the agent: ``"manual"``, or ``"module:factory"``; None for nobody.
        read_back: What tells what a conversation holds where no webhook does:
            ``"messaging-rest"`` or ``"history"``; None for nothing.
        history_token: The token of a user, for the history search; None for none.
        sandbox_token: What lets in to the control routes of a sandbox on another machine; None
            where it is no such one.
    """

    name: str
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    client_id: str
    client_secret: Secret
    address: _Origin | None = None
    discovery: _Origin = LIVE_PERSON
    hosts: dict[_Service, _Origin] = Field(default_factory=dict)
    allowed_domains: Annotated[list[_Domain], Field(min_length=1)] | None = None
    retry_after_budget_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30.0
    max_concurrent: Annotated[int, Field(ge=1)] | None = None
    requests_per_second: Annotated[float, Field(ge=0.01, allow_inf_nan=False)] | None = None
    wait_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = WAIT_S
    production: bool = False
    campaigns: dict[str, _Campaign] = Field(default_factory=dict)
    skills: dict[str, _Skill] = Field(default_factory=dict)
    receiver: ReceiverSettings | None = None
    agent: _Agent | None = None
    read_back: Literal["messaging-rest", "history"] | None = None
    history_token: Secret | None = None
    sandbox_token: Secret | None = None

    @property
    def public_address(self) -> str | None:
        """The origin under which the endpoint reaches the receiver; None if there is none."""
        return None if self.receiver is None else self.receiver.public_address

    @property
    def secrets(self) -> dict[str, str]:
        """What nobody may read of it, each with its kind."""
        held = {
            "client secret": self.client_secret,
            "history token": self.history_token,
            "sandbox token": self.sandbox_token,
            "key password": self.client_key_password,
        }
        texts = {kind: each.get_secret_value() for kind, each in held.items() if each is not None}
        proxy = "" if self.proxy is None else self.proxy.get_secret_value()
        # As it is sent: what is escaped for URLs is masked as well.
        texts["proxy password"] = unquote(urlsplit(proxy).password or "")
        return {text: kind for kind, text in texts.items() if text}


IN_A_RECEIVER: Final = tuple(each.name for each in fields(ReceiverSettings))
"""What a table ``[tool.connector_harness.endpoints.NAME.receiver]`` may say."""

_NOT_IN_A_TABLE: Final = frozenset(
    {
        *("client_id", "client_secret", "history_token", "sandbox_token"),
        *("client_key", "client_key_password"),
    }
)
IN_A_TABLE: Final = tuple(
    each.name for each in fields(Endpoint) if each.name not in {"name", *_NOT_IN_A_TABLE}
)
"""What a table ``[tool.connector_harness.endpoints.NAME]`` may say; nothing is required."""


class _Variables(BaseSettings):
    """What the environment and ``.env`` may say, as ``CONNECTOR_ACCOUNT``."""

    model_config = SettingsConfigDict(
        env_prefix="CONNECTOR_", env_ignore_empty=True, extra="ignore"
    )

    endpoint: str
    account: str
    client_id: str
    client_secret: str
    history_token: str
    sandbox_token: str
    client_key: str
    client_key_password: str
    proxy: str


VARIABLES: Final = {name: f"CONNECTOR_{name.upper()}" for name in _Variables.model_fields}
"""The variable of each setting that the environment and ``.env`` may say."""


def endpoint_name(*, rootdir: Path, environ: Mapping[str, str], name: str | None) -> str:
    """Return which endpoint is chosen: a name, or an address that begins with ``http``.

    Args:
        rootdir: The folder of ``pyproject.toml`` and ``.env``.
        environ: The process environment.
        name: What the command line says, if anything; it beats ``CONNECTOR_ENDPOINT``, which
            beats ``endpoint`` in ``[tool.connector_harness]``.

    Raises:
        SettingsError: A file cannot be read.
    """
    return _Sources(rootdir, environ, name).chosen[0]


def personal_data(rootdir: Path) -> tuple[str, ...]:
    """Return the names of the members whose values are personal, as ``personal_data`` says.

    Raises:
        SettingsError: The file cannot be read, or names no members.
    """
    names = settings_table(rootdir / "pyproject.toml").get("personal_data", list(PERSONAL_DATA))
    if isinstance(names, list) and all(isinstance(name, str) and name for name in names):
        return tuple(names)
    raise SettingsError(
        f"personal_data = {names!r} is no list of member names\n"
        f"  at: pyproject.toml, {_TABLE}\n"
        '  next: list the members of profiles to mask, as ["phone", "email"], or none, as []'
    )


def load_endpoint(
    *,
    rootdir: Path,
    environ: Mapping[str, str],
    name: str | None = None,
    sandbox: SandboxAccount | None = None,
) -> Endpoint:
    """Return the chosen endpoint.

    Args:
        rootdir: The folder of ``pyproject.toml`` and ``.env``.
        environ: The process environment; it beats ``.env``, which beats ``pyproject.toml``.
        name: What the command line says, if anything.
        sandbox: What the endpoint ``sandbox`` stands for; needed for that name alone.

    Raises:
        SettingsError: Something is missing, wrong or unknown; the message lists all of it.
    """
    sources = _Sources(rootdir, environ, name)
    chosen, chosen_by = sources.chosen
    problems = _Problems(f"endpoint {without_password(chosen)!r} ({chosen_by})")
    values = sources.table(chosen, problems)
    if chosen == SANDBOX:
        values |= _of_sandbox(sandbox, problems)
    else:
        values |= _of_address(chosen, problems) if _is_address(chosen) else {}
        values |= sources.variables(chosen, values, problems)
    values.setdefault("discovery", values.get("address") or LIVE_PERSON)
    endpoint = _checked(chosen, _in(rootdir, values), problems)
    if endpoint is not None:
        _check_files(endpoint, problems)
    problems.complain()
    assert endpoint is not None  # noqa: S101  # or something would have been complained about
    return endpoint


class _Problems:
    """What is wrong with the settings, collected."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._lines: list[str] = []
        self._count = 0

    def add(self, what: str, *, where: str, remedy: str) -> None:
        self._count += 1
        self._lines += [f"  {what}", f"     at: {where}", f"     next: {remedy}"]

    def complain(self) -> None:
        if self._lines:
            count = "1 problem" if self._count == 1 else f"{self._count} problems"
            head = f"{self._subject} cannot be used: {count} in its settings"
            raise SettingsError("\n".join([head, *self._lines]))


class _Sources:
    """Where settings come from: the command line, the environment, ``.env``, ``pyproject.toml``."""

    def __init__(self, rootdir: Path, environ: Mapping[str, str], name: str | None) -> None:
        self._line = name
        environment = EnvSettingsSource(_Variables)
        environment.env_vars = {key.lower(): value for key, value in environ.items() if value}
        dotenv = _dotenv(rootdir / ".env")
        self._names = {"the environment": tuple(environ), ".env": tuple(dotenv.env_vars)}
        self._variables = {**dotenv(), **environment()}
        self._settings = settings_table(rootdir / "pyproject.toml")

    @property
    def chosen(self) -> tuple[str, str]:
        """Which endpoint is chosen, and by what."""
        if self._line:
            return self._line, "chosen on the command line"
        if variable := self._variables.get("endpoint"):
            return variable, "chosen by CONNECTOR_ENDPOINT"
        configured = self._settings.get("endpoint", SANDBOX)
        if not isinstance(configured, str) or not configured:
            raise SettingsError(
                f"endpoint = {configured!r} is no name of an endpoint\n"
                f"  at: pyproject.toml, {_TABLE}\n"
                "  next: name one in quotes, or leave the line out to use the sandbox"
            )
        return configured, f"chosen in {_TABLE}" if "endpoint" in self._settings else "the default"

    def table(self, name: str, problems: _Problems) -> dict[str, Any]:
        """Return what the endpoint's table sets that there is to set; none if it needs no table."""
        self._check_keys(problems)
        tables = self._settings.get("endpoints", {})
        if not isinstance(tables, dict):
            problems.add(
                "endpoints is no table",
                where=f"pyproject.toml, {_TABLE}",
                remedy="write one table per endpoint, [tool.connector_harness.endpoints.NAME]",
            )
            return {}
        if name in tables:
            return _settable(name, tables[name], problems)
        if name != SANDBOX and not _is_address(name):
            known = [*tables, SANDBOX]
            problems.add(
                f"no endpoint has the name {name!r}{closest(name, known)}",
                where=f"pyproject.toml, {_TABLE[:-1]}.endpoints]; known: {', '.join(known)}",
                remedy=f"use a known name, or add [tool.connector_harness.endpoints.{name}]",
            )
        return {}

    def variables(
        self, endpoint: str, table: Mapping[str, Any], problems: _Problems
    ) -> dict[str, Any]:
        """Return what the environment and ``.env`` say; the account may be the table's."""
        found = {name: value for name, value in self._variables.items() if name != "endpoint"}
        for name in ("account", "client_id", "client_secret"):
            if found.get(name) or table.get(name):
                continue
            where, remedy = "the environment, .env", ""
            if name == "account":
                where += f", the endpoint's table{self._near(endpoint)}"
                remedy = 'write account = "…" in the endpoint\'s table, or '
            problems.add(
                f"{VARIABLES[name]} is missing",
                where=where,
                remedy=f"{remedy}set {VARIABLES[name]} in the environment or in an uncommitted "
                ".env",
            )
        self._check_names(problems)
        if table.get("read_back") == "history" and "history_token" not in found:
            variable = VARIABLES["history_token"]
            problems.add(
                f'read_back = "history" needs {variable}, the token of a user',
                where="the environment, .env",
                remedy=f"set {variable}, or leave read_back out",
            )
        return found

    def _near(self, endpoint: str) -> str:
        """Return which other table may be meant: two tables of one name can differ by a slip."""
        tables = self._settings.get("endpoints")
        others = [name for name in tables if name != endpoint] if isinstance(tables, dict) else []
        near = get_close_matches(endpoint, others, n=1, cutoff=0.8)
        return f"; there is a table {near[0]!r} besides" if near else ""

    def _check_names(self, problems: _Problems) -> None:
        for where, names in self._names.items():
            for name in sorted(each.upper() for each in names):
                if name.startswith("CONNECTOR_"):
                    _check_name(name, tuple(VARIABLES.values()), 0.85, where, problems)

    def _check_keys(self, problems: _Problems) -> None:
        known = ("endpoint", "endpoints", "personal_data", "links", "history")
        for key in self._settings:
            _check_name(key, known, 0.8, f"pyproject.toml, {_TABLE}", problems)


def _check_name(
    name: str, known: tuple[str, ...], cutoff: float, where: str, problems: _Problems
) -> None:
    # Others have names there too: only a near miss is a mistake.
    if name not in known and (near := get_close_matches(name, known, n=1, cutoff=cutoff)):
        what = f"{name} is no setting; the closest is {near[0]}"
        problems.add(what, where=where, remedy=f"rename it to {near[0]}, or remove it")


def settings_table(path: Path) -> dict[str, Any]:
    """Return the table ``[tool.connector_harness]``; an empty one if there is none.

    The file is read once, and again when it has changed.

    Raises:
        SettingsError: The file cannot be read.
    """
    try:
        known = path.stat()
        return _read_table(path, known.st_mtime_ns, known.st_size)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise SettingsError(
            f"{path.name} cannot be read: {error}\n"
            "  at: the root folder of the run\n"
            "  next: correct the file"
        ) from error


@functools.lru_cache(maxsize=4)
def _read_table(path: Path, _changed_ns: int, _size: int) -> dict[str, Any]:
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    settings = document.get("tool", {}).get("connector_harness", {})
    return settings if isinstance(settings, dict) else {"endpoint": settings}


def _dotenv(path: Path) -> DotEnvSettingsSource:
    try:
        return DotEnvSettingsSource(_Variables, env_file=path)
    except (OSError, ValueError) as error:
        # The error itself may quote the file, which is there to hold a secret.
        raise SettingsError(
            f".env cannot be read: {type(error).__name__}\n"
            "  at: the root folder of the run\n"
            "  next: write one NAME=value a line, in UTF-8"
        ) from None


def _settable(name: str, table: object, problems: _Problems) -> dict[str, Any]:
    """Return what *table* sets of what there is to set; the rest is a problem each."""
    where = _at(name)
    if not isinstance(table, dict):
        problems.add("the table: Input should be a table", where=where, remedy="write it as one")
        return {}
    values = _of_those("", table, IN_A_TABLE, where, problems)
    if isinstance(receiver := values.get("receiver"), dict):
        values["receiver"] = _of_those("receiver.", receiver, IN_A_RECEIVER, where, problems)
    return values


def _of_those(
    prefix: str, table: dict[str, Any], known: tuple[str, ...], where: str, problems: _Problems
) -> dict[str, Any]:
    names = [f"{prefix}{name}" for name in known]
    for key, value in table.items():
        is_proxy_password = key == "proxy" and "@" in str(value)
        if (key in _NOT_IN_A_TABLE and not prefix) or is_proxy_password:
            problems.add(
                f"{key} stands in a file that is committed",
                where=where,
                remedy=f"take it out, replace the secret, and set {VARIABLES[key]} instead",
            )
        elif key not in known:
            problems.add(
                f"{prefix}{key} is no setting of an endpoint{closest(prefix + key, names)}",
                where=where,
                remedy=f"use one of: {', '.join(names)}",
            )
    return {key: value for key, value in table.items() if key in known}


def _at(name: str) -> str:
    return f"pyproject.toml, {_TABLE[:-1]}.endpoints.{name}]"


def _in(rootdir: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Return *values* with their paths counted from *rootdir*."""
    paths = {
        name: rootdir / value
        for name in ("ca_file", "client_certificate", "client_key", "certificate", "key")
        if isinstance(value := values.get(name), str) and value
    }
    receiver = values.get("receiver")
    inner = {"receiver": _in(rootdir, receiver)} if isinstance(receiver, dict) else {}
    return {**values, **paths, **inner}


def _checked(name: str, values: dict[str, Any], problems: _Problems) -> Endpoint | None:
    try:
        endpoint = Endpoint(name=name, **values)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            key = ".".join(str(part) for part in one["loc"])
            # What no source has set is a problem already.
            if one["type"] != "missing" or "." in key:
                what = f"{key}: {one['msg'].removeprefix('Value error, ')}"
                problems.add(what, where=_at(name), remedy="correct the value")
        return None
    for key, remedy in _WHOSE.items():
        secret = getattr(endpoint, key)
        text = "" if secret is None else secret.get_secret_value()
        hidden = urlsplit(text).password or "" if key == "proxy" else text
        is_short = 0 < len(hidden) < SHORTEST
        if is_short or is_own_word(hidden):
            few = f"has fewer than {SHORTEST} characters, too few to be masked in reports"
            problems.add(
                f"{VARIABLES[key]} {few if is_short else 'is a word that every report is made of'}",
                where="the environment or .env",
                remedy=remedy,
            )
    return endpoint


def _of_sandbox(sandbox: SandboxAccount | None, problems: _Problems) -> dict[str, Any]:
    if sandbox is None:
        problems.add(
            "no sandbox is running",
            where="this process",
            remedy="start one and pass it on, or choose another endpoint",
        )
        return {}
    return {
        "account": sandbox.account,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "address": sandbox.url,
        "discovery": sandbox.url,
    }


def _of_address(address: str, problems: _Problems) -> dict[str, Any]:
    try:
        return {"address": origin(address)}
    except ValueError as error:
        problems.add(
            f"the address is not usable: {error}",
            where=without_password(address),
            remedy="give one like http://127.0.0.1:9999 or https://api.example.test",
        )
        return {}


def _check_files(endpoint: Endpoint, problems: _Problems) -> None:
    """See that certificates and keys can be used."""
    where = "the endpoint's table; paths count from the root folder of the run"
    if endpoint.ca_file is not None:
        try:
            endpoint.trust()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            what = f"ca_file {endpoint.ca_file.name!r} cannot be used: {reason}"
            problems.add(what, where=where, remedy="name a file of certificates in PEM form")
    _check_pair(
        ("client_certificate", endpoint.client_certificate),
        (VARIABLES["client_key"], endpoint.client_key),
        f"in PEM form; {VARIABLES['client_key_password']} opens a key that is locked",
        problems,
        endpoint.client_key_password,
    )
    if (receiver := endpoint.receiver) is not None:
        _check_pair(
            ("receiver.certificate", receiver.certificate),
            ("receiver.key", receiver.key),
            "in PEM form, without a password",
            problems,
        )


_Named: TypeAlias = tuple[str, Path | None]


def _check_pair(
    certificate: _Named, key: _Named, form: str, problems: _Problems, password: Secret | None = None
) -> None:
    where = "the endpoint's table; paths count from the root folder of the run"
    if certificate[1] is not None:
        if reason := _unusable(certificate[1], key[1], password):
            remedy = f"name a certificate chain and its private key {form}"
            problems.add(f"{certificate[0]} {reason}", where=where, remedy=remedy)
    elif key[1] is not None:
        problems.add(f"{key[0]} is of no use alone", where=where, remedy="add the certificate")


def _unusable(certificate: Path, key: Path | None, password: Secret | None) -> str:
    """Return why a certificate and its key cannot be used; empty if they can."""
    try:
        # The empty password keeps a locked key from asking for one on the terminal.
        opener = "" if password is None else password.get_secret_value()
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, opener)
    except OSError as error:
        names = repr(certificate.name) if key is None else f"{certificate.name!r} with {key.name!r}"
        does_not_fit = isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH"
        reason = "the key is that of another certificate" if does_not_fit else error.strerror
        return f"{names} cannot be used: {reason or type(error).__name__}"
    return ""


def _is_address(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def without_password(address: str) -> str:
    """Return *address* without the user name and password that it may carry."""
    scheme, separator, rest = address.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else address


def closest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return which of *known* is meant by a wrong *name*, as the end of a sentence, or nothing."""
    near = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"; the closest is {near[0]!r}" if near else ""
