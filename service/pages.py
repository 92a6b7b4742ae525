"""Server-rendered pages: templates, Dutch or English, icons, codes; escaped by default.

A role makes one ``Pages(Path(__file__).parent / "templates")`` and gives it to ``create_app``.
Its templates begin with

    {% extends "layout.html" %}{% import "parts.html" as parts with context %}

and find ``t``, ``language``, ``icon``, ``qr``, ``csrf_field``, ``static`` and ``here`` (this page
in another language) beside what the handler passed; ``parts.html`` shows every building block.
"""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from schemas.messages import sentence
from service import dates
from service.content_security import WITH_OWN_SCRIPTS
from service.forms import Forms
from service.qr import qr_svg

HERE = Path(__file__).parent
STATIC = HERE / "static"
LANGUAGES = ("nl", "en")
"""The first is the one we speak when nobody asks."""

LANGUAGE_COOKIE = "lang"
_A_YEAR = 365 * 24 * 3600


def language_of(request: Request) -> str:
    """The language to answer in: ``?lang=``, then the cookie, then the browser's wish."""
    asked = request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
    wishes = request.headers.get("accept-language", "").split(",")
    spoken = [wish.split(";")[0].strip().lower()[:2] for wish in wishes[:20]]
    return next((wish for wish in (*asked, *spoken) if wish in LANGUAGES), LANGUAGES[0])


@cache
def icon(name: str) -> Markup:
    """An icon as inline SVG; it always stands beside a word, so readers skip it.

    Raises:
        FileNotFoundError: there is no ``icons/<name>.svg``.
    """
    drawing = (HERE / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    return Markup(drawing)  # noqa: S704 - our own file


@cache
def static(name: str) -> str:
    """The address of a static file; it changes when the file does, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _in_language(request: Request, language: str) -> str:
    query = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return f"{request.url.path}?{urlencode([*query, ('lang', language)])}"


class Pages:
    """The templates of one service over those all services share."""

    def __init__(self, *directories: Path) -> None:
        """Read templates from ``directories`` first, then from the shared ones."""
        self.environment = Environment(
            loader=FileSystemLoader([*directories, HERE / "templates"]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals |= {"icon": icon, "qr": qr_svg, "static": static}
        self.environment.filters["day"] = dates.in_figures

    def render(
        self,
        request: Request,
        template: str,
        /,
        *,
        status: int = 200,
        scripted: bool = False,
        **context: object,
    ) -> HTMLResponse:
        """Answer with a page; it is never kept by a cache, for it may be somebody's own.

        Args:
            request: tells the language and carries the form's cookie.
            template: its name, looked for in the role's directory first.
            status: the HTTP status.
            scripted: it carries one of our own static scripts (``service/static``).
            context: what the template needs.
        """
        language = language_of(request)
        forms: Forms = request.app.state.forms
        html = self.environment.get_template(template).render(
            self._surroundings(request, language) | context
        )
        response = HTMLResponse(html, status_code=status, headers={"Content-Language": language})
        response.headers["Cache-Control"] = "no-store"
        if scripted:
            response.headers["Content-Security-Policy"] = WITH_OWN_SCRIPTS
        forms.keep(request, response)
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, language, max_age=_A_YEAR, samesite="lax", secure=forms.secure
            )
        return response

    @staticmethod
    def _surroundings(request: Request, language: str) -> dict[str, object]:
        forms: Forms = request.app.state.forms
        date_words: Callable[..., str] = partial(dates.in_words, language=language)
        return {
            "t": lambda key, **values: sentence(key, language, **values),
            "language": language,
            "service": request.app.state.name,
            "demo": request.app.state.settings.demo,
            "home": request.app.state.home,
            "here": partial(_in_language, request),
            "csrf_field": partial(forms.field, request),
            "in_words": date_words,
            "with_time": partial(dates.with_time, language=language),
        }
