"""A connection that comes to nothing leaves nothing behind."""

import gc
import select
import socket
import ssl
import struct
import threading

import httpcore
import pytest

from connector_harness.client.http.connections import CallState, _Stream


def reset_first(listening: socket.socket) -> None:
    """Reset the first connection."""
    connection, _ = listening.accept()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_reset_before_tls_leaves_no_socket_open() -> None:
    """Left to itself, ssl would leave one; a warning would say so, in whatever comes next."""
    call = CallState()
    call.begin(5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        resetting = threading.Thread(target=reset_first, args=(listening,))
        resetting.start()
        inner = httpcore.SyncBackend().connect_tcp(*listening.getsockname())
        resetting.join()
        # Until the reset has arrived.
        select.select([inner.get_extra_info("socket")], [], [], 5)
        stream = _Stream(inner, call, carries_requests=True)

        with pytest.raises(httpcore.ConnectError):
            stream.start_tls(ssl.create_default_context(), "127.0.0.1")

    gc.collect()
