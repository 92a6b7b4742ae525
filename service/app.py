"""The application every role is built on: routes in, safe answers out.

    app = create_app("issuer", settings=settings, routers=[router], pages=pages,
                     protocol_paths=("/token", "/credential"), open_paths=("/token",))
    app.state.ports = ports

Tests use the same function: ``TestClient(app, base_url=settings.public_url)``; any other host
name than the service's own is answered with 421 ``host_unknown``.
"""

from collections.abc import Mapping, Sequence
from threading import Event

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service import problems
from service.clock import Clock, system_clock
from service.forms import Forms
from service.guard import Guard
from service.log import configure_log
from service.pages import STATIC, Pages
from service.rates import Rates
from service.secret_files import kept_secret
from service.settings import RoleSettings, origin_of

_STATIC_DAYS = "public, max-age=31536000, immutable"


class _Static(StaticFiles):
    """Static files whose address carries their digest, so that a browser asks only once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _STATIC_DAYS if scope["query_string"] else "no-cache"
        return response


def create_app(  # noqa: PLR0913 - the one seam of all services: each argument is one decision
    name: str,
    *,
    settings: RoleSettings,
    routers: Sequence[APIRouter],
    pages: Pages,
    clock: Clock = system_clock,
    protocol_paths: tuple[str, ...] = (),
    open_paths: tuple[str, ...] = (),
    shared_paths: Mapping[str, frozenset[str]] | None = None,
    body_limits: Mapping[str, int] | None = None,
    home: str = "/",
) -> FastAPI:
    """Build one service.

    Args:
        name: the service's name in the log and in the names of its files.
        settings: checked before anything listens.
        routers: the service's own routes.
        pages: its templates.
        clock: the present moment, for the handlers (``request.app.state.clock``).
        protocol_paths: path prefixes whose errors are OAuth errors.
        open_paths: path prefixes that scripts of other origins may call, without cookies.
        shared_paths: path prefix to the only origins whose scripts may call it, without cookies.
        body_limits: path prefix to bytes, where 1 MB is not enough.
        home: where the logo leads.
    """
    if not structlog.is_configured():
        configure_log()  # the allow-list holds even where nobody set up a log
    app = FastAPI(title=name, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.name, app.state.settings, app.state.pages = name, settings, pages
    app.state.clock, app.state.home = clock, home
    app.state.rates = Rates(limited=settings.rate_limits)
    app.state.workers = []  # service.workers: started and stopped by service.serving
    app.state.stopping = Event()  # set when the service ends, for pages that wait
    app.state.protocol_paths = protocol_paths
    app.state.forms = Forms(
        secret=kept_secret(settings.var / f"{name}.secret"),
        origins=frozenset({origin_of(settings.public_url), origin_of(settings.identifier)}),
        secure=settings.is_secure,
    )
    problems.install(app)
    app.add_middleware(problems.LastResort)
    app.add_middleware(
        Guard,
        application=app,
        settings=settings,
        body_limits=body_limits or {},
        open_paths=open_paths,
        shared_paths=shared_paths or {},
    )
    app.add_api_route("/health", lambda: PlainTextResponse("ok"), include_in_schema=False)
    app.mount("/static", _Static(directory=STATIC))
    for router in routers:
        app.include_router(router)
    return app
