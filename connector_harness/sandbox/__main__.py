"""The sandbox's command line: ``python -m connector_harness.sandbox``."""

import argparse
import ipaddress
import logging
import re
import shlex
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType
from typing import NoReturn

from connector_harness.sandbox.api.context import create_sandbox
from connector_harness.sandbox.assumptions import AssumptionsError, read_assumptions
from connector_harness.sandbox.server import (
    ACCOUNT,
    ADDRESS,
    CA_FILE,
    CLIENT_ID,
    CLIENT_SECRET,
    CONTROL,
    CONTROL_TOKEN,
    LOOPBACK,
    bind,
    url_of,
)
from connector_harness.sandbox.state.journal import Mask, mask_log
from connector_harness.sandbox.state.state import Account, Store
from connector_harness.sandbox.web import app, routes
from connector_harness.sandbox.web.serving import Certified, Entrance, certified, serve

LAST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped and return 0; the process ends with 1 where the address is not free."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        assumptions = read_assumptions(options.assume, file=options.assumptions)
    except AssumptionsError as exc:
        parser.error(str(exc))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    store = Store()
    account = store.add(
        options.account, client_id=options.client_id, client_secret=options.client_secret
    )
    mask_log(lambda: Mask(store.secrets))
    sandbox = create_sandbox(store, assumptions=assumptions)
    services = routes.API if options.no_control else {*routes.API, routes.CONTROL}
    with ExitStack() as stack:
        bound = stack.enter_context(_bound(parser, options.host, options.port))
        control, port = None, options.control_port
        if port is not None:
            control = stack.enter_context(_bound(parser, LOOPBACK, port, "--control-port"))
        url = url_of(bound, scheme="https" if options.tls else "http")
        host = str(bound.getsockname()[0]).partition("%")[0]
        token = None
        if not ipaddress.ip_address(host).is_loopback:
            token = None if options.no_control else options.control_token or token_urlsafe(24)
            listening = url.replace("127.0.0.1", host).replace("[::1]", f"[{host}]")
            sys.stderr.write(f"warning: {listening} can be reached from other machines\n")
        hosts = (options.host.partition("%")[0], host, "localhost", "127.0.0.1", "::1")
        tls = stack.enter_context(certified(*hosts)) if options.tls else None
        lines = _announcement(url, account, control, tls, token)
        serve(
            Entrance(
                app.create_app(sandbox, services),
                bound,
                tls.context if tls else None,
                control_token=token,
            ),
            *([Entrance(app.create_app(sandbox, {routes.CONTROL}), control)] if control else []),
            announce=lambda: print(*lines, sep="\n", flush=True),  # noqa: T201
            stop_with=sys.stdin.fileno() if options.stop_with_stdin else None,
        )
    return 0


def _bound(
    parser: argparse.ArgumentParser, host: str, port: int, option: str = "--port"
) -> socket.socket:
    try:
        return bind(host, port)
    except OSError as exc:
        what = f"sandbox: cannot listen on {host!r} port {port}: {exc}"
        parser.exit(1, f"{what}\n  next: choose another {option}, or 0 for a free one\n")


def _announcement(
    url: str,
    account: Account,
    control: socket.socket | None,
    tls: Certified | None,
    token: str | None,
) -> list[str]:
    lines = [
        f"{ADDRESS}: {url}",
        *([] if control is None else [f"{CONTROL}: {url_of(control)}"]),
        *([] if token is None else [f"{CONTROL_TOKEN}: {token}"]),
        f"{ACCOUNT}: {account.id}",
        f"{CLIENT_ID}: {account.client_id}",
        f"{CLIENT_SECRET}: {account.client_secret}",
    ]
    if tls is not None:
        ca_file = shlex.quote(str(tls.ca_file))
        domains = f"{url}/api/account/{account.id}/service/baseURI.json?version=1.0"
        return [
            *lines,
            f"{CA_FILE}: {tls.ca_file}",
            f"curl --cacert {ca_file} {shlex.quote(domains)}",
        ]
    settings = {
        "CONNECTOR_ACCOUNT": account.id,
        "CONNECTOR_CLIENT_ID": account.client_id,
        "CONNECTOR_CLIENT_SECRET": account.client_secret,
        **({} if token is None else {"CONNECTOR_SANDBOX_TOKEN": token}),
    }
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    return [*lines, f"{environment} pytest --endpoint {url}"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m connector_harness.sandbox",
        description="Serve the Connector API on this machine until stopped.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", default=0, type=_port, help="0 for a free one (%(default)s)")
    parser.add_argument("--account", type=_account, help="account id (70000001)")
    parser.add_argument("--client-id", type=_line, help="id of the app (invented)")
    parser.add_argument("--client-secret", type=_line, help="secret of the app (invented)")
    parser.add_argument(
        "--tls", action="store_true", help="serve https, by an authority made for this run"
    )
    parser.add_argument(
        "--no-control", action="store_true", help="serve the API alone, without /_sandbox/"
    )
    parser.add_argument(
        "--control-port",
        type=_port,
        help="serve /_sandbox/ here, on this machine; 0 for a free one",
    )
    parser.add_argument(
        "--control-token",
        type=_token,
        metavar="TOKEN",
        help="what lets other machines use /_sandbox/, where --host lets them in (invented)",
    )
    parser.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="answer a question that the API leaves open; docs/sandbox.md lists all",
    )
    parser.add_argument(
        "--assumptions", type=Path, metavar="FILE", help="such answers, in a file of TOML"
    )
    parser.add_argument("--verbose", action="store_true", help="log every refusal with its reason")
    parser.add_argument(
        "--stop-with-stdin", action="store_true", help="stop when standard input reaches its end"
    )
    return parser


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; next: give 0 to {LAST_PORT}")
    return int(text)


def _account(text: str) -> str:
    if not re.fullmatch("(le|qa)?[0-9]{1,20}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no account; next: give digits only")
    return text


def _line(text: str) -> str:
    # Each value is announced on a line of its own; an empty one would sign anybody in.
    if not text or not text.isprintable():
        raise argparse.ArgumentTypeError("empty or not printable; next: give one line of text")
    return text


def _token(text: str) -> str:
    if not re.fullmatch("[!-~]{8,200}", text):
        raise argparse.ArgumentTypeError("unfit; next: give 8 to 200 characters without blanks")
    return text


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
