"""A sandbox that can be told to be wrong: ``POST /_breakage/NAME`` and ``DELETE /_breakage``."""

import sys
from collections.abc import Container

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connector_harness.sandbox import __main__ as command
from connector_harness.sandbox.api.context import Sandbox
from connector_harness.sandbox.web import app
from tests.false_green.sandbox_breakages import BREAKAGES


async def turn_on(request: Request) -> JSONResponse:
    """Break the sandbox."""
    BREAKAGES.turn_on(request.path_params["name"])
    return JSONResponse({})


async def turn_off(_: Request) -> JSONResponse:
    """Mend it and tell how often the breakage has struck."""
    return JSONResponse(BREAKAGES.turn_off())


def main() -> int:
    """Serve as the sandbox does."""
    create_app = app.create_app

    def create(sandbox: Sandbox, services: Container[str] = ()) -> Starlette:
        created = create_app(sandbox, services)
        created.router.routes[:0] = [
            Route("/_breakage/{name}", turn_on, methods=["POST"]),
            Route("/_breakage", turn_off, methods=["DELETE"]),
        ]
        return created

    app.create_app = create
    return command.main()


if __name__ == "__main__":
    sys.exit(main())
