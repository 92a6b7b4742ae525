"""A school that is not ours, beside the running services: what its browser-side neighbours see.

It speaks the code flow under HAIP (``tests/wallet/foreign_issuer.py``), and what it gives was made
by the ``sd-jwt`` package of PyPI, not by our kernel.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qs, urlsplit

from jwcrypto.jwk import JWK
from playwright.sync_api import Page, Route
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CredentialError
from credentials.keys import PublicKey, SoftwareSigner
from credentials.model import Wire
from service.fetch import Fetched
from tests.browser.wallet_person import Town
from tests.wallet.foreign_issuer import DID, ISSUER, SERVER, TYPE, ForeignIssuer
from tests.wallet.world import Clock
from wallet import relay

ANY_SITE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Expose-Headers": "DPoP-Nonce",
}


@dataclass
class Ticking(Clock):
    """The clock of the running services.

    Attributes:
        source: theirs.
    """

    source: Callable[[], datetime] = field(kw_only=True)

    def __call__(self) -> datetime:
        """The present moment."""
        return self.source()


@dataclass
class School(ForeignIssuer):
    """The school, with a page where a person says yes.

    Attributes:
        person: whose name it puts in what it gives.
    """

    person: Mapping[str, str] = field(
        default_factory=lambda: {"given_name": "Jan", "family_name": "Bakker"}
    )

    def _issued(self, holder: PublicKey) -> Wire:
        now = self.clock()
        claims = {
            "iss": DID,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(days=700)).timestamp()),
            "vct": TYPE,
            **{SDObj(name): value for name, value in self.person.items()},
            SDObj("process"): "TIG",
        }
        made = SDJWTIssuer(
            claims,
            _jwk(self.key),
            JWK(**{name: str(value) for name, value in holder.jwk().items()}),
            extra_header_parameters={"typ": "dc+sd-jwt", "kid": self.key.public.key_id},
        )
        return str(made.sd_jwt_issuance)

    def page(self, address: str) -> str:
        """What a person sees there: one link back."""
        back = escape(self.visit(address))
        return f"<!doctype html><title>School</title><a id=yes href='{back}'>Ja</a>"


def opens(town: Town, page: Page, school: School | None = None, *, cors: bool = True) -> School:
    """Let a browser reach the school, by CORS or by way of the wallet's relay alone."""
    found = school or School()
    found.clock = Ticking(source=town.services.apps["wallet"].state.doors.keeping.clock)
    found.client_id, found.returns = town.links, f"{town.links}/callback"
    for origin in (ISSUER, SERVER):
        page.route(f"{origin}/**", lambda route: _direct(route, found, cors=cors))
    page.route(f"{town.keeper}/api/relay/**", lambda route: _relayed(route, found))
    return found


def link(town: Town, school: School, code: str | None = None) -> str:
    """The school's offer as a link to the wallet."""
    return f"{town.links}/o#{school.offer(code=code)}"


def _direct(route: Route, school: School, *, cors: bool) -> None:
    asked = route.request
    if asked.is_navigation_request():
        return route.fulfill(body=school.page(asked.url), content_type="text/html")
    if not cors:  # what a script sees of an answer that it may not read
        return route.abort()
    if asked.method == "OPTIONS":
        return route.fulfill(status=204, headers=ANY_SITE)
    answer = _answer(route, school)
    told = {**ANY_SITE, **answer.told, "Content-Type": answer.content_type}
    return route.fulfill(status=answer.status, body=answer.body, headers=told)


def _answer(route: Route, school: School) -> Fetched:
    asked = route.request
    if asked.method == "GET":
        return school.get(asked.url)
    names = {"dpop": "DPoP", "authorization": "Authorization"}
    headers = {name: asked.headers[key] for key, name in names.items() if key in asked.headers}
    content_type, body = asked.headers["content-type"], asked.post_data_buffer or b""
    return school.post(asked.url, body=body, content_type=content_type, headers=headers)


def _relayed(route: Route, school: School) -> None:
    """What the doors of the relay do for the school; anybody else is asked by the real ones."""
    asked = urlsplit(route.request.url)
    name, query = asked.path.rpartition("/")[2], parse_qs(asked.query)
    letter = json.loads(route.request.post_data or "{}")
    whose = str(letter.get("issuer") or query.get("name", [""])[0])
    if "foreign.example" not in whose:
        return route.fallback()
    try:
        if route.request.method == "GET":
            body = relay.document(relay.Document(name), whose, http=school)
            return route.fulfill(status=200, body=body)
        message = relay.Forwarded(
            letter["issuer"],
            relay.Endpoint(name),
            letter["content_type"],
            b64url_decode(letter["body"]),
            letter["authorization"],
            letter["dpop"],
        )
        answer = relay.forward(message, http=school)
    except CredentialError as error:
        return route.fulfill(status=400, json={"code": error.code})
    told = {
        "status": answer.status,
        "content_type": answer.content_type,
        "body": b64url_encode(answer.body),
        "headers": dict(answer.told),
    }
    return route.fulfill(status=200, json=told)


def _jwk(signer: SoftwareSigner) -> JWK:
    return JWK(**{name: str(value) for name, value in signer.private_jwk().items()})
