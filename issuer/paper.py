"""Proofs on paper, for a person without a wallet: signed without a holder's key, once.

The steps of ``issuer.issuance``: the offer is taken and the intent stored, then it is signed with
no transaction open, then kept. A retry, also after a crash, gives the same bytes. Whoever has the
paper or its file has the proof, as with every certificate before; it binds to nobody's key.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, compact_json
from credentials.errors import RejectedError
from credentials.formats.base import verify
from credentials.model import Credential, StatusKind, Wire
from issuer.audit import record
from issuer.badges import Badge, baked_png, baked_svg, sign_badge
from issuer.documents.badge_pictures import Face
from issuer.documents.certificates import Certificate, certificate_pdf, certificate_picture
from issuer.formats import ISSUED_FORMATS
from issuer.holds import Standing, standing_of
from issuer.issuance import content_digest
from issuer.offers import (
    ID_BYTES,
    UNFETCHED,
    contents_of,
    end_grants,
    find_to_change,
    purge,
    secret,
)
from issuer.ports import Ports
from issuer.status import place_of, references, reserve
from issuer.tables import PAPER_GRANT, Issued, IssuedState, Offer, OfferState, Paper
from issuer.templates import Template, validity

WITH_BADGE = "ldp_vc"
"""The form that has a badge beside it: both point at the same two bitstring lists."""

_FORMATS = {StatusKind.BITSTRING: WITH_BADGE, StatusKind.TOKEN: "dc+sd-jwt"}
"""A place in a status list decides the form: an earlier try of a wallet may have reserved one."""

_BADGES = uuid.UUID("5b6f1a32-6a0d-4f0e-9d2a-0f6f6b4c7d11")
"""Namespace of the ids of badges: each follows from the id of its certificate."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What was given on paper.

    Attributes:
        wire: the credential.
        badge: the same as Open Badge; None where its place in the status lists is one that badges
            do not know.
        claims: what was signed about the person.
    """

    paper: Paper
    template: Template
    format: str
    issued_at: datetime
    wire: Wire
    badge: JsonObject | None
    claims: JsonObject


@dataclass(frozen=True, slots=True)
class _Intent:
    issued: Issued
    credential: Credential
    template: Template
    format: str


def give(ports: Ports, offer_id: str, *, language: str, actor: str, at: datetime) -> None:
    """Give the proof of an open offer on paper; its code and PIN end.

    Doing it again changes nothing, so a second click and a crash are harmless.

    Args:
        ports: of the organisation.
        offer_id: its own id.
        language: of the paper, ``nl`` or ``en``.
        actor: id of the member.
        at: the present moment.

    Raises:
        RejectedError: ``not_found``; ``offer_closed``: it was fetched, refused or cancelled;
            ``offer_held``: it still waits for an approval, or was refused one.
    """
    with ports.database.transaction() as session:
        purge(session, at=at)
        intent = _intend(session, ports, offer_id, at=at)
    if intent is None:
        return
    wire, badge = _sign(intent, ports, language, at=at)
    with ports.database.transaction() as session:
        _keep(session, ports, intent, wire=wire, badge=badge, language=language, actor=actor, at=at)


def printed(session: Session, offer_id: str, *, ports: Ports) -> Printed:
    """What was given on paper for an offer, as long as it is kept.

    Raises:
        RejectedError: ``not_found``: nothing was given on paper here; ``gone``: no longer kept.
    """
    paper = paper_of(session, offer_id, ports=ports)
    if paper is None:
        raise RejectedError("not_found", "not given on paper")
    if paper.sealed is None:
        raise RejectedError("gone", "no longer kept")
    kept = json.loads(ports.sealer.open(paper.sealed, about=f"paper {paper.issued_id}"))
    offer = session.get_one(Offer, paper.offer_id)
    issued = session.get_one(Issued, paper.issued_id)
    wire = kept["credential"]
    written = ISSUED_FORMATS[offer.format].written
    return Printed(
        paper=paper,
        template=ports.template(offer.type_id, offer.template_version),
        format=offer.format,
        issued_at=issued.issued_at,
        wire=wire,
        badge=kept["badge"],
        claims=written.parse(wire).credential.claims,
    )


def paper_of(session: Session, offer_id: str, *, ports: Ports) -> Paper | None:
    """The row of what was given on paper for an offer of this organisation, if it was."""
    return session.exec(
        select(Paper).where(
            Paper.offer_id == offer_id, Paper.organisation_id == ports.organisation_id
        )
    ).first()


def as_pdf(found: Printed, *, ports: Ports) -> bytes:
    """The certificate as a file to print or to send."""
    return certificate_pdf(_certificate(found, ports))


def as_picture(found: Printed, *, ports: Ports) -> bytes:
    """The certificate as PNG, to look at."""
    return certificate_picture(_certificate(found, ports))


def _certificate(found: Printed, ports: Ports) -> Certificate:
    return Certificate(
        kind=found.template.type,
        claims=found.claims,
        issuer=ports.identity.name,
        issued_by=ports.origin,
        issued_at=found.issued_at,
        credential_id=found.paper.issued_id,
        format=found.format,
        wire=found.wire,
        check_at=ports.settings.verifier_url,
        language=found.paper.language,
        sample=ports.settings.demo,
    )


def badge_of(found: Printed) -> JsonObject:
    """The certificate as an Open Badge.

    Raises:
        RejectedError: ``not_found``: it has none.
    """
    if found.badge is None:
        raise RejectedError("not_found", "this proof has no badge")
    return found.badge


def as_png(found: Printed, *, icon: str, ports: Ports) -> bytes:
    """The badge in its picture.

    Raises:
        RejectedError: as ``badge_of``.
    """
    return baked_png(badge_of(found), _face(found, icon, ports))


def as_svg(found: Printed, *, icon: str, ports: Ports) -> bytes:
    """The badge in its picture.

    Raises:
        RejectedError: as ``badge_of``.
    """
    return baked_svg(badge_of(found), _face(found, icon, ports))


def _face(found: Printed, icon: str, ports: Ports) -> Face:
    kind, language = found.template.type, found.paper.language
    title = kind.title(language).partition(" (")[0]
    return Face(title, ports.identity.name, icon, kind.evidence_grade)


def _intend(session: Session, ports: Ports, offer_id: str, *, at: datetime) -> _Intent | None:
    """Take the offer and store the intent; None where the paper is there already."""
    offer = find_to_change(session, offer_id, ports=ports)
    if paper_of(session, offer_id, ports=ports) is not None:
        return None
    if offer.state not in UNFETCHED:
        raise RejectedError("offer_closed", f"state {offer.state}")
    if standing_of(session, offer) is not Standing.OPEN:
        raise RejectedError("offer_held", "nobody has approved it")
    claims = contents_of(offer, ports).claims
    template = ports.template(offer.type_id, offer.template_version)
    issued = _take_over(session, offer) or _new(session, offer, template, ports, at)
    end_grants(session, offer.id)
    place = place_of(session, issued.id, ports=ports)
    offer.format = _FORMATS[place.kind]
    offer.state, offer.changed_at = OfferState.REDEEMED, at
    if issued.grant_id != PAPER_GRANT:
        issued.grant_id, issued.holder, issued.key_id = PAPER_GRANT, "", ""
        issued.issued_at = at.replace(microsecond=0)
    signer = ISSUED_FORMATS[offer.format].signer
    issued.key_id = ports.signers.kept(issued.key_id, signer, issued.issued_at)
    issued.content_digest = content_digest(issued.id, claims)
    session.add(issued)
    session.add(offer)
    credential = Credential(
        type=template.type.url,
        issuer=ports.did,
        claims=claims,
        issued_at=issued.issued_at,
        validity=validity(claims, at=issued.issued_at),
        status=references(place),
        credential_id=issued.id,
    )
    return _Intent(issued, credential, template, offer.format)


def _take_over(session: Session, offer: Offer) -> Issued | None:
    """What a wallet began to fetch and never got, or what a crash left of an earlier try."""
    return session.exec(
        select(Issued).where(Issued.offer_id == offer.id, Issued.copy_number == 0)
    ).first()


def _new(session: Session, offer: Offer, template: Template, ports: Ports, at: datetime) -> Issued:
    whole = not template.formats or WITH_BADGE in template.formats
    issued = Issued(
        id=uuid.UUID(bytes=ports.entropy(16), version=4).urn,
        organisation_id=ports.organisation_id,
        offer_id=offer.id,
        grant_id=PAPER_GRANT,
        holder="",
        key_id="",
        content_digest="",
        notification_id=secret(ports.entropy, ID_BYTES),
        issued_at=at.replace(microsecond=0),
    )
    kind = StatusKind.BITSTRING if whole else StatusKind.TOKEN
    reserve(session, kind=kind, issued_id=issued.id, ports=ports)
    return issued


def _sign(
    intent: _Intent, ports: Ports, language: str, *, at: datetime
) -> tuple[Wire, JsonObject | None]:
    """Sign both, and read them back: what we cannot verify never leaves."""
    written = ISSUED_FORMATS[intent.format].written
    signer = ports.signers.by_id(intent.issued.key_id)
    wire = written.issue(
        intent.credential, signer, holder=None, disclosable=frozenset(), entropy=ports.entropy
    )
    latest = max(at, intent.issued.issued_at)
    verify(written, wire, lambda _: signer.public, at=latest)
    if intent.format != WITH_BADGE:
        return wire, None
    credential = intent.credential
    badge = Badge(
        badge_id=uuid.uuid5(_BADGES, intent.issued.id).urn,
        kind=intent.template.type,
        claims=credential.claims,
        did=credential.issuer,
        issuer=ports.identity.name,
        issued_by=ports.origin,
        issued_at=credential.issued_at,
        validity=credential.validity,
        status=credential.status,
        language=language,
    )
    signed = sign_badge(badge, signer)
    verify(written, signed, lambda _: signer.public, at=latest)
    return wire, signed


def _keep(
    session: Session,
    ports: Ports,
    intent: _Intent,
    *,
    wire: Wire,
    badge: JsonObject | None,
    language: str,
    actor: str,
    at: datetime,
) -> None:
    """Keep the first that comes back; the claims leave the offer in the same step."""
    issued_id, offer_id = intent.issued.id, intent.issued.offer_id
    moved = session.connection().execute(
        update(Offer)
        .where(col(Offer.id) == offer_id, col(Offer.state) == OfferState.REDEEMED)
        .values(state=OfferState.DELIVERED, contents=None, changed_at=at)
    )
    kept = session.connection().execute(
        update(Issued)
        .where(
            col(Issued.id) == issued_id,
            col(Issued.grant_id) == PAPER_GRANT,
            col(Issued.state) == IssuedState.SIGNING,
        )
        .values(state=IssuedState.DELIVERED)
    )
    if kept.rowcount != 1 and paper_of(session, offer_id, ports=ports) is not None:
        return
    if kept.rowcount != 1 or moved.rowcount != 1:
        raise RejectedError("offer_closed", "it was taken back meanwhile")
    contents = compact_json({"credential": wire, "badge": badge})
    session.add(
        Paper(
            issued_id=issued_id,
            offer_id=offer_id,
            organisation_id=ports.organisation_id,
            sealed=ports.sealer.seal(contents, about=f"paper {issued_id}"),
            language=language,
            made_by=actor,
            made_at=at,
        )
    )
    record(session, ports, "given_on_paper", about=issued_id, actor=actor)
