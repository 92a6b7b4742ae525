"""Who an organisation is, served: its did:web document, and the domains that are its own.

DIF Well Known DID Configuration: a host speaks for all its organisations in one document; for a
website elsewhere each organisation gets the document to put there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from credentials.bbs_keys import VerificationKey
from credentials.dids.web import write_document
from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from credentials.trust.linkage import PATH, sign_linkage, write_configuration
from issuer import key_ledger
from issuer.doors import InstallationOf, PortsOf
from issuer.pairing_keys import pairing_signer
from issuer.ports import Ports

LIFETIME = timedelta(days=90)
"""A website that nobody looks after says nothing any more after that."""

SIGN_AGAIN = timedelta(days=1)
"""A credential is signed anew each day, and whenever another key signs."""

_SIGNER = "dc+sd-jwt"  # the key that signs tokens


def did_document(ports: Ports) -> JsonObject:
    """The did:web document: keys that sign, will sign, or signed what still lives."""
    with ports.database.reading() as session:
        keys = key_ledger.shown(session, ports, at=ports.clock())
    pairing = pairing_signer(ports)
    shown: list[VerificationKey] = [*keys, *([pairing.public] if pairing else [])]
    return write_document(ports.did, shown, domains=domains(ports))


def domains(ports: Ports) -> list[str]:
    """The https origins that the organisation says are its own: here, and its own website."""
    here, own = ports.settings.identifier, ports.identity.domain
    return [here] if own is None or f"https://{own}" == here else [here, f"https://{own}"]


@dataclass(slots=True)
class Linkages:
    """Signs the credentials and keeps them for a day."""

    _kept: dict[tuple[str, str], tuple[str | None, datetime, str]] = field(default_factory=dict)

    def document(self, organisations: Iterable[Ports], origin: str) -> JSONResponse:
        """What an origin publishes about these organisations."""
        credentials = [self._credential(ports, origin) for ports in organisations]
        return JSONResponse(write_configuration(credentials), headers={"Cache-Control": "no-cache"})

    def _credential(self, ports: Ports, origin: str) -> str:
        at, signer = ports.clock(), ports.signers[_SIGNER]
        key_id, signed_at, token = self._kept.get((ports.did, origin), (None, at, ""))
        if key_id != signer.public.key_id or abs(at - signed_at) >= SIGN_AGAIN:
            token = sign_linkage(ports.did, origin, signer, at=at, lifetime=LIFETIME)
            self._kept[ports.did, origin] = signer.public.key_id, at, token
        return token


def _linkages(request: Request) -> Linkages:
    found: Linkages = request.app.state.linkages
    return found


LinkagesOf = Annotated[Linkages, Depends(_linkages)]

router = APIRouter()


@router.get("/o/{slug}/did.json")  # noqa: FAST003 - PortsOf reads it
@router.get("/.well-known/did.json")
def show_document(ports: PortsOf) -> JSONResponse:
    """did:web: where the document of a domain, and of a path below it, lies."""
    return JSONResponse(did_document(ports), headers={"Cache-Control": "no-cache"})


@router.get(PATH)
def configuration(installation: InstallationOf, linkages: LinkagesOf) -> JSONResponse:
    """The document of this host: every organisation here."""
    return linkages.document(installation.organisations(), installation.settings.identifier)


@router.get("/o/{slug}/did-configuration.json")  # noqa: FAST003 - PortsOf reads it
@router.get("/did-configuration.json")
def own_configuration(ports: PortsOf, linkages: LinkagesOf) -> JSONResponse:
    """The document for the organisation's own website, to be put at ``PATH`` there."""
    elsewhere = [origin for origin in domains(ports) if origin != ports.settings.identifier]
    if not elsewhere:
        raise RejectedError("not_found", "no website of its own")
    return linkages.document([ports], elsewhere[0])
