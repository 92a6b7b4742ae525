"""JSON for an organisation's own programs; each request shows a key (``issuer.programs``)."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlmodel import Session

from credentials.encoding import JsonObject, compact_json
from credentials.errors import MalformedError, RejectedError
from issuer import batches, delivery, offers, overview, status
from issuer.audit import MAX_REASON, record
from issuer.batches import ListReport
from issuer.doors import CallerOf
from issuer.links import wallet_link
from issuer.list_issuing import needs_second
from issuer.oauth import NO_STORE, Body
from issuer.offers import LETTER_LIFE, SCREEN_LIFE, MadeOffer
from issuer.orders import FORMAT_IDS, order
from issuer.ports import Ports
from issuer.programs import Caller, Scope
from issuer.tables import KeptAnswer, Offer, StatusWord
from service.idempotency import Idempotency
from service.problems import PROBLEMS

LIVES = {"screen": SCREEN_LIFE, "letter": LETTER_LIFE}
"""How an offer reaches its holder, and how long it then lives."""


router = APIRouter(prefix="/api", tags=["proofs"])

MAX_PAGE = 200
"""Offers in one answer."""


class OfferWish(BaseModel):
    """What to offer: the claims that the template does not fix or compute.

    Attributes:
        mail_to: where the link goes; the PIN never goes along.
    """

    model_config = ConfigDict(extra="forbid")
    type: str
    format: str = FORMAT_IDS[0]
    claims: dict[str, JsonValue] = Field(repr=False)
    numbers_confirmed: bool = False
    life: Literal["screen", "letter"] = "letter"
    mail_to: str | None = Field(default=None, repr=False)


class StatusWish(BaseModel):
    """A new status for an issued proof, and why."""

    model_config = ConfigDict(extra="forbid")
    status: StatusWord
    reason: str = Field(max_length=MAX_REASON)


def made_as_json(made: MadeOffer, ports: Ports) -> JsonObject:
    """An offer for whoever hands it out; link and PIN must travel apart."""
    return {
        "id": made.id,
        "type": made.type_id,
        "format": made.format,
        "offer_uri": made.offer_uri,
        "link": wallet_link(made.offer_uri, ports.settings),
        "tx_code": made.tx_code,
        "expires_at": made.expires_at.isoformat(),
    }


def offer_in(session: Session, ports: Ports, wish: OfferWish) -> MadeOffer:
    """Check the wish and make its offer.

    Raises:
        MalformedError: ``type_unknown``, ``format_unknown`` or ``mail_address``.
        SchemaMismatch: a claim is missing or wrong.
    """
    template = ports.templates.get(wish.type)
    if template is None:
        raise MalformedError("type_unknown", f"one of {', '.join(ports.templates)}")
    wanted = order(
        template,
        wish.claims,
        format_id=wish.format,
        numbers_confirmed=wish.numbers_confirmed,
    )
    at, life = ports.clock(), LIVES[wish.life]
    offers.purge(session, at=at)
    made = offers.offer(session, wanted, ports=ports, at=at, life=life)
    if wish.mail_to is not None:
        session.flush()
        delivery.by_mail(session, made.id, wish.mail_to, ports=ports)
    return made


def make_offer(ports: Ports, wish: OfferWish) -> MadeOffer:
    """Check the wish and make its offer, in a transaction of its own; raises as ``offer_in``."""
    with ports.database.transaction() as session:
        return offer_in(session, ports, wish)


def once(
    request: Request, caller: Caller, body: bytes, make: Callable[[Session], JsonObject]
) -> bytes:
    """Do it; under the key in ``Idempotency-Key`` only once, with the same octets each time.

    Raises:
        MalformedError: ``idempotency_key``.
        RejectedError: ``idempotency_conflict``.
    """
    ports, key = caller.ports, request.headers.get("idempotency-key")
    with ports.database.transaction() as session:
        if key is None:
            return compact_json(make(session))
        return kept_answers(ports).once(
            session,
            tenant=ports.organisation_id,
            key=key,
            request=b" ".join((request.method.encode(), request.url.path.encode(), body)),
            make=lambda: compact_json(make(session)),
        )


def kept_answers(ports: Ports) -> Idempotency:
    """What this organisation's programs were answered before."""
    return Idempotency(
        ports.database,
        KeptAnswer,
        ports.clock,
        lambda octets, about: ports.sealer.seal(octets, about=about),
        lambda octets, about: ports.sealer.open(octets, about=about),
    )


def as_answer(octets: bytes, *, status: int = 200) -> Response:
    """JSON that nobody keeps."""
    return Response(octets, status, media_type="application/json", headers=NO_STORE)


@router.post("/offers", status_code=201, responses=PROBLEMS)
def create_offer(wish: OfferWish, request: Request, body: Body, caller: CallerOf) -> Response:
    """Offer one proof. Send an ``Idempotency-Key``: a retry then gets the same offer."""
    caller.require(Scope.OFFERS)
    ports = caller.ports

    def make(session: Session) -> JsonObject:
        """The offer, with who made it in the log."""
        made = offer_in(session, ports, wish)
        record(session, ports, "offered", about=made.id, actor=caller.actor)
        return made_as_json(made, ports)

    return as_answer(once(request, caller, body, make), status=201)


@router.get("/offers", responses=PROBLEMS)
def list_offers(
    caller: CallerOf,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> JSONResponse:
    """Offers, the newest first; ``after`` is the last id of the page before."""
    caller.require(Scope.READ)
    ports = caller.ports
    with ports.database.reading() as session:
        rows = overview.page(session, ports=ports, after=after, limit=limit)
        found = [offer_as_json(session, row, ports) for row in rows]
    more = len(rows) == limit
    answer: JsonObject = {"offers": [*found], "next": rows[-1].id if more else None}
    return JSONResponse(answer, headers=NO_STORE)


def offer_as_json(session: Session, row: Offer, ports: Ports) -> JsonObject:
    """Where an offer stands; no claim, code or PIN."""
    seen = overview.one_standing(session, row, ports=ports, at=ports.clock())
    return {
        "id": row.id,
        "type": row.type_id,
        "format": row.format,
        "state": "expired" if seen.word == "expired" else row.state,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "delivery": row.delivery,
        "reminded_at": row.reminded_at.isoformat() if row.reminded_at else None,
        "issued_id": seen.issued_id,
        "status": seen.status,
        "reason": seen.reason,
    }


@router.get("/offers/{offer_id}", responses=PROBLEMS)
def read_offer(offer_id: str, caller: CallerOf) -> JSONResponse:
    """Where one offer stands; no claim, code or PIN."""
    caller.require(Scope.READ)
    ports = caller.ports
    with ports.database.reading() as session:
        row = offers.find(session, offer_id, ports=ports)
        found = offer_as_json(session, row, ports)
    return JSONResponse(found, headers=NO_STORE)


@router.post("/offers/{offer_id}/{what}", responses=PROBLEMS)
def care_for_offer(
    offer_id: str, what: Literal["cancel", "remind"], caller: CallerOf
) -> JSONResponse:
    """Take back an offer that nobody fetched, or send its link once more."""
    caller.require(Scope.OFFERS)
    ports, at = caller.ports, caller.ports.clock()
    with ports.database.transaction() as session:
        if what == "cancel":
            offers.cancel(session, offer_id, ports=ports, at=at, actor=caller.actor)
        else:
            delivery.remind(session, offer_id, ports=ports, actor=caller.actor, at=at)
        session.flush()
        found = offer_as_json(session, offers.find(session, offer_id, ports=ports), ports)
    return JSONResponse(found, headers=NO_STORE)


@router.post("/issued/{issued_id}/status", responses=PROBLEMS)
def change_status(issued_id: str, wish: StatusWish, caller: CallerOf) -> JSONResponse:
    """Withdraw, pause or resume one proof."""
    caller.require(Scope.STATUS)
    ports, at = caller.ports, caller.ports.clock()
    with ports.database.transaction() as session:
        changed = status.change(
            session,
            issued_id,
            to=wish.status,
            reason=wish.reason,
            ports=ports,
            at=at,
            actor=caller.actor,
        )
        found: JsonObject = {"id": changed.id, "status": changed.status}
    return JSONResponse(found, headers=NO_STORE)


_HELD_BACK = {
    "description": "Held back: what is wrong, by line.",
    "content": {"application/json": {}},
}


@router.post("/lists", responses={422: _HELD_BACK, **PROBLEMS})
def issue_list(
    body: Body,
    caller: CallerOf,
    type_id: Annotated[str | None, Query(alias="type")] = None,
    format_id: Annotated[str, Query(alias="format")] = FORMAT_IDS[0],
    ready_only: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    check: bool = False,  # noqa: FBT001, FBT002 - as above
) -> JSONResponse:
    """Offer a proof to everyone on a class list (a CSV body); with ``check`` only read it.

    Errors hold the whole list back (422), unless ``ready_only``. More people than the organisation
    gives without a second person ask for a key that may do so alone.
    """
    caller.require(Scope.LISTS)
    ports, at = caller.ports, caller.ports.clock()
    report = batches.check(body, type_id=type_id, templates=ports.templates, at=at)
    if not check:
        if needs_second(len(report.found.rows), ports) and Scope.LONG_LISTS not in caller.scopes:
            raise RejectedError("list_needs_second", f"{len(report.found.rows)} people are ready")
        report = batches.issue(
            report,
            name="",
            data=body,
            format_id=format_id,
            ready_only=ready_only,
            ports=ports,
        )
    held_back = bool(report.errors) and not ready_only and not check
    return JSONResponse(
        list_as_json(report, ports), status_code=422 if held_back else 200, headers=NO_STORE
    )


@router.get("/templates", responses=PROBLEMS)
def list_templates(caller: CallerOf) -> JSONResponse:
    """What this organisation gives, and which claims each asks."""
    caller.require(Scope.READ)
    found: list[JsonObject] = [
        {
            "id": one.id,
            "version": one.version,
            "type": one.type.url,
            "title_nl": one.type.title_nl,
            "title_en": one.type.title_en,
            "formats": [*(one.formats or FORMAT_IDS)],
            "claims": [
                {"name": claim.path, "kind": claim.kind, "required": claim.required}
                for claim in one.type.issued()
            ],
            "fixed": [*one.fixed],
        }
        for one in caller.ports.templates.values()
    ]
    answer: JsonObject = {"templates": [*found]}
    return JSONResponse(answer, headers=NO_STORE)


def list_as_json(report: ListReport, ports: Ports) -> JsonObject:
    """A report with its offers, each with the line that it comes from."""
    made = [{"line": one.line, **made_as_json(one, ports)} for one in report.offers]
    return {"offers": [*made], **report.as_json()}
