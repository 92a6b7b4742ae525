"""The first page: what this is, who does what, and the doors to it; plus documents for all."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response

from service.app import create_app
from service.clock import Clock, system_clock
from service.pages import Pages
from service.settings import RoleSettings

Document = tuple[str, Callable[[], bytes]]
"""Media type, and what makes the bytes of the moment."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the three roles receive people.

    Attributes:
        give: the page of those who give a proof.
        passport: the page of the person it is about.
        check: the page of those who want to see it.
    """

    give: str
    passport: str
    check: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of somebody else's on this site.

    Attributes:
        path: where it is; the first page has a link to it.
        router: its route.
        templates: the folder of its template.
    """

    path: str
    router: APIRouter
    templates: Path


def create_landing(
    settings: RoleSettings,
    *,
    doors: Doors,
    documents: Mapping[str, Document] | None = None,
    shown: Shown | None = None,
    clock: Clock = system_clock,
) -> FastAPI:
    """Build the service of the first page.

    Args:
        settings: say whether this is a trial, and whether a telephone can reach it.
        doors: addresses for people.
        documents: path to a public document that all services read.
        shown: a page about those documents, for people; None where there is none.
        clock: the present moment.
    """
    pages = Pages() if shown is None else Pages(shown.templates)
    router = APIRouter()

    @router.get("/")
    def first_page(request: Request) -> Response:
        """Say who does what."""
        more = None if shown is None else shown.path
        return pages.render(
            request, "landing.html", doors=doors, local=settings.is_local, shown=more
        )

    for path, document in (documents or {}).items():
        router.add_api_route(path, _publish(document), methods=["GET"])
    published = tuple(documents or {})
    return create_app(
        "landing",
        settings=settings,
        routers=[router] if shown is None else [router, shown.router],
        pages=pages,
        clock=clock,
        open_paths=published,
    )


def _publish(document: Document) -> Callable[[Request], Response]:
    """A route that always asks whether the document is still the same: it is small."""
    media_type, content = document

    def publish(request: Request) -> Response:
        """The bytes of the moment, or that they are the same."""
        body = content()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media_type, headers=headers)

    return publish
