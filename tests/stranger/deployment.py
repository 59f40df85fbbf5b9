"""A deployment of the API that the harness does not know: ``python -m tests.stranger.deployment``.

It serves https by an authority of its own, each service at a port of its own that only discovery
names, every answer 40 ms late, and no control routes at any of these ports. Those are at a private
address, for the agent that the tests bring along. With ``--at-most N`` calls beyond so many a
second are turned away. It ends when its standard input does.
"""

import argparse
import asyncio
import socket
import ssl
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector_harness.json_types import JsonValue
from connector_harness.sandbox.api.context import Sandbox, create_sandbox
from connector_harness.sandbox.server import bind, url_of
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.web.app import create_app
from connector_harness.sandbox.web.routes import API, CONTROL, DISCOVERY
from connector_harness.sandbox.web.serving import Certified, Entrance, certified, serve
from connector_harness.sandbox.webhooks.subscriptions import (
    SUBSCRIPTIONS,
    SignatureForm,
    read_subscription,
)
from tests.stranger.limit import TURNED_AWAY, Limit, Limited
from tests.stranger.otherwise import OTHERWISE
from tests.stranger.proxy import create_proxy

LATENESS_S: Final = 0.04
LOOPBACK: Final = "127.0.0.1"
ACCOUNT, CLIENT_ID = "le58210447", "app-of-a-stranger"


class Late:
    """Sends every answer of an application late.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait before the head of the answer."""

        async def send_late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(LATENESS_S)
            await send(message)

        await self._app(scope, receive, send_late)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receiver", help="http address to which the public address leads")
    parser.add_argument("--at-most", type=int, help="calls a second, to all services together")
    options = parser.parse_args(arguments)
    receiver, limit = options.receiver, options.at_most and Limit(options.at_most)
    with ExitStack() as stack:
        tls = stack.enter_context(certified(LOOPBACK, "localhost"))
        ports = {name: stack.enter_context(bind(LOOPBACK, 0)) for name in (*sorted(API), CONTROL)}
        public = stack.enter_context(bind(LOOPBACK, 0))
        deployment, account = _deployed(ports, tls)
        if receiver is not None:
            _subscribe(deployment, account, url_of(public, scheme="https"))
        entrances = [
            Entrance(
                _served(deployment, name, limit), bound, None if name == CONTROL else tls.context
            )
            for name, bound in ports.items()
        ]
        entrances.append(Entrance(create_proxy(receiver), public, tls.context))
        serve(
            *entrances,
            announce=lambda: _announce(ports, public, account, tls),
            stop_with=sys.stdin.fileno(),
        )
    return 0


def _deployed(ports: Mapping[str, socket.socket], tls: Certified) -> tuple[Sandbox, Account]:
    hosts = {name: _host(bound) for name, bound in ports.items() if name in API - {DISCOVERY}}
    store = Store()
    account = store.add(ACCOUNT, client_id=CLIENT_ID)
    trusting = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=tls.ca_file))
    deployment = create_sandbox(
        store,
        assumptions=OTHERWISE,
        webhook_carrier=trusting,
        hosts={**hosts, "swiftDomain": hosts["swift"]},
    )
    return deployment, account


def _subscribe(deployment: Sandbox, account: Account, public_address: str) -> None:
    """Let the account's app be told everything, as its manifest would say."""
    told: JsonValue = {"endpoint": f"{public_address}/notifications"}
    subscription = read_subscription(
        dict.fromkeys(SUBSCRIPTIONS, told),
        client_id=account.client_id,
        secret=account.client_secret,
        signature=SignatureForm(),
    )
    deployment.webhooks.subscribe(account.id, subscription)


def _served(deployment: Sandbox, service: str, limit: Limit | None) -> Starlette:
    app = create_app(deployment, {service})
    if service == CONTROL:
        if limit is not None:
            app.add_route(TURNED_AWAY, limit.show)
        return app
    if limit is not None:
        app.add_middleware(Limited, limit=limit)
    app.add_middleware(Late)
    return app


def _host(bound: socket.socket) -> str:
    return url_of(bound).removeprefix("http://")


def _announce(
    ports: Mapping[str, socket.socket], public: socket.socket, account: Account, tls: Certified
) -> None:
    lines = {
        "discovery": url_of(ports[DISCOVERY], scheme="https"),
        "account": account.id,
        "client id": account.client_id,
        "client secret": account.client_secret,
        "ca file": str(tls.ca_file),
        "control": url_of(ports[CONTROL]),
        "public address": url_of(public, scheme="https"),
    }
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in lines.items()))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
