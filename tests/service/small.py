"""A small service on the floor all roles stand on, for the tests of that floor."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, FastAPI, Request, Response
from starlette.testclient import TestClient

from credentials.errors import RejectedError
from service.app import create_app
from service.forms import CheckedForm, text_field
from service.pages import Pages
from service.settings import RoleSettings

PAGE = """{% extends "layout.html" %}{% import "parts.html" as parts with context %}
{% set kind = "worker" %}
{% block main %}<form method="post" action="/form">{{ csrf_field() }}
{{ parts.field("word", "Woord") }}{{ parts.submit("Verder", kind="primary") }}</form>
<p id="name">{{ name }}</p>{% endblock %}
"""


def settings_for(var: Path, **values: object) -> RoleSettings:
    """Settings of a service that keeps its files in ``var``."""
    return RoleSettings(**{"var": var, "port": 8009, **values})  # type: ignore[arg-type]  # checked at run time


def small_app(settings: RoleSettings, failing: Callable[[], None] = lambda: None) -> FastAPI:
    """Build it; ``failing`` runs at GET /api/fail, /token/fail and /fail."""
    settings.var.mkdir(parents=True, exist_ok=True)
    templates = settings.var / "templates"
    templates.mkdir(exist_ok=True)
    (templates / "page.html").write_text(PAGE, encoding="utf-8")
    pages, router = Pages(templates), APIRouter()

    @router.get("/")
    def page(request: Request, name: str = "Ayşe Demir") -> Response:
        return pages.render(request, "page.html", name=name)

    @router.post("/form")
    def receive(form: CheckedForm) -> dict[str, str]:
        return {"word": text_field(form, "word", maximum=20)}

    @router.post("/api/json")
    def read_json(body: Annotated[dict[str, object], Body()]) -> int:
        return len(body)

    @router.post("/lists")
    async def read_list(request: Request) -> int:
        return len(await request.body())

    @router.get("/api/fail")
    @router.get("/token/fail")
    @router.get("/fail")
    def fail() -> None:
        failing()

    return create_app(
        "small",
        settings=settings,
        routers=[router],
        pages=pages,
        protocol_paths=("/token",),
        open_paths=("/token", "/.well-known"),
        body_limits={"/lists": 3 * 1024 * 1024},
    )


def small_client(
    var: Path, failing: Callable[[], None] = lambda: None, **values: object
) -> TestClient:
    """A client that calls the service by its own name."""
    settings = settings_for(var, **values)
    return TestClient(small_app(settings, failing), base_url=settings.public_url)


def refuse(code: str, detail: str = "") -> Callable[[], None]:
    """A handler's part that refuses."""

    def raise_it() -> None:
        raise RejectedError(code, detail)

    return raise_it


def raising(error: Exception) -> Callable[[], None]:
    """A handler's part that ends in ``error``."""

    def raise_it() -> None:
        raise error

    return raise_it
