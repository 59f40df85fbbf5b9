"""The public address of a receiver: hands on, as it is, what is posted to it."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_OWN = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


def create_proxy(receiver: str | None) -> Starlette:
    """Return the application; 502 where nobody listens.

    Args:
        receiver: The origin to which everything goes; None for nowhere.
    """
    client = httpx.AsyncClient(
        base_url=receiver or "", trust_env=False, limits=httpx.Limits(keepalive_expiry=1.0)
    )

    async def hand_on(request: Request) -> Response:
        path = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        headers = [pair for pair in request.headers.items() if pair[0] not in _OWN]
        try:
            answer = await client.post(
                f"{path}?{query}" if query else path, headers=headers, content=await request.body()
            )
        except httpx.HTTPError:
            return Response(status_code=502)
        return Response(answer.content, answer.status_code)

    return Starlette(routes=[Route("/{path:path}", hand_on, methods=["POST"])])
