"""Ports that a test may have: for whom the number must be known before anybody listens there."""

import secrets
import socket
from contextlib import suppress


def free_port() -> int:
    """Return a port of this machine at which nobody listens yet.

    It is none of those that the system gives away by itself, so nobody else gets it meanwhile.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as holder, suppress(OSError):
            holder.bind(("127.0.0.1", port))
            return port
