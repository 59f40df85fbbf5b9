"""A host with ssh at which tunnels begin, and an ``ssh`` that reaches it by its name."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

NAME = "hooks.example.test"
"""What the page calls the host."""

START_TIMEOUT_S = 20


class SshHost:
    """Lets everybody in, and does nothing for them but to begin tunnels.

    Attributes:
        port: Where it listens.
        has_tunnel: Set when a tunnel has begun.
    """

    def __init__(self) -> None:
        self.port = 0
        self.has_tunnel = threading.Event()

    async def serve(self, stop: asyncio.Event, started: threading.Event) -> None:
        """Serve until *stop* is set."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=lambda: _Door(self.has_tunnel)
        )
        async with server:
            self.port = server.get_port()
            started.set()
            await stop.wait()


class _Door(asyncssh.SSHServer):
    def __init__(self, has_tunnel: threading.Event) -> None:
        self._has_tunnel = has_tunnel

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  # everybody
        return False

    async def server_requested(self, listen_host: str, listen_port: int) -> asyncssh.SSHListener:
        listener = await self._connection.forward_local_port(
            listen_host, listen_port, listen_host, listen_port
        )
        self._has_tunnel.set()
        return listener


@contextmanager
def ssh_host() -> Iterator[SshHost]:
    """Run the host until the end of the context."""
    host, started = SshHost(), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(host.serve(stop, started),))
    thread.start()
    try:
        assert started.wait(START_TIMEOUT_S)
        yield host
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def write_ssh(folder: Path, host: SshHost) -> None:
    """Write a command ``ssh`` to *folder* that finds the host, as a user's own settings would."""
    folder.mkdir()
    config = folder / "config"
    config.write_text(
        f"Host {NAME}\n  HostName 127.0.0.1\n  Port {host.port}\n  BatchMode yes\n"
        "  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
        "  ExitOnForwardFailure yes\n",
        encoding="utf-8",
    )
    script = folder / "ssh"
    script.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {config} "$@"\n', "utf-8")
    script.chmod(0o755)
