"""A plugin that ends a run in which anything reaches for a network, or starts a process."""

import os
import socket
import sys
from typing import Final

import pytest

FORBIDDEN: Final = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "subprocess.Popen",
        "os.posix_spawn",
        "os.system",
    }
)
"""What Python tells of a network, and of processes, before it happens."""

STATUS: Final = 99
"""How such a run ends."""


def refuse(event: str, details: tuple[object, ...]) -> None:
    """End the run where *event* is forbidden.

    An event loop wakes itself by a pair of sockets that lead nowhere else.
    """
    family = details[1] if event == "socket.__new__" else socket.AF_UNIX
    if event in FORBIDDEN or family != socket.AF_UNIX:
        os.write(2, f"forbidden: {event} {details!r}\n".encode())
        os._exit(STATUS)


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Begin to watch, before anything else begins."""
    sys.addaudithook(refuse)
