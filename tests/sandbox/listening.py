"""A receiver of webhooks for the tests: plain sockets, and answers that the test chooses."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it arrived."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the one value of a header."""
        (value,) = [value for each, value in self.headers if each == name]
        return value


@dataclass(slots=True)
class Ear:
    """Hears requests; the first are answered with ``answers`` and all others with 200.

    An answer is the whole text of it, or a status; 0 stands for none at all, ever.
    """

    answers: list[int | str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    url: str = ""
    connections: int = 0
    most_at_once: int = 0
    _open: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def bodies(self) -> list[str]:
        """Return the bodies heard so far, in order."""
        return [each.body.decode() for each in self.heard]

    async def until(self, count: int) -> list[str]:
        """Return the bodies once *count* requests have arrived."""
        async with self._news, asyncio.timeout(30):
            await self._news.wait_for(lambda: len(self.heard) >= count)
        return self.bodies()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        self._writers.append(writer)
        try:
            while True:
                await self._hear(await _read_request(reader))
                answer = self.answers.pop(0) if self.answers else 200
                if answer == 0:
                    await reader.read()
                    return
                writer.write(_written(answer))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._open -= 1
            writer.close()

    async def _hear(self, heard: Heard) -> None:
        async with self._news:
            self.heard.append(heard)
            self._news.notify_all()

    async def hang_up(self) -> None:
        """Close every connection."""
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def ear(answers: Iterable[int | str] = ()) -> AsyncIterator[Ear]:
    """Yield an ear that listens on this machine, and close it at the end."""
    made = Ear(list(answers))
    server = await asyncio.start_server(made.listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    made.url = f"http://127.0.0.1:{port}/told?x=1"
    try:
        yield made
    finally:
        server.close()
        await made.hang_up()
        await asyncio.sleep(0)


async def _read_request(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.rstrip("\r\n").split("\r\n")
    pairs = [each.split(": ", 1) for each in fields]
    headers = [(name.lower(), value) for name, value in pairs]
    length = next(int(value) for name, value in headers if name == "content-length")
    return Heard(line, headers, await reader.readexactly(length))


def _written(answer: int | str) -> bytes:
    if isinstance(answer, str):
        return answer.encode()
    rest = "\r\n" if answer == 204 else 'Content-Length: 4\r\n\r\n"OK"'
    return f"HTTP/1.1 {answer} X\r\n{rest}".encode()
