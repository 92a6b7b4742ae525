"""Three sites in one server, told apart by Host: the keeper's, the share page's, and the links'.

The keeper's and the share page's files are those of ``wallet/web/dist``, made by ``make web``. Each
site has a policy of its own, and none of the trial passport's pages (wallet design, section 1).
"""

import gzip
import hashlib
import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from credentials.errors import RejectedError
from service.pages import Pages
from wallet.doors import DoorsOf
from wallet.settings import WalletSettings

DIST = Path(__file__).parent / "web" / "dist"
"""Where ``make web`` leaves what it built."""

KEPT = "public, max-age=31536000, immutable"
"""Fonts and drawings: a browser asks once. All else is asked again, and answered by its tag."""

ALWAYS_ASKED = frozenset({"/worker.js", "/integrity.json", "/config.json"})
"""Never from a cache on the way: these say which version is the newest."""

PACKED = frozenset({".html", ".js", ".css", ".json", ".svg", ".webmanifest"})
"""Packed once, when the service starts: they are the same for everybody and hold no secret."""

TYPES = {".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}

NO_PERMISSIONS = "geolocation=(), microphone=(), payment=(), usb=()"
OWN_DEVICES = "publickey-credentials-create=(self), publickey-credentials-get=(self)"


@dataclass(frozen=True, slots=True)
class Built:
    """What the build left, read once.

    Attributes:
        files: path on a site to content; empty where nothing was built.
        script: the hash of the screens' script, as a policy names it; style: of their style.
        skills: of the script of their second document; empty where there is none.
    """

    files: Mapping[str, bytes]
    script: str = ""
    style: str = ""
    skills: str = ""


def read_built(folder: Path = DIST) -> Built:
    """Read the built files.

    Args:
        folder: where they lie; one without ``integrity.json`` was not built.
    """
    integrity = folder / "integrity.json"
    if not integrity.is_file():
        return Built({})
    screens = json.loads(integrity.read_text("utf-8"))["screens"]
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    files = {f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in found}
    return Built(files, screens["script"], screens["style"], screens.get("skills", ""))


def keeper_policy(settings: WalletSettings, built: Built) -> str:
    """What the keeper's page may load and call (decision 0051).

    Scripts are its own file and the screens' one script by its hash; calls go to its own service
    and, by https, to issuers and verifiers. Only a trial calls other addresses of this machine.
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *(f"'{one}'" for one in _scripts(built)))),
            f"style-src 'self' '{built.style}'",
            "font-src 'self' data:",
            "img-src 'self' data:",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"frame-src {settings.web_origin}",
            " ".join(("connect-src 'self' https:", *_local(settings))),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types screens worker",
        )
    )


def _scripts(built: Built) -> tuple[str, ...]:
    """The hashes of the screens' scripts."""
    return tuple(one for one in (built.script, built.skills) if one)


def share_policy(settings: WalletSettings) -> str:
    """What the share page may load and call: its own service, and the verifier of the settings."""
    check = urlsplit(settings.check_url)
    return guest_policy(f"'self' {check.scheme}://{check.netloc}")


def guest_policy(calls: str = "'self'") -> str:
    """What a page for somebody without a passport may load; a guest's calls its own service alone.

    Args:
        calls: whom it may call.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            f"connect-src {calls}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def derive_policy(settings: WalletSettings) -> str:
    """The frame that derives: one script, no origin, no call, and only the keeper frames it."""
    return (
        f"default-src 'none'; script-src {settings.web_origin}/derive.js; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {settings.keeper_origin}; "
        "sandbox allow-scripts"
    )


def link_policy() -> str:
    """What the site of links may load: it holds nothing and calls nobody."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def at_kiosk(request: Request, doors: DoorsOf) -> None:
    """The trial passport's pages are on their own site, and only in a trial.

    Raises:
        RejectedError: ``not_found``.
    """
    kiosk, settings = doors.settings.kiosk_origin, doors.settings
    others = (settings.keeper_origin, settings.share_origin, settings.web_origin)
    hosts = {urlsplit(origin).netloc for origin in others if origin != kiosk}
    if kiosk is None or request.headers.get("host") in hosts:
        raise RejectedError("not_found", "another site")


def site_routes(settings: WalletSettings, pages: Pages, built: Built) -> list[BaseRoute]:
    """The routes of the three sites, to stand before all others."""
    keeper, share, web = (
        urlsplit(origin).netloc
        for origin in (settings.keeper_origin, settings.share_origin, settings.web_origin)
    )
    routes: list[BaseRoute] = []
    if not built.files:
        routes += [_At(host, "/", _not_built(pages)) for host in (keeper, share)]
    else:
        routes += _keeper_routes(keeper, settings, built)
        routes += _share_routes(share, settings, built)
        routes += _derive_routes(web, settings, built)
    if settings.web_origin != settings.kiosk_origin:
        routes += _link_routes(web, settings, pages)
    return routes


class _At(Route):
    """A page of one site; on the others there is none of that name."""

    def __init__(self, host: str, path: str, endpoint: Callable[[Request], Response]) -> None:
        super().__init__(path, endpoint, methods=["GET"])
        self._host = host

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The path, and the host."""
        if scope["type"] != "http" or Headers(scope=scope).get("host") != self._host:
            return Match.NONE, {}
        return super().matches(scope)


def _keeper_routes(host: str, settings: WalletSettings, built: Built) -> Iterator[_At]:
    policy = keeper_policy(settings, built)
    headers = {
        "Content-Security-Policy": policy,
        "Permissions-Policy": f"camera=(self), {OWN_DEVICES}, {NO_PERMISSIONS}",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    yield _At(host, "/", _file("/index.html", built, headers))
    yield _At(host, "/config.json", _config(settings, headers))
    for path in built.files:
        if not path.startswith(("/share", "/box", "/derive")):
            yield _At(host, path, _file(path, built, headers))


def _share_routes(host: str, settings: WalletSettings, built: Built) -> Iterator[_At]:
    headers = {
        "Content-Security-Policy": share_policy(settings),
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    guest = {**headers, "Content-Security-Policy": guest_policy()}
    page, box = "/share.html", "/box.html"
    if page in built.files:
        yield _At(host, "/", _file(page, built, headers))
        yield _At(host, "/s/{share_id}", _file(page, built, headers))
    if box in built.files:
        yield _At(host, "/b/{mailbox_id}", _file(box, built, guest))
    yield _At(host, "/config.json", _config(settings, headers))
    for path in built.files:
        if path.startswith(("/share.", "/box.", "/box-", "/fonts/", "/icons/")):
            yield _At(host, path, _file(path, built, headers))


def _derive_routes(host: str, settings: WalletSettings, built: Built) -> Iterator[_At]:
    """The frame of decision 0054; a page without origin reads its script as a stranger does."""
    headers = {
        "Content-Security-Policy": derive_policy(settings),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    for path in ("/derive.html", "/derive.js"):
        if path in built.files:
            yield _At(host, path, _file(path, built, headers))


def _link_routes(host: str, settings: WalletSettings, pages: Pages) -> Iterator[_At]:
    def page(template: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            """One of the pages that lead to the keeper."""
            response = pages.render(request, template, keeper=settings.keeper_origin)
            response.headers["Content-Security-Policy"] = link_policy()
            return response

        return answer

    yield _At(host, "/", page("web_landing.html"))
    yield _At(host, "/o", page("web_link.html"))
    yield _At(host, "/v", page("web_link.html"))
    yield _At(host, "/callback", page("web_link.html"))


def _file(path: str, built: Built, headers: Mapping[str, str]) -> Callable[[Request], Response]:
    octets = built.files[path]
    suffix = Path(path).suffix
    kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    cache = KEPT if path.startswith(("/fonts/", "/icons/")) else "no-cache"
    digest = hashlib.sha256(octets).hexdigest()[:32]
    known = {**headers, "Cache-Control": "no-store" if path in ALWAYS_ASKED else cache}
    plain = {**known, "ETag": f'"{digest}"', "Vary": "Accept-Encoding"}
    smaller = gzip.compress(octets, 9, mtime=0) if suffix in PACKED else b""
    packed = {**plain, "ETag": f'"{digest}.gz"', "Content-Encoding": "gzip"}

    def answer(request: Request) -> Response:
        """The file, packed where the browser reads that, or that the browser has it already."""
        fits = smaller and "gzip" in request.headers.get("accept-encoding", "")
        body, about = (smaller, packed) if fits else (octets, plain)
        if request.headers.get("if-none-match") == about["ETag"]:
            return Response(status_code=304, headers=about)
        return Response(body, media_type=kind, headers=about)

    return answer


def _config(settings: WalletSettings, headers: Mapping[str, str]) -> Callable[[Request], Response]:
    document = {
        "keeper": settings.keeper_origin,
        "wallet": settings.web_origin,
        "share": settings.share_origin,
        "check": settings.check_url,
        "origins": settings.dev_origins,
        "list": settings.trust_list_url,
        "askers": settings.verifier_list_url,
        "anchor": json.loads(settings.trust_anchor) if settings.trust_anchor else None,
        "demo": settings.demo,
    }

    def answer(_request: Request) -> Response:
        """What the pages need to know of their surroundings."""
        return JSONResponse(document, headers={**headers, "Cache-Control": "no-store"})

    return answer


def _not_built(pages: Pages) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        """What to do, for whoever runs this service."""
        return pages.render(request, "web_not_built.html", status=503)

    return answer


def _local(settings: WalletSettings) -> tuple[str, ...]:
    """Addresses of this machine that a trial calls; none where the service is real."""
    addresses = {*settings.dev_origins.values()}
    check = urlsplit(settings.check_url)
    if check.scheme == "http":
        addresses.add(f"{check.scheme}://{check.netloc}")
    return tuple(sorted(addresses))
