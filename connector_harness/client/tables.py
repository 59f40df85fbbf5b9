"""The table of one endpoint in ``pyproject.toml``, checked."""

import difflib
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from connector_harness.client.http.origins import bare_host, origin

SERVICES = (
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


def _known(service: str) -> str:
    if service not in SERVICES:
        close = difflib.get_close_matches(service, SERVICES, n=1) or SERVICES
        raise ValueError(f"no service has the name {service!r}; known: {', '.join(close)}")
    return service


def _domain(name: str) -> str:
    host = bare_host(name)
    if host is None or host != name.lower():
        raise ValueError("a domain is a host name like example.test, without *, scheme or port")
    return host


_Domain = Annotated[str, AfterValidator(_domain)]
_Service = Annotated[str, AfterValidator(_known)]
_Origin = Annotated[str, AfterValidator(origin)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Rate = Annotated[float, Field(ge=0.01, allow_inf_nan=False)]
_LAST_PORT = 65535
_FACTORY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def _listening(address: str) -> str:
    host, colon, port = address.rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or (":" in host) is not is_bracketed:
        raise ValueError("an address to listen on is host:port, as 0.0.0.0:8443 or [::]:8443")
    if not port.isdecimal() or int(port) > _LAST_PORT:
        raise ValueError(f"a port is a number from 0 to {_LAST_PORT}")
    return address


def _agent(name: str) -> str:
    if name != "manual" and not _FACTORY.fullmatch(name):
        raise ValueError('an agent is "manual", or "module:factory" as "our_agents.desk:agent"')
    return name


def _campaign(ids: str) -> str:
    if not re.fullmatch(r"[0-9]+(/[0-9]+)?", ids):
        raise ValueError(
            'a campaign is its id, as "31001", or that and its engagement\'s, as "31001/31077"'
        )
    return ids


def _skill(id_: str) -> str:
    if not re.fullmatch(r"-?[0-9]+", id_):
        raise ValueError('a skill is its id, as "4711"')
    return id_


_Listening = Annotated[str, AfterValidator(_listening)]


class ReceiverTable(BaseModel):
    """What a table ``[tool.connector_harness.endpoints.NAME.receiver]`` may hold."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    listen: _Listening
    public_address: _Origin | None = None
    certificate: str | None = None
    key: str | None = None


class EndpointTable(BaseModel):
    """What a table ``[tool.connector_harness.endpoints.NAME]`` may hold; nothing is required."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    account: str = Field(default="", pattern=r"^[A-Za-z0-9_-]+$")
    address: _Origin | None = None
    discovery: _Origin | None = None
    hosts: dict[_Service, _Origin] = {}
    allowed_domains: list[_Domain] = Field(default=[], min_length=1)
    connect_timeout_s: _Seconds = 5.0
    read_timeout_s: _Seconds = 10.0
    total_timeout_s: _Seconds = 30.0
    retry_after_budget_s: float = Field(default=30.0, ge=0, allow_inf_nan=False)
    max_concurrent: int | None = Field(default=None, ge=1)
    requests_per_second: _Rate | None = None
    ca_file: str | None = None
    production: bool = False
    campaigns: dict[str, Annotated[str, AfterValidator(_campaign)]] = {}
    skills: dict[str, Annotated[str, AfterValidator(_skill)]] = {}
    receiver: ReceiverTable | None = None
    agent: Annotated[str, AfterValidator(_agent)] | None = None
    read_back: Literal["messaging-rest", "history"] | None = None


@dataclass(frozen=True)
class Finding:
    """What is wrong with one setting.

    Attributes:
        key: The setting, dotted where it lies deeper.
        reason: What is wrong; never shows the value, which may be a secret in the wrong place.
        unknown: Whether there is no such setting.
    """

    key: str
    reason: str
    unknown: bool


def settings_beside(key: str) -> list[str]:
    """Return the settings there are in the place of *key*, which may be dotted."""
    if key.startswith("receiver."):
        return [f"receiver.{name}" for name in ReceiverTable.model_fields]
    return list(EndpointTable.model_fields)


def check(table: object) -> tuple[dict[str, Any], list[Finding]]:
    """Return the values *table* sets, those without a finding, and what is wrong with it."""
    try:
        values = EndpointTable.model_validate(table).model_dump(exclude_unset=True)
    except ValidationError as error:
        findings = [
            Finding(
                ".".join(str(part) for part in one["loc"]) or "the table",
                one["msg"].removeprefix("Value error, "),
                one["type"] == "extra_forbidden",
            )
            for one in error.errors(include_url=False, include_input=False)
        ]
        wrong = {finding.key.partition(".")[0] for finding in findings}
        given = table if isinstance(table, dict) else {}
        return {key: value for key, value in given.items() if key not in wrong}, findings
    return values, []
