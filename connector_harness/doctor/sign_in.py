"""Whether the two tokens of a connector can be had, and say what they should."""

import time
from collections.abc import Callable
from typing import Final

from connector_harness.client.domains import DomainError
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
