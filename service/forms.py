"""Forms that only our own pages can send: Sec-Fetch-Site, Origin and a token must all agree.

A handler that changes something takes ``form: CheckedForm`` and reads its fields from it; the
form in the template carries ``{{ csrf_field() }}``.
"""

import hmac
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from markupsafe import Markup
from starlette.datastructures import FormData

from credentials.errors import RejectedError

FIELD = "csrf_token"
"""Name of the hidden field."""

MAX_FIELDS = 600
"""The largest form of ours ticks the rows of a page of five hundred."""

MAX_FILES = 1
"""A form carries one list at most."""

_SECRET_BYTES = 32
_FETCH_SITES = frozenset({"same-origin", "none"})  # none: typed or reloaded by the person


@dataclass(frozen=True, slots=True)
class Forms:
    """What makes and checks the tokens of one service's forms.

    Attributes:
        secret: known to this service only.
        origins: where this service's own pages live.
        secure: True when cookies may only travel over https.
    """

    secret: bytes
    origins: frozenset[str]
    secure: bool

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Forms(origins={sorted(self.origins)}, secure={self.secure})"

    @property
    def cookie(self) -> str:
        """The cookie's name; with the prefix no other host can plant it."""
        return "__Host-form" if self.secure else "form"

    def browser(self, request: Request) -> str:
        """A secret that only this browser sends back, made with its first form."""
        seed = request.cookies.get(self.cookie) or getattr(request.state, "form_seed", None)
        request.state.form_seed = seed or secrets.token_urlsafe(24)
        return str(request.state.form_seed)

    def field(self, request: Request) -> Markup:
        """The hidden field for a form on this page."""
        token = self._token(self.browser(request))
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)

    def keep(self, request: Request, response: Response) -> None:
        """Send the cookie that belongs to the fields on this page, where there are any."""
        seed = getattr(request.state, "form_seed", None)
        if seed is not None and request.cookies.get(self.cookie) != seed:
            response.set_cookie(
                self.cookie, seed, httponly=True, secure=self.secure, samesite="lax", path="/"
            )

    def check(self, request: Request, token: str) -> None:
        """Refuse a post that our own page did not send.

        Raises:
            RejectedError: ``csrf``.
        """
        site = request.headers.get("sec-fetch-site")
        if site is not None and site not in _FETCH_SITES:
            raise RejectedError("csrf", "Sec-Fetch-Site names another site")
        origin = request.headers.get("origin")
        # our no-referrer policy makes browsers write null; then Sec-Fetch-Site alone must say it
        hidden = origin == "null" and site == "same-origin"
        if origin is not None and not hidden and origin not in self._own_origins(request):
            raise RejectedError("csrf", "Origin is another one")
        seed = request.cookies.get(self.cookie, "")
        if not seed or not hmac.compare_digest(self._token(seed).encode(), token.encode()):
            raise RejectedError("csrf", "the form's token is missing or belongs to another visit")

    def _own_origins(self, request: Request) -> frozenset[str]:
        return self.origins | {_own_origin(request)}

    def _token(self, seed: str) -> str:
        return hmac.new(self.secret, seed.encode(), "sha256").hexdigest()


def _own_origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"  # the Host is checked before


async def checked_form(request: Request) -> AsyncIterator[FormData]:
    """The posted fields, once it is sure that our own page sent them; files close at the end.

    Reading a form is the framework's own coroutine, so this dependency has to be one too.

    Raises:
        RejectedError: ``csrf``.
    """
    async with request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES) as fields:
        token = fields.get(FIELD)
        forms: Forms = request.app.state.forms
        forms.check(request, token if isinstance(token, str) else "")
        yield fields


CheckedForm = Annotated[FormData, Depends(checked_form)]
"""The fields of a form that our own page sent; text fields are ``str``, files ``UploadFile``."""


def text_field(form: FormData, name: str, *, maximum: int = 2_000) -> str:
    """One text field, trimmed; absent is empty.

    Raises:
        RejectedError: ``field_too_long``.
    """
    value = form.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > maximum:
        raise RejectedError("field_too_long", f"{name}: {len(text)} of {maximum} characters")
    return text
