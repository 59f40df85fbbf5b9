"""A proxy through which clients reach servers, by tunnels that it knows nothing of."""

import socket
import threading
from contextlib import suppress


class TunnelProxy:
    """A proxy that opens tunnels by CONNECT, and notes what it was told.

    Attributes:
        address: Its address.
        asked: The head of each request.
        refusal: The status line with which it refuses; empty to let through.
    """

    def __init__(self) -> None:
        """Listen on a free port of this machine."""
        self.asked: list[str] = []
        self.refusal = ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._tunnel, args=(connection,), daemon=True).start()

    def _tunnel(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = connection.recv(65_536).decode()
            self.asked.append(head)
            if self.refusal:
                connection.sendall(f"HTTP/1.1 {self.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
                return
            host, _, port = head.split()[1].rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(server, connection), daemon=True)
                back.start()
                _pass_on(connection, server)
                back.join(5)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
