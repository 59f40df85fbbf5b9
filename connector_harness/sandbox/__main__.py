"""The sandbox's command line: ``python -m connector_harness.sandbox``."""

import argparse
import ipaddress
import logging
import re
import shlex
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from connector_harness.sandbox.assumptions import (
    Assumptions,
    AssumptionsError,
    read_assumptions,
)
from connector_harness.sandbox.server import (
    ACCOUNT,
    ADDRESS,
    CA_FILE,
    CLIENT_ID,
    CLIENT_SECRET,
    CONTROL,
    bind,
    url_of,
)

if TYPE_CHECKING:
    from connector_harness.sandbox.state.state import Account
    from connector_harness.sandbox.web.tls import Certified

LAST_PORT = 65535
LOOPBACK = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped and return the exit code: 0, or 1 when the address cannot be used."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        assumptions = _assumed(options)
    except AssumptionsError as exc:
        parser.error(str(exc))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    with ExitStack() as stack:
        try:
            bound = stack.enter_context(_bound(options.host, options.port, "--port"))
            if options.control_port is None:
                control = None
            else:
                place = (LOOPBACK, options.control_port, "--control-port")
                control = stack.enter_context(_bound(*place))
        except _PortError as exc:
            _say(str(exc))
            return 1
        if not _is_loopback(bound.getsockname()[0]):
            _say(f"warning: {_url(options, bound)} can be reached from other machines")
        tls = stack.enter_context(_certified(options, bound))
        _serve(options, assumptions, bound, control, tls)
    return 0


class _PortError(Exception):
    """An address cannot be listened on; the message says why."""


def _bound(host: str, port: int, option: str) -> socket.socket:
    try:
        return bind(host, port)
    except OSError as exc:
        raise _PortError(
            f"sandbox: cannot listen on {host!r} port {port}: {exc}\n"
            f"  next: choose another {option}, or 0 for a free one"
        ) from None


@contextmanager
def _certified(options: argparse.Namespace, bound: socket.socket) -> "Iterator[Certified | None]":
    if not options.tls:
        yield None
        return
    # Loaded only where it is asked for: it makes keys with a crypto library.
    from connector_harness.sandbox.web.tls import certified  # noqa: PLC0415

    address = bound.getsockname()[0].partition("%")[0]
    usual = ("localhost", "127.0.0.1", "::1")
    with certified(options.host.partition("%")[0], address, *usual) as tls:
        yield tls


def _assumed(options: argparse.Namespace) -> Assumptions:
    if not options.assume and options.assumptions is None:
        return Assumptions()
    return read_assumptions(options.assume, file=options.assumptions)


def _serve(
    options: argparse.Namespace,
    assumptions: Assumptions,
    bound: socket.socket,
    control: socket.socket | None,
    tls: "Certified | None",
) -> None:
    # Loaded only now, so that a wrong option or a port in use is reported at once.
    from connector_harness.sandbox.api.context import create_sandbox  # noqa: PLC0415
    from connector_harness.sandbox.state.masking import Mask, mask_log  # noqa: PLC0415
    from connector_harness.sandbox.state.state import Store  # noqa: PLC0415
    from connector_harness.sandbox.web import routes  # noqa: PLC0415
    from connector_harness.sandbox.web.app import create_app  # noqa: PLC0415
    from connector_harness.sandbox.web.serving import Entrance, serve  # noqa: PLC0415

    store = Store()
    account = store.add(
        options.account, client_id=options.client_id, client_secret=options.client_secret
    )
    mask_log(lambda: Mask(store.secrets))
    sandbox = create_sandbox(store, assumptions=assumptions)
    services = routes.API if options.no_control else {*routes.API, routes.CONTROL}
    main = Entrance(create_app(sandbox, services), bound, None if tls is None else tls.context)
    beside = [] if control is None else [Entrance(create_app(sandbox, {routes.CONTROL}), control)]

    def announce() -> None:
        lines = _announcement(_url(options, bound), account, control, tls)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    stop_with = sys.stdin.fileno() if options.stop_with_stdin else None
    serve(main, *beside, announce=announce, stop_with=stop_with)


def _url(options: argparse.Namespace, bound: socket.socket) -> str:
    return url_of(bound, scheme="https" if options.tls else "http")


def _announcement(
    url: str, account: "Account", control: socket.socket | None, tls: "Certified | None"
) -> list[str]:
    lines = [
        f"{ADDRESS}: {url}",
        *([] if control is None else [f"{CONTROL}: {url_of(control)}"]),
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


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
