"""Whether the services of the account are found, in allowed domains, and give their tokens."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Final

from connector_harness.client.connector import HISTORY, MESSAGING_REST
from connector_harness.client.domains import SERVICES, DomainError, Domains
from connector_harness.client.http.exchange import Exchange
from connector_harness.client.http.transport import TransportError
from connector_harness.client.reply import Reply
from connector_harness.client.tokens import SignInError, claims, read_token
from connector_harness.doctor.connection import CLOCK_S
from connector_harness.doctor.result import (
    CheckResult,
    Problem,
    failed,
    good,
    judged,
    not_tried,
    wrong,
)
from connector_harness.doctor.session import Session
from connector_harness.json_types import JsonObject, JsonValue

READ_BACK: Final = {"messaging-rest": MESSAGING_REST, "history": HISTORY}
"""The service that each way to read back calls besides. Source: API facts §15."""

DISCOVERY: Final = "discovery"
ALLOWED: Final = "allowed domains"


def check_discovery(session: Session) -> list[CheckResult]:
    """Return whether the services are found, and whether where they are is allowed."""
    endpoint = session.endpoint
    needed = (*SERVICES, *([READ_BACK[endpoint.read_back]] if endpoint.read_back else []))
    known = {name: endpoint.hosts.get(name) or endpoint.address for name in needed}
    session.origins |= {name: origin for name, origin in known.items() if origin}
    if all(known.values()):
        told = f"address = {endpoint.address}" if endpoint.address else "hosts"
        why = f"not asked: {told} says where every service is"
        return [not_tried(DISCOVERY, why), not_tried(ALLOWED, "what settings name is allowed")]
    try:
        exchange = session.connector.domains().exchange
        named = Domains(endpoint).named(exchange)
    except (DomainError, TransportError) as error:
        return [failed(DISCOVERY, error), not_tried(ALLOWED, "not tried: no discovery")]
    return [
        _found(session, exchange, named, needed),
        _allowed(session, exchange, [name for name in needed if name in named]),
    ]


def _found(
    session: Session, exchange: Exchange, named: Collection[str], needed: Sequence[str]
) -> CheckResult:
    missing = [name for name in needed if name not in {*named, *session.origins}]
    if missing:
        return wrong(
            DISCOVERY,
            f"no service {', '.join(missing)} for account {session.endpoint.account}; "
            f"there are: {', '.join(sorted(named)) or 'none'}",
            "check the account, or give the host of each under hosts in the endpoint's table",
        )
    return good(DISCOVERY, f"{', '.join(needed)}, in {exchange.elapsed_s:.2f} s")


def _allowed(session: Session, exchange: Exchange, named: Sequence[str]) -> CheckResult:
    domains, problems, hosts = Domains(session.endpoint), [], []
    for name in named:
        if name in session.origins:
            continue
        try:
            session.origins[name] = domains.learn(exchange, service=name)
        except DomainError as error:
            result = failed(ALLOWED, error)
            problems.append((result.told, result.next))
        else:
            hosts.append(session.origins[name].partition("://")[2])
    if not (problems or hosts):
        return not_tried(ALLOWED, "not tried: no service was found")
    return judged(ALLOWED, problems, ", ".join(dict.fromkeys(hosts)))


SCOPE: Final = "msg.consumer"
"""The scope that an app needs. Source: API facts §2.2."""

APP_TOKEN: Final = "app token"  # noqa: S105  # the name of a check
CONSUMER_TOKEN: Final = "consumer token"  # noqa: S105  # likewise
_UNAUTHORISED: Final = 401
_OFF_TIME: Final = "see the clock of this machine; and whether something keeps old answers"


def check_app_token(session: Session, *, now: Callable[[], float] = time.time) -> CheckResult:
    """Return whether the app signs in, and for what; keeps the token for the next checks."""
    if "sentinel" not in session.origins:
        return not_tried(APP_TOKEN, "not tried: nobody knows where sentinel is")
    try:
        reply = session.connector.request_app_token()
        token = read_token(reply.exchange, "access_token", session.redactor)
    except (DomainError, TransportError) as error:
        return failed(APP_TOKEN, error)
    except SignInError as error:
        return _refused(APP_TOKEN, error)
    session.app_token = token
    told = claims(token)
    if told is None:
        return good(APP_TOKEN, "there is one; it is no JWT, so it tells neither scope nor validity")
    account = session.endpoint.account
    fine = f"for account {account}, scope {SCOPE}, {_left(told, now())}"
    return judged(APP_TOKEN, _problems(told, account, now()), fine)


def _refused(check: str, error: SignInError) -> CheckResult:
    result = failed(check, error)
    if error.exchange.status == _UNAUTHORISED:
        remedy = (
            "check CONNECTOR_CLIENT_ID and CONNECTOR_CLIENT_SECRET, and that the app is enabled"
        )
        return wrong(check, result.told, remedy)
    return result


def _problems(told: JsonObject, account: str, now: float) -> list[Problem]:
    found = []
    if SCOPE not in _words(told.get("scope")):
        what = f"its scope is {told.get('scope')!r}"
        found.append((what, f"have the app installed with scope {SCOPE}"))
    if account not in _words(told.get("aud")):
        what = f"it is for account {told.get('aud')!r}, not {account!r}"
        found.append((what, "check CONNECTOR_ACCOUNT, or use the app of that account"))
    issued, expires = _number(told.get("iat")), _number(told.get("exp"))
    if expires is not None and expires <= now:
        found.append(("it has expired already", _OFF_TIME))
    if issued is not None and abs(issued - now) > CLOCK_S:
        side = "in the future" if issued > now else "ago"
        found.append((f"it was issued {abs(issued - now):.0f} s {side}", _OFF_TIME))
    return found


def _words(value: JsonValue) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else str(value).split()


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _left(told: JsonObject, now: float) -> str:
    expires = _number(told.get("exp"))
    return "without an expiry" if expires is None else f"valid for {(expires - now) / 60:.0f} min"


def check_consumer_token(session: Session) -> CheckResult:
    """Return whether the app may speak for a consumer."""
    if session.app_token is None:
        return not_tried(CONSUMER_TOKEN, "not tried: no app token")
    if "idp" not in session.origins:
        return not_tried(CONSUMER_TOKEN, "not tried: nobody knows where idp is")
    try:
        reply: Reply = session.connector.request_consumer_token(
            session.consumer, app_token=session.app_token
        )
        token = read_token(reply.exchange, "token", session.redactor)
    except (DomainError, TransportError, SignInError) as error:
        return failed(CONSUMER_TOKEN, error)
    account = (claims(token) or {}).get("account_id", session.endpoint.account)
    if account != session.endpoint.account:
        return wrong(
            CONSUMER_TOKEN,
            f"it is for account {account!r}, not {session.endpoint.account!r}",
            "check CONNECTOR_ACCOUNT, and the host of idp",
        )
    return good(CONSUMER_TOKEN, f"for a consumer of its own, {session.consumer}")
