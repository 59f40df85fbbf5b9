"""The services of an endpoint that a gateway hands calls on to."""

import asyncio
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import httpcore
import httpx
from starlette.requests import Request

from connector_harness.sandbox.http.answers import FileAnswer
from connector_harness.sandbox.http.bodies import BodyError, parse_json

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]
"""Header fields as they travel, names in lower case."""

LARGEST_ANSWER: Final = 16 * 1024 * 1024
"""Bytes of an answer that are handed back at the most."""

_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# Shorter than servers keep idle connections, so that no call leaves on one that is closing.
_KEEP_ALIVE_S: Final = 4.0


class UpstreamError(Exception):
    """A service did not answer; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Forwarded(FileAnswer):
    """An answer of a service, as it came.

    ``body`` is its document, None where it is none; ``raw_headers`` are all but those that concern
    one connection.
    """

    raw_headers: RawHeaders = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How services are reached.

    Attributes:
        ca_file: The authorities to trust; None for the usual ones.
        client_certificate: The certificate chain to show them; None for none.
        client_key: Its private key; None if it is in the same file.
        client_key_password: What opens the key; None where it is not locked.
        proxy: The proxy that calls by https pass through; None to connect directly.
    """

    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    client_key_password: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)


DIRECT: Final = Way()
"""Directly, without a client certificate."""


class Upstreams:
    """Calls the services of one endpoint, over connections that are kept until it is closed.

    Args:
        origins: The origin of each service by its name.
        way: How they are reached.
        timeout_s: The longest a call may take, in seconds.
    """

    def __init__(
        self, origins: Mapping[str, str], way: Way = DIRECT, *, timeout_s: float = 60.0
    ) -> None:
        self._origins = origins
        self._timeout_s = timeout_s
        self._direct = httpcore.AsyncConnectionPool(
            ssl_context=_tls(way), keepalive_expiry=_KEEP_ALIVE_S
        )
        self._secure = self._direct if way.proxy is None else _through(way.proxy, _tls(way))

    async def forward(self, service: str, request: Request, body: bytes) -> Forwarded:
        """Hand a call on, all of it unchanged, and return the answer.

        Args:
            service: The service that it is for.
            request: The call.
            body: Its body.

        Raises:
            UpstreamError: The service has no address, or gave no answer.
        """
        origin = self._origins.get(service)
        if origin is None:
            raise UpstreamError(f"no address of the service {service!r} is known")
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._answer(origin, request, body)
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.ProxyError,
            TimeoutError,
        ) as exc:
            why = str(exc) or type(exc).__name__
            raise UpstreamError(
                f"the service {service!r} at {origin} did not answer: {why}"
            ) from exc

    async def close(self) -> None:
        """Close every connection."""
        await self._direct.aclose()
        await self._secure.aclose()

    async def _answer(self, origin: str, request: Request, body: bytes) -> Forwarded:
        url = _url(origin, request)
        headers = [*_end_to_end(request.headers.raw, but=b"host"), (b"host", _host(origin))]
        pool = self._secure if url.scheme == b"https" else self._direct
        async with pool.stream(request.method, url, headers=headers, content=body) as response:
            content = bytearray()
            async for part in response.aiter_stream():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise httpcore.RemoteProtocolError(f"more than {LARGEST_ANSWER} bytes came")
        return _forwarded(response.status, response.headers, bytes(content))


def _forwarded(status: int, headers: Iterable[tuple[bytes, bytes]], content: bytes) -> Forwarded:
    try:
        document = parse_json(content)
    except BodyError:
        document = None
    kept = _end_to_end((name.lower(), value) for name, value in headers)
    media_type = dict(kept).get(b"content-type")
    told = None if media_type is None else media_type.decode("latin-1")
    return Forwarded(status, document, content, told, kept)


def _end_to_end(headers: Iterable[tuple[bytes, bytes]], *, but: bytes = b"") -> RawHeaders:
    return [(name, value) for name, value in headers if name not in {*_HOP_BY_HOP, but}]


def _url(origin: str, request: Request) -> httpcore.URL:
    parts, query = urlsplit(origin), request.scope["query_string"]
    # As it came: a library that tidies addresses up would spoil what is signed.
    target = request.scope["raw_path"] + (b"?" + query if query else b"")
    return httpcore.URL(
        scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target
    )


def _host(origin: str) -> bytes:
    return urlsplit(origin).netloc.encode("ascii")


def _tls(way: Way) -> ssl.SSLContext:
    context = (
        httpx.create_ssl_context(trust_env=False)
        if way.ca_file is None
        else ssl.create_default_context(cafile=way.ca_file)
    )
    if way.client_certificate is not None:
        # The empty password keeps a locked key from asking for one on the terminal.
        password = way.client_key_password or ""
        context.load_cert_chain(way.client_certificate, way.client_key, password)
    return context


def _through(proxy: str, tls: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
    address = httpx.URL(proxy)
    return httpcore.AsyncHTTPProxy(
        httpcore.URL(scheme="http", host=address.raw_host, port=address.port, target="/"),
        (address.username, address.password) if address.userinfo else None,
        ssl_context=tls,
        keepalive_expiry=_KEEP_ALIVE_S,
    )
