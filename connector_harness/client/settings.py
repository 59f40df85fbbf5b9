"""The settings of the endpoint under test: read once, every problem named at once."""

import ssl
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from connector_harness.client.http.origins import origin
from connector_harness.redaction.redactor import PERSONAL_DATA, SHORTEST

LIVE_PERSON: Final = "https://api.liveperson.net"
"""Where the Domain API lives. Source: API facts §1."""

SANDBOX: Final = "sandbox"
"""The name of the endpoint that needs no settings."""

_CREDENTIALS: Final = {
    "account": "CONNECTOR_ACCOUNT",
    "client_id": "CONNECTOR_CLIENT_ID",
    "client_secret": "CONNECTOR_CLIENT_SECRET",
}
_HISTORY_TOKEN: Final = "CONNECTOR_HISTORY_TOKEN"  # noqa: S105  # the name of a variable
_WHOSE: Final = {
    "CONNECTOR_CLIENT_SECRET": "use the secret of the app installation",
    _HISTORY_TOKEN: "use the token of a user who may read the history",
}
_VARIABLES: Final = ("CONNECTOR_ENDPOINT", _HISTORY_TOKEN, *_CREDENTIALS.values())
_TABLE: Final = "[tool.connector_harness]"


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


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that shows itself only when asked to."""

    _value: str = field(repr=False)

    def get_secret_value(self) -> str:
        """Return the text itself."""
        return self._value

    def __str__(self) -> str:
        """Return a mask."""
        return "***"


@dataclass(frozen=True, kw_only=True)
class ReceiverSettings:
    """Where the webhook receiver listens, and how the endpoint reaches it.

    Attributes:
        host: The address to listen on.
        port: The port to listen on; 0 for a free one.
        public_address: The origin under which the endpoint reaches it; None if there is none.
        certificate: The certificate chain to serve https with; None for plain http, as behind a
            tunnel or proxy that speaks https itself.
        key: The certificate's private key; None if it is in the same file.
    """

    host: str
    port: int
    public_address: str | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """The deployment under test and the account used there.

    Attributes:
        name: What the settings call it; an address is its own name.
        account: The account (brand) id.
        client_id: The app installation's id.
        client_secret: The app installation's secret.
        address: One origin that serves every service; None when services have their own.
        discovery: The origin of the Domain API.
        hosts: Origins by service name; they win over *address* and discovery.
        connect_timeout_s: The longest wait for a connection, in seconds.
        read_timeout_s: The longest silence while sending or receiving, in seconds.
        total_timeout_s: The longest one HTTP call may take, in seconds.
        allowed_domains: The domains in which discovered hosts must lie, beside this machine; none
            for the discovery address itself and those of LivePerson.
        retry_after_budget_s: The longest that a throttled call pauses in sum, in seconds, and the
            longest that it is held while others are throttled.
        max_concurrent: The most calls at once, over all processes of a run; None for any number.
        requests_per_second: The most calls that begin in a second, over all processes of a run;
            None for any number.
        ca_file: Certificate authorities to trust instead of the usual ones.
        production: Whether real consumers and agents are there.
        campaigns: Campaign ids by name, as ``"campaign"`` or ``"campaign/engagement"``.
        skills: Skill ids by name.
        receiver: Where the webhook receiver listens; None where nothing is said about it.
        agent: Who plays the agent: ``"manual"``, or ``"module:factory"``; None for nobody.
        read_back: What tells what a conversation holds where no webhook does:
            ``"messaging-rest"`` or ``"history"``; None for nothing.
        history_token: The token of a user, for the history search; None for none.
    """

    name: str
    account: str
    client_id: str
    client_secret: Secret
    address: str | None = None
    discovery: str = LIVE_PERSON
    hosts: Mapping[str, str] = field(default_factory=dict)
    allowed_domains: Sequence[str] = ()
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 10.0
    total_timeout_s: float = 30.0
    retry_after_budget_s: float = 30.0
    max_concurrent: int | None = None
    requests_per_second: float | None = None
    ca_file: Path | None = None
    production: bool = False
    campaigns: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, str] = field(default_factory=dict)
    receiver: ReceiverSettings | None = None
    agent: str | None = None
    read_back: Literal["messaging-rest", "history"] | None = None
    history_token: Secret | None = None

    @property
    def public_address(self) -> str | None:
        """The origin under which the endpoint reaches the receiver; None if there is none."""
        return None if self.receiver is None else self.receiver.public_address

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may read of it."""
        known = (self.client_secret, self.history_token)
        return tuple(each.get_secret_value() for each in known if each is not None)


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
    return _Sources(rootdir, environ).chosen(name)[0]


def personal_data(rootdir: Path) -> tuple[str, ...]:
    """Return the names of the members whose values are personal, as ``personal_data`` says.

    Args:
        rootdir: The folder of ``pyproject.toml``.

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
    sources = _Sources(rootdir, environ)
    chosen, chosen_by = sources.chosen(name)
    problems = _Problems(f"endpoint {without_password(chosen)!r} ({chosen_by})")
    values = sources.table(chosen, problems)
    if chosen == SANDBOX:
        values |= _of_sandbox(sandbox, problems)
    else:
        values |= _of_address(chosen, problems) if _is_address(chosen) else {}
        values |= sources.credentials(chosen, values, problems)
    if ca_file := values.get("ca_file"):
        values["ca_file"] = _ca_file(rootdir / ca_file, problems)
    if receiver := values.get("receiver"):
        values["receiver"] = _receiver(rootdir, receiver, problems)
    problems.complain()
    values.setdefault("discovery", values.get("address") or LIVE_PERSON)
    return Endpoint(name=chosen, **values)


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
    """Where settings come from: the environment, ``.env`` and ``pyproject.toml``."""

    def __init__(self, rootdir: Path, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._dotenv = _read_dotenv(rootdir / ".env")
        self._settings = settings_table(rootdir / "pyproject.toml")

    def variable(self, name: str) -> str | None:
        """Return the variable *name*; an empty one counts as not set."""
        return self._environ.get(name) or self._dotenv.get(name) or None

    def chosen(self, name: str | None) -> tuple[str, str]:
        """Return which endpoint is chosen, and by what."""
        if name:
            return name, "chosen on the command line"
        if variable := self.variable("CONNECTOR_ENDPOINT"):
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
        """Return the checked values of the endpoint's table; none if it needs no table."""
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
            return _checked(name, tables[name], problems)
        if name != SANDBOX and not _is_address(name):
            known = [*tables, SANDBOX]
            problems.add(
                f"no endpoint has the name {name!r}{closest(name, known)}",
                where=f"pyproject.toml, {_TABLE[:-1]}.endpoints]; known: {', '.join(known)}",
                remedy=f"use a known name, or add [tool.connector_harness.endpoints.{name}]",
            )
        return {}

    def credentials(
        self, endpoint: str, table: Mapping[str, Any], problems: _Problems
    ) -> dict[str, Any]:
        """Return account and credentials; the environment beats the table's account."""
        found: dict[str, Any] = {}
        for key, variable in _CREDENTIALS.items():
            value = self.variable(variable) or table.get(key)
            if value:
                found[key] = value
            else:
                where, remedy = "the environment, .env", ""
                if key == "account":
                    where += f", the endpoint's table{self._near(endpoint)}"
                    remedy = 'write account = "…" in the endpoint\'s table, or '
                problems.add(
                    f"{variable} is missing",
                    where=where,
                    remedy=f"{remedy}set {variable} in the environment or in an uncommitted .env",
                )
        self._check_variables(problems)
        secret, token = found.get("client_secret", ""), self.variable(_HISTORY_TOKEN) or ""
        _check_length("CONNECTOR_CLIENT_SECRET", secret, problems)
        _check_length(_HISTORY_TOKEN, token, problems)
        found["client_secret"] = Secret(secret)
        if token:
            found["history_token"] = Secret(token)
        elif table.get("read_back") == "history":
            problems.add(
                f'read_back = "history" needs {_HISTORY_TOKEN}, the token of a user',
                where="the environment, .env",
                remedy=f"set {_HISTORY_TOKEN}, or leave read_back out",
            )
        return found

    def _near(self, endpoint: str) -> str:
        """Return which other table may be meant: two tables of one name can differ by a slip."""
        tables = self._settings.get("endpoints")
        others = [name for name in tables if name != endpoint] if isinstance(tables, dict) else []
        near = get_close_matches(endpoint, others, n=1, cutoff=0.8)
        return f"; there is a table {near[0]!r} besides" if near else ""

    def _check_variables(self, problems: _Problems) -> None:
        for name in sorted({*self._environ, *self._dotenv}):
            # Other tools have variables too: only a near miss is a mistake.
            if name in _VARIABLES or not name.upper().startswith("CONNECTOR_"):
                continue
            if near := get_close_matches(name.upper(), _VARIABLES, n=1, cutoff=0.85):
                problems.add(
                    f"{name} is no setting; the closest is {near[0]}",
                    where="the environment" if name in self._environ else ".env",
                    remedy=f"rename it to {near[0]}, or remove it",
                )

    def _check_keys(self, problems: _Problems) -> None:
        for key in self._settings:
            # The other keys of this table are not the client's; only a near miss is a mistake.
            known = ("endpoint", "endpoints", "personal_data", "links", "history")
            if key not in known and (near := get_close_matches(key, known, n=1, cutoff=0.8)):
                problems.add(
                    f"{key} is no setting; the closest is {near[0]}",
                    where=f"pyproject.toml, {_TABLE}",
                    remedy=f"rename it to {near[0]}",
                )


def settings_table(path: Path) -> dict[str, Any]:
    """Return the table ``[tool.connector_harness]``; an empty one if there is none.

    Args:
        path: The ``pyproject.toml``.

    Raises:
        SettingsError: The file cannot be read.
    """
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = document.get("tool", {}).get("connector_harness", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise SettingsError(
            f"{path.name} cannot be read: {error}\n"
            "  at: the root folder of the run\n"
            "  next: correct the file"
        ) from error
    return settings if isinstance(settings, dict) else {"endpoint": settings}


def _read_dotenv(path: Path) -> Mapping[str, str | None]:
    if not path.is_file():
        return {}
    # Imported here, and for those who have such a file: it takes longer than the sandbox's start.
    from pydantic_settings import BaseSettings, DotEnvSettingsSource  # noqa: PLC0415

    try:
        return DotEnvSettingsSource(BaseSettings, env_file=path, case_sensitive=True).env_vars
    except (OSError, ValueError) as error:
        # The error itself may quote the file, which is there to hold a secret.
        raise SettingsError(
            f".env cannot be read: {type(error).__name__}\n"
            "  at: the root folder of the run\n"
            "  next: write one NAME=value a line, in UTF-8"
        ) from None


def _checked(name: str, table: object, problems: _Problems) -> dict[str, Any]:
    # Imported here: the sandbox needs no table, and a run on it should not wait for pydantic.
    from connector_harness.client.tables import check, settings_beside  # noqa: PLC0415

    values, findings = check(table)
    for finding in findings:
        key = finding.key
        if key in {"client_id", "client_secret", "history_token"}:
            what = f"{key} stands in a file that is committed"
            variable = _CREDENTIALS.get(key, _HISTORY_TOKEN)
            remedy = f"take it out, replace the secret, and set {variable} instead"
        elif finding.unknown:
            known = settings_beside(key)
            what = f"{key} is no setting of an endpoint{closest(key, known)}"
            remedy = f"use one of: {', '.join(known)}"
        else:
            what, remedy = f"{key}: {finding.reason}", "correct the value"
        where = f"pyproject.toml, {_TABLE[:-1]}.endpoints.{name}]"
        problems.add(what, where=where, remedy=remedy)
    return values


def _check_length(variable: str, secret: str, problems: _Problems) -> None:
    if 0 < len(secret) < SHORTEST:
        problems.add(
            f"{variable} has fewer than {SHORTEST} characters, too few to be masked in reports",
            where="the environment or .env",
            remedy=_WHOSE[variable],
        )


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
        "client_secret": Secret(sandbox.client_secret),
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


def _ca_file(path: Path, problems: _Problems) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        problems.add(
            f"ca_file {path.name!r} cannot be used: {error.strerror or type(error).__name__}",
            where="the endpoint's table; the path counts from the root folder of the run",
            remedy="name a file of certificates in PEM form",
        )
    return path


def _receiver(rootdir: Path, table: Mapping[str, Any], problems: _Problems) -> ReceiverSettings:
    host, _, port = table["listen"].rpartition(":")
    paths = {name: rootdir / table[name] for name in ("certificate", "key") if table.get(name)}
    if paths:
        _check_certificate(paths.get("certificate"), paths.get("key"), problems)
    return ReceiverSettings(
        host=host.strip("[]"),
        port=int(port),
        public_address=table.get("public_address"),
        **paths,
    )


def _check_certificate(certificate: Path | None, key: Path | None, problems: _Problems) -> None:
    where = "the endpoint's table; paths count from the root folder of the run"
    if certificate is None:
        problems.add("receiver.key is of no use alone", where=where, remedy="add the certificate")
        return
    try:
        # The empty password keeps a locked key from asking for one on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except OSError as error:
        names = repr(certificate.name) if key is None else f"{certificate.name!r} with {key.name!r}"
        reason = error.strerror or type(error).__name__
        problems.add(
            f"receiver.certificate {names} cannot be used: {reason}",
            where=where,
            remedy="name a certificate chain and its private key in PEM form, without a password",
        )


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
