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
from types import FrameType
from typing import NoReturn

from connector_harness.sandbox.server import (
    ACCOUNT,
    ADDRESS,
    CLIENT_ID,
    CLIENT_SECRET,
    bind,
    serve,
    url_of,
)

LAST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped and return the exit code: 0, or 1 when the address cannot be used."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        bound = bind(options.host, options.port)
    except OSError as exc:
        _say(f"sandbox: cannot listen on {options.host!r} port {options.port}: {exc}")
        _say("  next: choose another --port, or 0 for a free one")
        return 1
    if not _is_loopback(bound.getsockname()[0]):
        _say(f"warning: {url_of(bound)} can be reached from other machines")
    _serve(options, bound)
    return 0


def _serve(options: argparse.Namespace, bound: socket.socket) -> None:
    # Loaded only now, so that a wrong option or a port in use is reported at once.
    from connector_harness.sandbox.app import create_app  # noqa: PLC0415
    from connector_harness.sandbox.state import Store  # noqa: PLC0415

    store = Store()
    account = store.add(
        options.account, client_id=options.client_id, client_secret=options.client_secret
    )
    app = create_app(store)

    def announce() -> None:
        lines = _announcement(url_of(bound), account.id, account.client_id, account.client_secret)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    stop_with = sys.stdin.fileno() if options.stop_with_stdin else None
    serve(app, bound, announce=announce, stop_with=stop_with)


def _announcement(url: str, account: str, client_id: str, client_secret: str) -> list[str]:
    settings = {
        "CONNECTOR_ACCOUNT": account,
        "CONNECTOR_CLIENT_ID": client_id,
        "CONNECTOR_CLIENT_SECRET": client_secret,
    }
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    return [
        f"{ADDRESS}: {url}",
        f"{ACCOUNT}: {account}",
        f"{CLIENT_ID}: {client_id}",
        f"{CLIENT_SECRET}: {client_secret}",
        f"{environment} pytest --endpoint {url}",
    ]


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


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
