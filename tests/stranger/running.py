"""The stranger as a process of its own, with what a tester is told of an account."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.endpoint.runs import ROOT

START_TIMEOUT_S = 20.0
_LAST_LINE = "public address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A deployment that serves.

    Attributes:
        discovery: Where its services are found.
        account: The account.
        client_id: The id of the account's app.
        client_secret: The secret of the app.
        ca_file: The authority that its certificates are of.
        control: Its private address.
        public_address: What leads to the receiver.
        receiver: Where the receiver has to listen; None where the app has no webhooks.
    """

    discovery: str
    account: str
    client_id: str
    client_secret: str
    ca_file: Path
    control: str
    public_address: str
    receiver: str | None


@contextmanager
def stranger(*, receiver: str | None = None, at_most: int | None = None) -> Iterator[Stranger]:
    """Run the deployment until the end of the context.

    Args:
        receiver: The http address to which the public address leads; None for an app that has
            subscribed to nothing.
        at_most: How many calls a second it lets through; None for any number.
    """
    more = [] if receiver is None else ["--receiver", receiver]
    more += [] if at_most is None else ["--at-most", str(at_most)]
    with subprocess.Popen(  # noqa: S603  # our own command line
        [sys.executable, "-m", "tests.stranger.deployment", *more],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            lines = _lines(process)
            yield Stranger(
                discovery=lines["discovery"],
                account=lines["account"],
                client_id=lines["client id"],
                client_secret=lines["client secret"],
                ca_file=Path(lines["ca file"]),
                control=lines["control"],
                public_address=lines["public address"],
                receiver=receiver,
            )
        finally:
            # It ends with its standard input, also where this process ends in another way.
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    try:
        process.communicate(timeout=START_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _lines(process: "subprocess.Popen[str]") -> dict[str, str]:
    lines: dict[str, str] = {}
    timer = threading.Timer(START_TIMEOUT_S, process.kill)
    timer.start()
    for line in process.stdout or ():
        name, _, value = line.rstrip("\n").partition(": ")
        lines[name] = value
        if name == _LAST_LINE:
            break
    timer.cancel()
    return lines
